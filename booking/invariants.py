"""The promises of the database, looked at from outside: plain SQL that shares nothing with the
code that keeps them, the same on both engines. Each row found is a promise broken."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, TextClause, bindparam, text

from booking.database import UTCDateTime

Rows = Iterator[str]


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken promise: its code, and what shows it."""

    code: str
    detail: str

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


_SIMPLE = {
    "overlap": """
        SELECT 'occupancies ' || a.id || ' and ' || b.id || ' of part ' || a.part_id
        FROM occupancy a JOIN occupancy b ON b.part_id = a.part_id AND b.id > a.id
        WHERE a.starts_at < b.ends_at AND b.starts_at < a.ends_at""",
    "end_before_start": """
        SELECT 'reservation ' || reference FROM reservation WHERE ends_at <= starts_at
        UNION ALL SELECT 'occupancy ' || id FROM occupancy WHERE ends_at <= starts_at""",
    "space_without_parts": """
        SELECT 'space ' || s.slug FROM space s
        WHERE NOT EXISTS (SELECT 1 FROM space_part p WHERE p.space_id = s.id)""",
    "surplus_occupancy": """
        SELECT 'occupancy ' || o.id || ' of reservation ' || r.reference || ', ' || r.state
        FROM occupancy o JOIN reservation r ON r.id = o.reservation_id
        WHERE r.state NOT IN ('held', 'requested', 'confirmed')
        UNION ALL
        SELECT 'occupancy ' || o.id || ' of a part that reservation ' || r.reference || ' lacks'
        FROM occupancy o JOIN reservation r ON r.id = o.reservation_id
        WHERE r.ends_at > :now AND NOT EXISTS (
            SELECT 1 FROM reservation_space rs JOIN space_part sp ON sp.space_id = rs.space_id
            WHERE rs.reservation_id = r.id AND sp.part_id = o.part_id)
        AND NOT EXISTS (
            SELECT 1 FROM reservation_loan rl JOIN part p ON p.loan_item_id = rl.loan_item_id
            WHERE rl.reservation_id = r.id AND p.id = o.part_id)""",
    # a space that was divided anew leaves what has ended as it was
    "missing_occupancy": """
        SELECT 'reservation ' || r.reference || ' holds no part ' || sp.part_id
        FROM reservation r
        JOIN reservation_space rs ON rs.reservation_id = r.id
        JOIN space_part sp ON sp.space_id = rs.space_id
        WHERE r.state IN ('held', 'requested', 'confirmed')
          AND r.kind NOT IN ('closure', 'imported') AND r.ends_at > :now
          AND NOT EXISTS (
            SELECT 1 FROM occupancy o
            WHERE o.reservation_id = r.id AND o.part_id = sp.part_id)""",
    "holds_nothing": """
        SELECT 'reservation ' || r.reference || ' holds no space and nothing on loan'
        FROM reservation r
        WHERE r.state IN ('held', 'requested', 'confirmed')
          AND NOT EXISTS (SELECT 1 FROM reservation_space s WHERE s.reservation_id = r.id)
          AND NOT EXISTS (SELECT 1 FROM reservation_loan l WHERE l.reservation_id = r.id)""",
    "orphaned_occupancy": """
        SELECT 'occupancy ' || o.id || ' of no reservation' FROM occupancy o
        WHERE NOT EXISTS (SELECT 1 FROM reservation r WHERE r.id = o.reservation_id)""",
    "sequence_gone_back": """
        SELECT 'reservation ' || r.reference || ' has version ' || r.version || ', sequence '
            || r.sequence || ', and had more'
        FROM reservation r JOIN (
            SELECT subject_id, MAX(subject_version) AS version, MAX(subject_sequence) AS sequence
            FROM audit_entry WHERE subject = 'reservation' GROUP BY subject_id) a
          ON a.subject_id = r.id
        WHERE r.version < a.version OR r.sequence < a.sequence""",
    "mail_without_outbox": """
        SELECT 'reservation ' || r.reference || ' was ' || a.action || ' and nobody was told'
        FROM audit_entry a JOIN reservation r ON r.id = a.subject_id
        JOIN person p ON p.id = r.booked_for_id
        WHERE a.subject = 'reservation'
          AND a.action IN (
            'requested', 'confirmed', 'denied', 'cancelled', 'moved', 'restored', 'offered')
          AND NOT EXISTS (
            SELECT 1 FROM outgoing_email m
            WHERE m.reservation_id = r.id AND m.template = 'reservation_' || a.action)
          AND NOT EXISTS (
            SELECT 1 FROM outgoing_email m JOIN reservation o ON o.id = m.reservation_id
            WHERE o.series_id = r.series_id AND m.template = 'series_' || a.action)
          AND NOT EXISTS (
            SELECT 1 FROM outgoing_email m
            JOIN displacement d ON d.closure_id = m.reservation_id
            WHERE d.reservation_id = r.id AND m.template = 'closure_notice'
              AND (m.recipient_id = r.booked_for_id OR r.organisation_id IS NOT NULL)
              AND m.queued_at = a.at)
        UNION ALL
        SELECT 'reservation ' || r.reference || ' is ' || r.state || ' and nobody was ever told'
        FROM reservation r
        WHERE r.booked_for_id IS NOT NULL AND r.kind = 'customer' AND r.ends_at > :now
          AND r.state IN ('requested', 'confirmed')
          AND NOT EXISTS (
            SELECT 1 FROM audit_entry a WHERE a.subject = 'reservation' AND a.subject_id = r.id)
          AND NOT EXISTS (SELECT 1 FROM outgoing_email m WHERE m.reservation_id = r.id)
        UNION ALL
        SELECT 'waiting entry ' || w.reference || ' was offered and nobody was told'
        FROM waiting_entry w
        WHERE w.state = 'offered' AND w.ends_at > :now AND NOT EXISTS (
            SELECT 1 FROM outgoing_email m
            WHERE m.reservation_id = w.reservation_id AND m.template = 'waiting_offer')""",
    "offer_for_others": """
        SELECT 'waiting entry ' || w.reference || ' was offered what is held for somebody else'
        FROM waiting_entry w JOIN reservation r ON r.id = w.reservation_id
        WHERE r.state = 'held'
          AND (r.organisation_id IS NULL AND r.booked_for_id <> w.person_id
            OR COALESCE(r.organisation_id, 0) <> COALESCE(w.organisation_id, 0))""",
    "offer_without_hold": """
        SELECT 'reservation ' || r.reference || ' is ' || r.state
            || ' and still offered another place'
        FROM displacement d JOIN reservation r ON r.id = d.reservation_id
        WHERE d.outcome = 'offered' AND (r.state <> 'held' OR r.held_until <> d.answer_until)
        UNION ALL
        SELECT 'reservation ' || r.reference || ' is offered a place by what is no closure'
        FROM displacement d JOIN reservation r ON r.id = d.reservation_id
        JOIN reservation c ON c.id = d.closure_id WHERE c.kind <> 'closure'""",
    "ledger_overdrawn": """
        SELECT 'support account ' || a.id || ' of ' || a.year
        FROM support_account a LEFT JOIN (
            SELECT account_id, SUM(amount_cents) AS granted FROM support_entry GROUP BY account_id
        ) e ON e.account_id = a.id
        WHERE COALESCE(e.granted, 0) > a.cap_cents OR a.granted_cents > a.cap_cents
           OR COALESCE(e.granted, 0) <> a.granted_cents""",
    "grant_not_in_ledger": """
        SELECT 'support application ' || p.reference || ' is ' || p.state || ' with '
            || COALESCE(e.granted, 0) || ' cents in the ledger'
        FROM support_application p LEFT JOIN (
            SELECT application_id, SUM(amount_cents) AS granted FROM support_entry
            GROUP BY application_id) e ON e.application_id = p.id
        WHERE COALESCE(e.granted, 0) <> CASE
            WHEN p.state IN ('granted', 'reported') THEN p.granted_cents
            WHEN p.state = 'paid' THEN p.paid_cents ELSE 0 END""",
    "grant_without_decision": """
        SELECT 'support application ' || p.reference || ' is ' || p.state
        FROM support_application p
        WHERE p.state IN ('granted', 'denied', 'reported', 'paid') AND NOT EXISTS (
            SELECT 1 FROM decision d WHERE d.application_id = p.id
              AND d.nature = 'administrative' AND d.last_day_of_appeal IS NOT NULL
              AND d.outcome = CASE WHEN p.state = 'denied' THEN 'denied' ELSE 'approved' END)""",
    "paid_above_grant": """
        SELECT 'support application ' || p.reference FROM support_application p LEFT JOIN (
            SELECT application_id, SUM(accepted_cents) AS accepted FROM support_receipt
            GROUP BY application_id) r ON r.application_id = p.id
        WHERE COALESCE(p.paid_cents, 0) > COALESCE(p.granted_cents, 0)
           OR COALESCE(p.paid_cents, 0) > COALESCE(r.accepted, 0)
           OR COALESCE(p.granted_cents, 0) > p.requested_cents""",
    "charge_differs_from_lines": """
        SELECT 'charge ' || c.number FROM charge c LEFT JOIN (
            SELECT charge_id, SUM(net_cents) AS net, SUM(vat_cents) AS vat,
                SUM(total_cents) AS total FROM charge_line GROUP BY charge_id) l
          ON l.charge_id = c.id
        WHERE COALESCE(l.net, 0) <> c.net_cents OR COALESCE(l.vat, 0) <> c.vat_cents
           OR COALESCE(l.total, 0) <> c.total_cents
        UNION ALL
        SELECT 'credit note ' || n.number FROM credit_note n LEFT JOIN (
            SELECT credit_note_id, SUM(net_cents) AS net, SUM(vat_cents) AS vat,
                SUM(total_cents) AS total FROM credit_line GROUP BY credit_note_id) l
          ON l.credit_note_id = n.id
        WHERE COALESCE(l.net, 0) <> n.net_cents OR COALESCE(l.vat, 0) <> n.vat_cents
           OR COALESCE(l.total, 0) <> n.total_cents""",
    "credit_above_charge": """
        SELECT 'charge ' || c.number FROM charge c LEFT JOIN (
            SELECT charge_id, SUM(total_cents) AS total FROM credit_note GROUP BY charge_id) n
          ON n.charge_id = c.id
        WHERE COALESCE(n.total, 0) > c.total_cents OR COALESCE(n.total, 0) <> c.credited_cents
        UNION ALL
        SELECT 'line ' || l.position || ' of charge ' || c.number
        FROM charge_line l JOIN charge c ON c.id = l.charge_id LEFT JOIN (
            SELECT charge_line_id, SUM(net_cents) AS net, SUM(vat_cents) AS vat
            FROM credit_line GROUP BY charge_line_id) k ON k.charge_line_id = l.id
        WHERE COALESCE(k.net, 0) > l.net_cents OR COALESCE(k.vat, 0) > l.vat_cents
           OR COALESCE(k.net, 0) <> l.credited_net_cents
           OR COALESCE(k.vat, 0) <> l.credited_vat_cents""",
}


def breaches(connection: Connection, now: datetime) -> list[Breach]:
    """Every broken promise in the database, as of `now`; none is what it should be."""
    found = [
        Breach(code, str(detail))
        for code, query in _SIMPLE.items()
        for detail in connection.execute(_bound(query), _values(query, now)).scalars()
    ]
    for code, check in _COUNTED.items():
        found += [Breach(code, detail) for detail in check(connection, now)]
    return found


def _bound(query: str) -> TextClause:
    """The query, its instant passed as the engine keeps instants."""
    found = text(query)
    return found.bindparams(bindparam("now", type_=UTCDateTime)) if ":now" in query else found


def _values(query: str, now: datetime) -> dict[str, datetime]:
    return {"now": now} if ":now" in query else {}


def _wrong_occupancy(connection: Connection, _now: datetime) -> Rows:
    """Occupancies that are not the reservation's time with its set-up and clean-up; of closures
    and imports, which share, those that are not within it."""
    rows = connection.execute(
        text("""
        SELECT r.reference, r.starts_at, r.ends_at, o.id, o.starts_at, o.ends_at,
               MAX(rs.before_minutes), MAX(rs.after_minutes), r.kind
        FROM occupancy o JOIN reservation r ON r.id = o.reservation_id
        JOIN reservation_space rs ON rs.reservation_id = r.id
        JOIN space_part sp ON sp.space_id = rs.space_id AND sp.part_id = o.part_id
        GROUP BY r.reference, r.starts_at, r.ends_at, o.id, o.starts_at, o.ends_at, r.kind""")
    )
    for reference, starts, ends, key, from_, to, before, after, kind in rows:
        early = (_instant(starts) - _instant(from_)).total_seconds()
        late = (_instant(to) - _instant(ends)).total_seconds()
        is_within = early <= before * 60 and late <= after * 60
        is_all = (early, late) == (before * 60, after * 60)
        if not (is_within if kind in {"closure", "imported"} else is_all):
            yield f"occupancy {key} of reservation {reference} is not its time"


def _uncovered_closure(connection: Connection, now: datetime) -> Rows:
    """Parts of closures and imports that are open in between: together they hold all."""
    wanted = connection.execute(
        text("""
        SELECT r.reference, sp.part_id, r.starts_at, r.ends_at FROM reservation r
        JOIN reservation_space rs ON rs.reservation_id = r.id
        JOIN space_part sp ON sp.space_id = rs.space_id
        WHERE r.kind IN ('closure', 'imported') AND r.state IN ('held', 'requested', 'confirmed')
          AND r.ends_at > :now""").bindparams(bindparam("now", now, type_=UTCDateTime))
    ).all()
    held = connection.execute(
        text("""
        SELECT o.part_id, o.starts_at, o.ends_at FROM occupancy o
        JOIN reservation r ON r.id = o.reservation_id WHERE r.kind IN ('closure', 'imported')
        ORDER BY o.part_id, o.starts_at""")
    ).all()
    for reference, part, starts, ends in wanted:
        reached = _instant(starts)
        for other, from_, to in held:
            if other == part and _instant(from_) <= reached:
                reached = max(reached, _instant(to))
        if reached < _instant(ends):
            yield f"closure {reference} leaves part {part} open"


def _wrong_loans(connection: Connection, _now: datetime) -> Rows:
    """Things on loan of which a reservation holds other pieces for their days than it says."""
    wanted = connection.execute(
        text("""
        SELECT r.reference, rl.loan_item_id, rl.starts_at, rl.ends_at, SUM(rl.quantity)
        FROM reservation r JOIN reservation_loan rl ON rl.reservation_id = r.id
        WHERE r.state IN ('held', 'requested', 'confirmed')
        GROUP BY r.reference, rl.loan_item_id, rl.starts_at, rl.ends_at""")
    )
    held = connection.execute(
        text("""
        SELECT r.reference, p.loan_item_id, o.starts_at, o.ends_at, COUNT(DISTINCT p.id)
        FROM occupancy o JOIN reservation r ON r.id = o.reservation_id
        JOIN part p ON p.id = o.part_id
        WHERE p.loan_item_id IS NOT NULL
          AND r.state IN ('held', 'requested', 'confirmed')
        GROUP BY r.reference, p.loan_item_id, o.starts_at, o.ends_at""")
    )
    said = {tuple(key): int(number) for *key, number in wanted}
    has = {tuple(key): int(number) for *key, number in held}
    for key in sorted({*said, *has}, key=str):
        if said.get(key, 0) != has.get(key, 0):
            yield (
                f"reservation {key[0]} holds {has.get(key, 0)} pieces of loan item {key[1]} "
                f"and says {said.get(key, 0)}"
            )


def _quota(connection: Connection, now: datetime) -> Rows:
    """Organisers with more active bookings than any version of the policy allowed them."""
    rows = connection.execute(
        text("""
        SELECT r.organisation_id, r.booked_for_id, r.series_id, r.id, p.subject || ' ' || p.slug,
               u.ends_at, pv.content, r.state, r.held_until, r.starts_at
        FROM reservation r
        JOIN (
            SELECT rs.reservation_id, rs.policy_version_id, rr.ends_at
            FROM reservation_space rs JOIN reservation rr ON rr.id = rs.reservation_id
            UNION ALL
            SELECT rl.reservation_id, rl.policy_version_id, rl.ends_at FROM reservation_loan rl
        ) u ON u.reservation_id = r.id
        JOIN policy_version pv ON pv.id = u.policy_version_id
        JOIN policy p ON p.id = pv.policy_id
        WHERE r.kind = 'customer' AND r.override_reason IS NULL AND r.on_behalf_of IS NULL
          AND r.state IN ('held', 'requested', 'confirmed')""")
    )
    active: dict[tuple[Any, Any], set[tuple[str, int]]] = {}
    most: dict[tuple[Any, Any], int] = {}
    for organisation, person, series, key, slug, ends, content, state, until, starts in rows:
        gone = _instant(ends) <= now
        gone = gone or (state == "held" and until is not None and _instant(until) <= now)
        gone = gone or (state == "requested" and _instant(starts) <= now)
        if gone or (organisation is None and person is None):
            continue
        of = (("organisation", organisation) if organisation else ("person", person), slug)
        active.setdefault(of, set()).add(("series", series) if series else ("one", key))
        limit = _document(content)["quota"]["active"]
        most[of] = max(most.get(of, 0), limit)
    for (organiser, slug), held in active.items():
        if len(held) > most[(organiser, slug)]:
            yield f"{organiser[0]} {organiser[1]} has {len(held)} active bookings of {slug}"


_COUNTED: dict[str, Callable[[Connection, datetime], Rows]] = {
    "wrong_occupancy": _wrong_occupancy,
    "uncovered_closure": _uncovered_closure,
    "wrong_loans": _wrong_loans,
    "quota": _quota,
}


def _instant(value: Any) -> datetime:
    """SQLite gives text, PostgreSQL an instant."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _document(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return found
