"""Why an outside calendar could not be read, or not be taken, each as a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from booking.core.errors import N_, Conflict, RuleBroken


class CalendarNotRead(RuleBroken):
    """What an address or a file holds could not be read; `fault` is how it is kept."""

    code = "calendar_not_read"
    message = N_("The calendar could not be read.")
    about = "address"

    @property
    def fault(self) -> str:
        """The code, and the status that a server answered with."""
        status = self.values.get("status")
        return self.code if status is None else f"{self.code} {status}"


class BadAddress(CalendarNotRead):
    code = "bad_address"
    message = N_("Write an address that begins with https:// or webcal://.")


class AddressNotAllowed(CalendarNotRead):
    code = "address_not_allowed"
    message = N_("This address lies in a closed network, which is not read from.")


class Unreachable(CalendarNotRead):
    code = "unreachable"
    message = N_("The server could not be reached, or broke off.")


class TooSlow(CalendarNotRead):
    code = "too_slow"
    message = N_("The server took longer than 15 seconds.")


class TooLarge(CalendarNotRead):
    code = "too_large"
    message = N_("The calendar is larger than 10 MB.")


class TooManyRedirects(CalendarNotRead):
    code = "too_many_redirects"
    message = N_("The address leads on and on to others.")


class ServerRefused(CalendarNotRead):
    code = "refused"
    message = N_("The server gave no calendar: it answered %(status)s.")


class NotACalendar(CalendarNotRead):
    code = "not_a_calendar"
    message = N_(
        "What is there is no calendar but something else, such as a web page. The address of a "
        "calendar often ends in .ics."
    )


class CutShort(CalendarNotRead):
    code = "cut_short"
    message = N_("The calendar breaks off before its end.")


class ReadingFailed(CalendarNotRead):
    code = "reading_failed"
    message = N_("Reading failed by a fault of this service. Its keepers see it in the log.")


FAULTS: Mapping[str, type[CalendarNotRead]] = {
    "not_allowed": AddressNotAllowed,
    **{
        one.code: one
        for one in (
            BadAddress,
            AddressNotAllowed,
            Unreachable,
            TooSlow,
            TooLarge,
            TooManyRedirects,
            ServerRefused,
            NotACalendar,
            CutShort,
            ReadingFailed,
        )
    },
}
"""By the codes of `NotFetched` and `Unreadable`, and of what is kept of them."""


def fault_of(
    code: str, status: int | str | None = None, field: str | None = None
) -> CalendarNotRead:
    """The sentence for a code; `status` is the server's, `field` what it stands beside."""
    told = {} if status is None else {"status": str(status)}
    return FAULTS.get(code, CalendarNotRead)(field=field, **told)


def kept_fault(kept: str) -> CalendarNotRead:
    """The sentence for what a source keeps of its last failure."""
    code, _space, status = kept.partition(" ")
    return fault_of(code, status or None)


class NameMissing(RuleBroken):
    code = "name_missing"
    message = N_("Give the calendar a name.")
    about = "name"


class AddedAlready(RuleBroken):
    code = "added_already"
    message = N_("This space reads this address already.")
    about = "address"


class NoSuchFile(RuleBroken):
    """What was looked at was brought in already, forgotten, or is somebody else's."""

    code = "no_such_file"
    message = N_("Choose the file again: it was brought in already, or kept for too long.")
    about = "file"


class NotReadFromAddress(Conflict):
    code = "not_read_from_address"
    message = N_("This calendar came as a file: it is not read again.")


class HasStopped(Conflict):
    code = "has_stopped"
    message = N_("This calendar has been stopped.")


class NothingToConfirm(Conflict):
    code = "nothing_to_confirm"
    message = N_("This calendar waits for nobody.")
