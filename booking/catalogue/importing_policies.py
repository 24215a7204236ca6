"""Terms and policies of a catalogue: what was accepted stays, what changes is a new version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from booking.catalogue import format as f
from booking.catalogue import version_models as v
from booking.catalogue.format.loans import LOAN_POLICY
from booking.catalogue.format.policies import POINT, POLICY
from booking.catalogue.importing_changes import Entry
from booking.catalogue.importing_errors import TermsChanged
from booking.catalogue.importing_rows import Import, Rows, plain
from booking.core.clock import local_day

NOT_CONTENT = ("slug", "valid_from")
MOMENT = timedelta(microseconds=1)


def put_terms(work: Import, texts: Sequence[f.Terms]) -> None:
    """The versions of the texts of terms. Raises `TermsChanged` where a stored text differs."""
    stored = {(row.slug, row.version): row for row in _terms_versions(work)}
    changed = []
    for text in texts:
        row = stored.pop((text.slug, text.version), None)
        values = {"title": text.title, "points": [plain(POINT.write(p)) for p in text.points]}
        entry = Entry("terms", f"{text.slug} {text.version}")
        if row is None:
            key = {"slug": text.slug, "version": text.version, "valid_from": text.valid_from}
            work.session.add(v.TermsVersion(**key, **values))
            work.changes.add(entry)
        elif values != {"title": row.title, "points": row.points}:
            changed.append(f"{text.slug} of {text.version}")
        else:
            work.set(row, entry, {"valid_from": text.valid_from})
    if changed:
        raise TermsChanged(terms=", ".join(changed))
    work.changes.left += [Entry("terms", f"{slug} {version}") for slug, version in stored]
    work.session.flush()


def _terms_versions(work: Import) -> Sequence[v.TermsVersion]:
    return work.session.scalars(select(v.TermsVersion).order_by(v.TermsVersion.id)).all()


def put_policies(work: Import, zone: ZoneInfo, policies: Sequence[f.Policy]) -> Rows[v.Policy]:
    """The policies of spaces; one whose content changed gets a new version."""
    contents = [(one, plain(POLICY.write(one))) for one in policies]
    return _put(work, zone, "space", contents)


def put_loan_policies(
    work: Import, zone: ZoneInfo, policies: Sequence[f.LoanPolicy]
) -> Rows[v.Policy]:
    """The policies of loans, in the same way."""
    contents = [(one, plain(LOAN_POLICY.write(one))) for one in policies]
    return _put(work, zone, "loan", contents)


def _put(
    work: Import,
    zone: ZoneInfo,
    subject: str,
    policies: Sequence[tuple[f.Policy | f.LoanPolicy, dict[str, Any]]],
) -> Rows[v.Policy]:
    noun = "policy" if subject == "space" else "loan policy"
    rows = Rows(work, v.Policy, noun, subject=subject)
    for position, (policy, _) in enumerate(policies):
        rows.put(policy.slug, position=position)
    rows.finish()
    versions: dict[int, list[v.PolicyVersion]] = {}
    for version in work.session.scalars(
        select(v.PolicyVersion).order_by(v.PolicyVersion.in_force_from)
    ):
        versions.setdefault(version.policy_id, []).append(version)
    for policy, written in policies:
        content = {key: value for key, value in written.items() if key not in NOT_CONTENT}
        key = rows.id_of(policy.slug)
        wanted = v.PolicyVersion(policy_id=key, valid_from=policy.valid_from, content=content)
        _put_version(work, zone, rows.entry(policy.slug), versions.get(key, []), wanted)
    work.session.flush()
    return rows


def _put_version(
    work: Import,
    zone: ZoneInfo,
    entry: Entry,
    versions: list[v.PolicyVersion],
    wanted: v.PolicyVersion,
) -> None:
    """Add the version unless the newest says the same; what was only planned gives way to it."""
    if versions and versions[-1].content == wanted.content:
        return
    for name in wanted.content if versions else ():
        old, new = versions[-1].content.get(name), wanted.content[name]
        if old != new:
            work.changes.change(entry, name, old, new)
    while versions and versions[-1].in_force_from > work.now:
        # Nothing was booked under it, for it has never been in force.
        work.session.delete(versions.pop())
        work.session.flush()
    latest = versions[-1] if versions else None
    if latest is None or latest.content != wanted.content:
        since = latest.in_force_from if latest else None
        wanted.in_force_from = _in_force_from(wanted.valid_from, since, work.now, zone)
        work.session.add(wanted)


def _in_force_from(
    valid_from: date, latest: datetime | None, now: datetime, zone: ZoneInfo
) -> datetime:
    """The start of its local day for a first version and one of the future, else now."""
    start = local_day(valid_from, zone).starts_at
    if latest is None or start > now:
        return start
    return max(now, latest + MOMENT)
