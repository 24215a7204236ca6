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
from dataclasses import dataclass
from time import monotonic
from urllib.parse import SplitResult, urljoin, urlsplit

from booking.calendars.outside_text import MOST_BYTES

MOST_SECONDS = 15.0
MOST_REDIRECTS = 5
SCHEMES = {"http": 80, "https": 443}
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_CHUNK = 64 * 1024

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
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if inner is not None:
        found = inner
    teredo = getattr(found, "teredo", None)
    if teredo is not None:
        return all(one.is_global for one in teredo)
    if found in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.ip_address(int(found) & 0xFFFFFFFF).is_global
    return found.is_global and not found.is_multicast


def fetch(
    address: str,
    etag: str | None = None,
    last_modified: str | None = None,
    *,
    lookup: Resolve = resolve,
    allowed: Callable[[str], bool] = is_outside,
) -> Fetched:
    """What stands at an address (http, https or webcal) now.

    With what the last answer told it asks for changes only. Raises `NotFetched`.
    """
    ends_at = monotonic() + MOST_SECONDS
    headers = {"User-Agent": "Yhteistila", "Accept": "text/calendar, */*;q=0.5"}
    headers |= {"Accept-Encoding": "gzip"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    for _redirect in range(MOST_REDIRECTS + 1):
        url = parts_of(address)
        connection = _connected(url, ends_at, lookup, allowed)
        try:
            found = _answer(connection, url, headers, ends_at)
        except (TimeoutError, http.client.HTTPException, OSError, zlib.error) as error:
            raise NotFetched(
                "too_slow" if isinstance(error, TimeoutError) else "unreachable"
            ) from None
        finally:
            connection.close()
        if isinstance(found, Fetched):
            return found
        address = urljoin(address, found)
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
        plain = socket.create_connection((addresses[0], port), timeout=_left(ends_at))
        if url.scheme.lower() == "https":
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(plain, server_hostname=host)
        else:
            connection.sock = plain
    except TimeoutError:
        raise NotFetched("too_slow") from None
    except (OSError, ssl.SSLError):
        raise NotFetched("unreachable") from None
    return connection


def _left(ends_at: float) -> float:
    left = ends_at - monotonic()
    if left <= 0:
        raise NotFetched("too_slow")
    return left


def _answer(
    connection: http.client.HTTPConnection,
    url: SplitResult,
    headers: dict[str, str],
    ends_at: float,
) -> Fetched | str:
    """What the server says: an answer, or the address that it leads on to."""
    path = url.path or "/"
    connection.request("GET", f"{path}?{url.query}" if url.query else path, headers=headers)
    answer = connection.getresponse()
    told = answer.getheader
    if answer.status in _REDIRECTS:
        return told("Location") or ""
    if answer.status == 304:
        return Fetched(None, told("ETag"), told("Last-Modified"))
    if answer.status != 200:
        raise NotFetched("refused", answer.status)
    body = _body(connection, answer, ends_at)
    return Fetched(body, told("ETag"), told("Last-Modified"))


def _body(
    connection: http.client.HTTPConnection, answer: http.client.HTTPResponse, ends_at: float
) -> bytes:
    """The whole body, unpacked; raises for one that is too large, too slow or cut short."""
    packed = (answer.getheader("Content-Encoding") or "").strip().lower()
    unpack = zlib.decompressobj(wbits=47) if packed in ("gzip", "deflate") else None
    parts, size = [], 0
    while True:
        if connection.sock is not None:
            connection.sock.settimeout(_left(ends_at))
        part = answer.read1(_CHUNK)
        if not part:
            break
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
