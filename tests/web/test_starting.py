"""A start that can't serve ends with a sentence; addresses that are none still speak to people."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from config import ROOT, Settings, UnusableSettings
from tests.servers import environment_of


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"secret_key": ""}, "SECRET_KEY is not set"),
        ({"mail_url": "file:"}, "MAIL_URL=file:"),
        ({"demo": True, "base_url": "https://tilat.example"}, "DEMO=1"),
    ],
)
def test_a_server_that_may_not_serve_stops_once_and_says_why(settings, changes, says):
    environment = environment_of(replace(settings, testing=False, **changes))
    gunicorn = Path(sys.executable).parent / "gunicorn"
    done = subprocess.run(
        [gunicorn, "booking.wsgi:app", "--bind=127.0.0.1:0", "--no-control-socket"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert (done.stdout + done.stderr).count(says) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://secret@host/name"),
        ("DATABASE_URL", "postgresql+psycopg2://secret@host/name"),
        ("DATABASE_URL", "postgresql://secret@host:port/name"),
        ("MAIL_URL", "secret"),
        ("MAIL_URL", "smtp://"),
        ("MAIL_URL", "smtp://user:secret@host:65536"),
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("BASE_URL", "tilat.example"),
        ("BASE_URL", "https://tilat.example:x"),
        ("MAP_TILES_URL", "https://tiles.example/{z}/{x}.png"),
        ("MAP_TILES_URL", "https://tiles.example;script-src/{z}/{x}/{y}"),
        ("MAP_TILES_URL", "/tiles/{z}/{x}/{y}.png"),
    ],
)
def test_nonsense_in_a_setting_is_told_in_one_sentence(capsys, name, value):
    with pytest.raises(UnusableSettings) as stopped:
        Settings.from_environment({name: value})
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence.startswith(name)
    assert "secret" not in sentence
    assert stopped.value.code == 4


@pytest.mark.parametrize(
    "setting",
    [
        {"DATABASE_URL": "sqlite:///a.sqlite3"},
        {"DATABASE_URL": "postgresql+psycopg://user:word@host:5432/name"},
        {"MAIL_URL": "smtps://user:word@host:65535"},
        {"MAIL_URL": "file:/some/folder"},
        {"PORT": "1"},
        {"PORT": "65535"},
        {"BASE_URL": "https://tilat.example/"},
        {"MAP_TILES_URL": "https://tiles.example:8443/{z}/{x}/{y}.png?key=word"},
    ],
)
def test_settings_that_make_sense_are_taken(setting):
    Settings.from_environment(setting)


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_a_page_that_is_none_speaks_the_language_of_its_address(client, lang):
    answer = client.get(f"/{lang}/nothing/here")
    assert answer.status_code == 404
    assert f'<html lang="{lang}">' in answer.text


def test_a_redirect_stays_on_this_site_whatever_host_the_request_names(client):
    for path in ("/en", "/"):
        answer = client.get(path, headers={"Host": "elsewhere.example"})
        assert answer.status_code in {302, 308}
        assert answer.location.startswith("/")
