"""Fetching an outside calendar: only from the open network, bounded in size and in time.

An address that somebody typed must never reach what stands inside (server-side request forgery):
each host is looked up once, judged, and connected to by the very address that was judged, on every
redirect anew.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from threading import Timer
from time import monotonic
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from booking.calendars.outside_text import MOST_BYTES

MOST_SECONDS = 15.0
MOST_REDIRECTS = 5
SCHEMES = {"http": 80, "https": 443}
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_UNICAST, _EXAMPLES = ipaddress.IPv6Network("2000::/3"), ipaddress.IPv6Network("3fff::/20")
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
_CHUNK = 64 * 1024
_SAFE = "/%:=&?~+!$,;'@()*"

Resolve = Callable[[str, int], Sequence[str]]


class NotFetched(Exception):
    """The calendar could not be read; `code` says why.

    Codes: `bad_address not_allowed unreachable too_slow too_large too_many_redirects refused`
    (`status` is then the answer's).
    """

    def __init__(self, code: str, status: int | None = None) -> None:
        super().__init__(code if status is None else f"{code} {status}")
        self.code, self.status = code, status


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered: a whole body, or that nothing has changed (`body` is None)."""

    body: bytes | None
    etag: str | None
    last_modified: str | None


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def is_outside(address: str) -> bool:
    """Whether an IP address lies in the open network; an IPv4 address within an IPv6 one is judged
    as itself."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if found.teredo is not None:
            return all(one.is_global for one in found.teredo)
        if inner is None:
            return found in _UNICAST and found not in _EXAMPLES and found.is_global
        found = inner
    return found.is_global and not found.is_multicast


def fetch(
    address: str,
    etag: str | None = None,
    last_modified: str | None = None,
    *,
    lookup: Resolve = resolve,
    allowed: Callable[[str], bool] = is_outside,
    seconds: float = MOST_SECONDS,
) -> Fetched:
    """What stands at an address (http, https or webcal) now.

    With what the last answer told it asks for changes only. Raises `NotFetched`.
    """
    ends_at = monotonic() + seconds
    headers = {"User-Agent": "Yhteistila", "Accept": "text/calendar, */*;q=0.5"}
    headers |= {"Accept-Encoding": "gzip"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    for _redirect in range(MOST_REDIRECTS + 1):
        url = parts_of(address)
        with closing(_connected(url, ends_at, lookup, allowed)) as connection:
            found = _in_time(connection, url, headers, ends_at)
        if isinstance(found, Fetched):
            return found
        address = urljoin(url.geturl(), found)
    raise NotFetched("too_many_redirects")


def parts_of(address: str) -> SplitResult:
    """The parts of an address that may be fetched at all. Raises `NotFetched` (`bad_address`)."""
    scheme, colon, rest = address.strip().partition(":")
    if scheme.lower() in ("webcal", "webcals"):
        scheme = "https"
    try:
        url = urlsplit(f"{scheme}{colon}{rest}")
        port = url.port
    except ValueError:
        raise NotFetched("bad_address") from None
    is_plain = url.username is None and url.password is None and port != 0
    if url.scheme.lower() not in SCHEMES or not url.hostname or not is_plain:
        raise NotFetched("bad_address")
    if any(ord(one) <= 32 or ord(one) == 127 for one in url.geturl()):
        raise NotFetched("bad_address")
    return url


def _connected(
    url: SplitResult, ends_at: float, lookup: Resolve, allowed: Callable[[str], bool]
) -> http.client.HTTPConnection:
    """A connection to the first address of the host, all of which must lie outside."""
    host, port = url.hostname or "", url.port or SCHEMES[url.scheme.lower()]
    try:
        addresses = lookup(host, port)
    except (OSError, UnicodeError):
        raise NotFetched("unreachable") from None
    if not addresses or not all(allowed(one) for one in addresses):
        raise NotFetched("not_allowed" if addresses else "unreachable")
    connection = http.client.HTTPConnection(host, port)
    try:
        connection.sock = _plain_connection(addresses, port, ends_at)
        if url.scheme.lower() == "https":
            connection.sock.settimeout(_left(ends_at))
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
    except (OSError, ValueError) as error:
        connection.close()
        slow = isinstance(error, TimeoutError)
        raise NotFetched("too_slow" if slow else "unreachable") from None
    return connection


def _plain_connection(addresses: Sequence[str], port: int, ends_at: float) -> socket.socket:
    """A connection to the first of these addresses that answers."""
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), timeout=_left(ends_at) / 2)
    return socket.create_connection((addresses[-1], port), timeout=_left(ends_at))


def _left(ends_at: float) -> float:
    left = ends_at - monotonic()
    if left <= 0:
        raise NotFetched("too_slow")
    return left


def _in_time(
    connection: http.client.HTTPConnection,
    url: SplitResult,
    headers: dict[str, str],
    ends_at: float,
) -> Fetched | str:
    """The answer, or the address that it leads on to. A server that drips byte after byte is cut
    off when time is up, whatever it was about to say."""
    cut_off = Timer(_left(ends_at), _cut, [connection.sock])
    cut_off.daemon = True
    cut_off.start()
    try:
        found = _answer(connection, url, headers)
    except (http.client.HTTPException, OSError, zlib.error):
        _left(ends_at)
        raise NotFetched("unreachable") from None
    finally:
        cut_off.cancel()
    _left(ends_at)
    return found


def _cut(connected: socket.socket) -> None:
    """End a connection that another thread reads from, below any encryption."""
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


def _answer(
    connection: http.client.HTTPConnection, url: SplitResult, headers: dict[str, str]
) -> Fetched | str:
    """What the server says: an answer, or the address that it leads on to."""
    path = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
    connection.request("GET", quote(path, safe=_SAFE), headers=headers)
    with closing(connection.getresponse()) as answer:
        told = answer.getheader
        if answer.status in _REDIRECTS:
            return told("Location") or ""
        if answer.status not in (200, 304):
            raise NotFetched("refused", answer.status)
        body = _body(answer) if answer.status == 200 else None
        return Fetched(body, told("ETag"), told("Last-Modified"))


def _body(answer: http.client.HTTPResponse) -> bytes:
    """The whole body, unpacked; raises for one that is too large or cut short."""
    packed = (answer.getheader("Content-Encoding") or "").strip().lower()
    unpack = zlib.decompressobj(wbits=47) if packed in ("gzip", "deflate") else None
    parts, size = [], 0
    while part := answer.read1(_CHUNK):
        part = unpack.decompress(part, MOST_BYTES + 1 - size) if unpack else part
        size += len(part)
        if size > MOST_BYTES or (unpack is not None and unpack.unconsumed_tail):
            raise NotFetched("too_large")
        parts.append(part)
    if answer.length:
        raise http.client.IncompleteRead(b"".join(parts), answer.length)
    if unpack is not None and not unpack.eof:
        raise http.client.IncompleteRead(b"".join(parts))
    return b"".join(parts)
