"""Terms and policies as the format has them: every version of terms, the newest of each policy."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.catalogue import format as f
from booking.catalogue import version_models as v


def terms_of(session: Session) -> tuple[f.Terms, ...]:
    """The texts in the order in which they came in, the versions of each in order."""
    rows = session.scalars(select(v.TermsVersion).order_by(v.TermsVersion.id)).all()
    place = {slug: number for number, slug in enumerate(dict.fromkeys(row.slug for row in rows))}
    return tuple(
        f.Terms(
            slug=row.slug,
            version=row.version,
            valid_from=row.valid_from,
            title=row.title,
            points=tuple(_point(**point) for point in row.points),
        )
        for row in sorted(rows, key=lambda row: (place[row.slug], row.version))
    )


def _point(topic: str, **text: str) -> f.Point:
    return f.Point(topic, text)


def policies_of(session: Session) -> tuple[f.Policy, ...]:
    """The policies of spaces."""
    return tuple(_policy(row, **row.content) for row in _newest(session, "space"))


def loan_policies_of(session: Session) -> tuple[f.LoanPolicy, ...]:
    """The policies of loans."""
    return tuple(_loan_policy(row, **row.content) for row in _newest(session, "loan"))


def _newest(session: Session, subject: str) -> Iterator[v.PolicyVersion]:
    policies = session.scalars(
        select(v.Policy).where(v.Policy.subject == subject).order_by(v.Policy.position, v.Policy.id)
    )
    return (policy.versions[-1] for policy in policies if policy.versions)


def _policy(version: v.PolicyVersion, **content: Any) -> f.Policy:
    return f.Policy(
        slug=version.policy.slug,
        valid_from=version.valid_from,
        **{
            **content,
            "required_fields": tuple(content["required_fields"]),
            "notice": f.TimeSpan(**content["notice"]),
            "quota": f.Quota(**content["quota"]),
            "series": f.Series(**content["series"]),
            "cancel_before": f.TimeSpan(**content["cancel_before"]),
        },
    )


def _loan_policy(version: v.PolicyVersion, **content: Any) -> f.LoanPolicy:
    return f.LoanPolicy(
        slug=version.policy.slug,
        valid_from=version.valid_from,
        **{
            **content,
            "notice": f.TimeSpan(**content["notice"]),
            "quota": f.LoanQuota(**content["quota"]),
            "price_eur": _euros(content["price_eur"]),
            "deposit_eur": _euros(content["deposit_eur"]),
        },
    )


def _euros(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
