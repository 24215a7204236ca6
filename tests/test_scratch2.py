import threading, urllib.request
from sqlalchemy import select, func, text
def test_city(city_client, city_app, session):
    print([t.name for t in threading.enumerate()])
    print(session.scalar(text("select count(*) from reservation")), session.scalar(text("select count(*) from space")))
    assert city_client.get("/fi/").status_code == 200
    assert city_client.get("/fi/spaces").status_code == 200
    assert city_client.get("/fi/sign-in").status_code == 200
def test_live(live_city, page):
    for path in ("/", "/fi/", "/fi/spaces", "/sv/sign-in", "/fi/mailbox"):
        r = page.goto(live_city.url + path); assert r.status == 200, (path, r.status)
    print(live_city.log[-1500:])
    print(live_city.run("check","invariants"))
