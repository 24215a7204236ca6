"""Series, over the API: the same use cases as the pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Response, current_app
from sqlalchemy.orm import Session

from booking.accounts.api import api
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Scope
from booking.core.errors import RequestRefused, RuleBroken
from booking.core.plain import from_plain
from booking.reservations import series_change_use_cases as change
from booking.reservations import series_use_cases
from booking.reservations.api import refusal, reservation_as_out, violation
from booking.reservations.api_models import versions_of
from booking.reservations.api_once import created
from booking.reservations.api_series_models import (
    DateIn,
    DateOut,
    SeriesCancelIn,
    SeriesIn,
    SeriesMoveIn,
    SeriesOut,
    SeriesPreview,
    SkipIn,
    SkippedOut,
)
from booking.reservations.errors import SpaceNotFree
from booking.reservations.models import Reservation, Series
from booking.reservations.series_adding_use_cases import add_date as add_skipped_date
from booking.reservations.series_moving_use_cases import move_series
from booking.reservations.series_queries import dates_of, get_series
from booking.web.api import Answer, Violation, current_actor
from booking.web.session import db, transact


@api.endpoint(
    "POST",
    "/series",
    summary="Make a series of reservations",
    answers=SeriesOut,
    body=SeriesIn,
    status=201,
    tag="series",
    scope=Scope.BOOK,
    errors=(403, 404, 409),
)
def create_series(body: SeriesIn) -> Answer | Response:
    """A reservation on each date that can be had; the others are refused or skipped, with why."""
    zone = get_catalogue(db.session()).zone
    wanted, actor, now = body.as_series(zone), current_actor(), clock.now()
    automatic = current_app.config["SETTINGS"].automatic_decisions

    def make(session: Session) -> tuple[SeriesOut, dict[str, str]]:
        made = series_use_cases.request_series(
            session, actor, wanted, now, automatic_decisions=automatic
        )
        out = _out(made, dates_of(session, made), get_catalogue(session))
        headers = {"ETag": f'"{made.version}"', "Location": out.links["self"]}
        return out, headers

    try:
        return created(SeriesOut, actor, make, now)
    except (RequestRefused, SpaceNotFree) as error:
        return refusal(None, error)


@api.endpoint(
    "POST",
    "/series/preview",
    summary="What of a series could be had now",
    answers=SeriesPreview,
    body=SeriesIn,
    tag="series",
    scope=Scope.BOOK,
    errors=(403, 404, 409),
)
def preview_series(body: SeriesIn) -> Answer | Response:
    """Nothing is made; 422 where the series breaks a rule as a whole."""
    session = db.session()
    wanted = body.as_series(get_catalogue(session).zone)
    try:
        judged = series_use_cases.judge_series(session, current_actor(), wanted, clock.now())
        if judged.broken:
            raise RequestRefused(judged.broken)
    except RequestRefused as error:
        return refusal(None, error)
    dates = [
        DateOut(date=one.day, starts_at=one.period.starts_at, ends_at=one.period.ends_at)
        for one in judged.had
        if one.period is not None
    ]
    return Answer(
        SeriesPreview(
            rrule=judged.plan.recurrence.text,
            dates=dates,
            skipped=[_skipped(one.day, one.broken) for one in judged.missed],
        )
    )


@api.endpoint(
    "GET",
    "/series/<reference>",
    summary="One series",
    answers=SeriesOut,
    tag="series",
    scope=Scope.READ,
    errors=(404,),
)
def show_series(reference: str) -> Answer:
    """A series of one's own or of one's units, with its dates; its version is the ETag."""
    session = db.session()
    found = get_series(session, current_actor(), reference)
    return tagged_series(session, found)


def tagged_series(session: Session, series: Series) -> Answer:
    """The series, with its version as ETag."""
    out = _out(series, dates_of(session, series), get_catalogue(session))
    return Answer(out, 200, {"ETag": f'"{series.version}"'})


def _out(series: Series, dates: list[Reservation], city: Catalogue) -> SeriesOut:
    spaces = [city.places_by_id[one.space_id].slug for one in series.spaces]
    base = current_app.config["BASE_URL"]
    own = f"{base}/api/v1/series/{series.reference}"
    prices = [one.total_cents for one in dates if one.total_cents is not None]
    return SeriesOut(
        reference=series.reference,
        version=series.version,
        rrule=series.rrule,
        space=spaces[0] if spaces else None,
        spaces=spaces,
        title=series.title,
        purpose=series.purpose,
        people=series.people,
        organisation=series.organisation.slug if series.organisation else None,
        total_cents=sum(prices) if prices else None,
        reservations=[reservation_as_out(one, city) for one in dates],
        skipped=[_skipped(one.day, map(from_plain, one.violations)) for one in series.skipped],
        links={
            "self": own,
            **{step: f"{own}/{step}" for step in ("add", "skip", "cancel", "move")},
            "page": f"{base}/{series.language}/series/{series.reference}",
        },
    )


def _skipped(day: date, rules: Iterable[RuleBroken]) -> SkippedOut:
    return SkippedOut(date=day, violations=[Violation(**violation(rule)) for rule in rules])


@api.endpoint(
    "POST",
    "/series/<reference>/cancel",
    summary="Cancel a series, or end it early",
    answers=SeriesOut,
    body=SeriesCancelIn,
    tag="series",
    scope=Scope.BOOK,
    errors=(403, 404, 409),
)
def cancel_series(reference: str, body: SeriesCancelIn) -> Answer | Response:
    """All its dates that have not begun, or those from a day on; each as if cancelled alone."""
    return changed_series(
        change.cancel_series, reference, clock.now(), body.reason, from_day=body.from_
    )


@api.endpoint(
    "POST",
    "/series/<reference>/skip",
    summary="Leave out one date of a series",
    answers=SeriesOut,
    body=SkipIn,
    tag="series",
    scope=Scope.BOOK,
    errors=(403, 404, 409),
)
def skip_date(reference: str, body: SkipIn) -> Answer | Response:
    """Its reservation is cancelled, and the date kept as skipped."""
    return changed_series(change.skip_date, reference, clock.now(), body.day, body.reason)


@api.endpoint(
    "POST",
    "/series/<reference>/add",
    summary="Add a skipped date of a series back",
    answers=SeriesOut,
    body=DateIn,
    scope=Scope.BOOK,
    tag="series",
    errors=(403, 404, 409),
)
def add_date(reference: str, body: DateIn) -> Answer | Response:
    """Its reservation is restored where the date was left out, else asked for by every rule."""
    return changed_series(
        add_skipped_date,
        reference,
        clock.now(),
        body.day,
        versions_of(body.terms_version),
        automatic_decisions=current_app.config["SETTINGS"].automatic_decisions,
    )


@api.endpoint(
    "POST",
    "/series/<reference>/move",
    summary="Move dates of a series",
    answers=SeriesOut,
    body=SeriesMoveIn,
    scope=Scope.BOOK,
    tag="series",
    errors=(403, 404, 409),
)
def move_dates(reference: str, body: SeriesMoveIn) -> Answer | Response:
    """All its dates to come, or those from a day on or between two days; all of them or none."""
    return changed_series(
        move_series,
        reference,
        body.as_move(),
        clock.now(),
        automatic_decisions=current_app.config["SETTINGS"].automatic_decisions,
    )


def changed_series(use_case: Any, reference: str, *args: Any, **kwargs: Any) -> Answer | Response:
    """Change a series, and answer with how it stands then."""
    try:
        done = transact(use_case, current_actor(), reference, *args, **kwargs)
    except RequestRefused as error:
        return refusal(None, error)
    return tagged_series(db.session(), done)
