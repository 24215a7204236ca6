"""The pages that belong to no wing: home, accessibility, privacy."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts import access
from booking.accounts.rules import own_place
from booking.catalogue.queries import find_catalogue
from booking.core import clock
from booking.core.actors import Actor
from booking.decisions.queries import count_inbox
from booking.reservations.models import Reservation
from booking.reservations.queries import holds_its_parts, owned_by, with_all
from booking.reservations.rendering import reservation_row
from booking.reservations.rendering_need import empty_need, search_choices, shortcuts
from booking.web.appearance import remember_appearance
from booking.web.forgery import needs_no_token
from booking.web.languages import pick_language
from booking.web.session import db

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@access.public
def show_start() -> ResponseReturnValue:
    """Send the visitor to the home page in a language of theirs."""
    return pick_language()


@blueprint.get("/<lang:lang>/")
@access.public
def show_home(lang: str) -> ResponseReturnValue:
    """The need line, my next booking, and the ways on."""
    session, now, actor = db.session(), clock.now(), access.current_actor()
    city = find_catalogue(session)
    if city is None:
        return render_template("pages/empty.html"), 503
    following = _next_of_mine(session, actor, now)
    return render_template(
        "pages/home.html",
        following=reservation_row(following, city, now) if following else None,
        inbox_count=count_inbox(session, actor, now) if actor.is_staff else 0,
        need=empty_need(),
        shortcuts=shortcuts(city, now),
        kinds=search_choices(city)["kind"],
        spaces_count=sum(1 for _ in city.published_places()),
        units_count=sum(1 for _ in city.published_units()),
    )


def _next_of_mine(session: Session, actor: Actor, now: datetime) -> Reservation | None:
    """The first of the actor's reservations that is still to come, or going on, and stands."""
    if actor.person_id is None:
        return None
    standing = with_all(select(Reservation)).where(
        owned_by(actor), holds_its_parts(now), Reservation.ends_at > now
    )
    return session.scalars(
        standing.order_by(Reservation.starts_at, Reservation.id).limit(1)
    ).first()


@blueprint.get("/<lang:lang>/accessibility")
@access.public
def show_accessibility(lang: str) -> ResponseReturnValue:
    """The accessibility statement that the law asks for (306/2019, 3 luku)."""
    return render_template("pages/accessibility.html")


@blueprint.get("/<lang:lang>/help")
@access.public
def show_help(lang: str) -> ResponseReturnValue:
    """How to book and to cancel, what the words mean, and whom to ask; in plain language."""
    city = find_catalogue(db.session())
    return render_template("pages/help.html", contact=city.contact if city else {})


@blueprint.get("/<lang:lang>/privacy")
@access.public
def show_privacy(lang: str) -> ResponseReturnValue:
    """What is kept of people, why and how long (GDPR, articles 13 and 14)."""
    return render_template("pages/privacy.html")


@blueprint.post("/<lang:lang>/appearance")
@needs_no_token
@access.public
def choose_appearance(lang: str) -> ResponseReturnValue:
    """Keep how the reader wants the pages to look, and go back to where they were."""
    answer = redirect(own_place(request.form.get("back")) or url_for(".show_home"))
    is_https = current_app.config["SETTINGS"].is_https
    remember_appearance(answer, request.form.get("appearance", ""), is_https=is_https)
    return answer
