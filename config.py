"""The settings of one installation, read from the environment once into typed values."""

from __future__ import annotations

import os
import re
import secrets
import sys
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


CAN_NOT_LOAD = 4
"""The exit code at which gunicorn gives up, rather than start its workers again for ever."""


class UnusableSettings(SystemExit):
    """The settings can't serve: the sentence, which says what to do, is told, and all ends."""

    def __init__(self, sentence: str) -> None:
        print(sentence, file=sys.stderr)
        super().__init__(CAN_NOT_LOAD)


ENGINES = frozenset({"sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg"})


@dataclass(frozen=True)
class Settings:
    """What an installation may set; each field is the environment variable of that name."""

    database_url: str = "sqlite:///yhteistila.sqlite3"
    secret_key: str = ""
    secret_key_fallbacks: tuple[str, ...] = ()
    base_url: str = "http://127.0.0.1:8000"
    mail_url: str = ""
    ratelimit_enabled: bool = True
    ratelimit_storage_uri: str = "memory://"
    automatic_decisions: bool = False
    proxy_hops: int = 0
    log_format: str = "json"
    upload_url: str = "uploads"
    map_tiles_url: str = ""
    map_tiles_attribution: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    demo: bool = False
    testing: bool = False
    instance_path: Path = ROOT / "instance"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """The settings that the environment names; an empty variable counts as not set."""
        env = {k: v for k, v in (os.environ if environment is None else environment).items() if v}
        demo = _flag(env, "DEMO", False)
        instance = Path(env.get("INSTANCE_PATH", ROOT / "instance"))
        return cls(
            database_url=_database_url(env, cls.database_url),
            secret_key=env.get("SECRET_KEY") or (_demo_key(instance) if demo else ""),
            secret_key_fallbacks=tuple(env.get("SECRET_KEY_FALLBACKS", "").split()),
            base_url=_base_url(env),
            mail_url=_mail_url(env, "file:" if demo else ""),
            ratelimit_enabled=_flag(env, "RATELIMIT_ENABLED", True),
            ratelimit_storage_uri=env.get("RATELIMIT_STORAGE_URI", cls.ratelimit_storage_uri),
            automatic_decisions=_flag(env, "AUTOMATIC_DECISIONS", False),
            proxy_hops=_number(env, "PROXY_HOPS", 0),
            log_format=env.get("LOG_FORMAT", "text" if demo else "json"),
            upload_url=env.get("UPLOAD_URL", cls.upload_url),
            map_tiles_url=_map_tiles_url(env),
            map_tiles_attribution=env.get("MAP_TILES_ATTRIBUTION", ""),
            oidc_issuer=env.get("OIDC_ISSUER", ""),
            oidc_client_id=env.get("OIDC_CLIENT_ID", ""),
            oidc_client_secret=env.get("OIDC_CLIENT_SECRET", ""),
            demo=demo,
            instance_path=instance,
        )

    @property
    def host(self) -> str:
        """The host of `base_url`, without a port."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def map_tiles_host(self) -> str:
        """The scheme, host and port of the tile server, or nothing where maps have no tiles."""
        parts = urlsplit(self.map_tiles_url)
        return f"{parts.scheme}://{parts.netloc}" if self.map_tiles_url else ""

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    def must_be_able_to_serve(self) -> None:
        """Stop with a sentence that says what to do, unless these settings can serve people."""
        if self.demo:
            if self.host not in LOOPBACK:
                raise UnusableSettings(
                    "DEMO=1 shows everyone's mail and passwords, so it serves this machine only: "
                    "unset DEMO, or let BASE_URL name 127.0.0.1."
                )
            return
        if not self.secret_key:
            raise UnusableSettings(
                "SECRET_KEY is not set, so nobody's session could be trusted: set it to a long "
                "random text (python3 -c 'import secrets; print(secrets.token_urlsafe(48))'), "
                "or try the product with `make run`."
            )
        if self.mail_url.startswith("file:"):
            raise UnusableSettings(
                "MAIL_URL=file: is the mailbox of a demo that anyone may read: set MAIL_URL to "
                "smtp://host:port of a mail server, or set DEMO=1 on a machine of your own."
            )


def _flag(env: Mapping[str, str], name: str, default: bool) -> bool:
    value = env.get(name, "").strip().lower()
    if value in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return value in {"1", "true", "yes", "on"} if value else default
    raise UnusableSettings(f"{name}={env[name]} is neither yes nor no: use 1 or 0.")


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise UnusableSettings(f"{name}={value} is not a whole number: use 0, 1, 2, …")
    return int(value)


def _database_url(env: Mapping[str, str], default: str) -> str:
    """Whatever it says is not told again: it may hold a password."""
    url = env.get("DATABASE_URL", default)
    try:
        engine = make_url(url).drivername
    except (ArgumentError, ValueError):
        engine = ""
    if engine not in ENGINES:
        raise UnusableSettings(
            "DATABASE_URL names no database that we know: use sqlite:///file.sqlite3 or "
            "postgresql://user:password@host/name."
        )
    return url


def _base_url(env: Mapping[str, str]) -> str:
    port = _number(env, "PORT", 8000)
    if not 0 < port < 2**16:
        raise UnusableSettings(f"PORT={port} is no port: use a number from 1 to 65535.")
    url = env.get("BASE_URL", f"http://127.0.0.1:{port}").rstrip("/")
    if not _names_a_server(url, {"http", "https"}):
        raise UnusableSettings(f"BASE_URL={url} is no address of a site: use https://host.")
    return url


def _mail_url(env: Mapping[str, str], default: str) -> str:
    """Whatever it says is not told again: it may hold a password."""
    url = env.get("MAIL_URL", default)
    if url and not url.startswith("file:") and not _names_a_server(url, {"smtp", "smtps"}):
        raise UnusableSettings(
            "MAIL_URL names no mail server: use smtp://host:port, smtps://host:port or file:."
        )
    return url


def _map_tiles_url(env: Mapping[str, str]) -> str:
    """The address of a tile in Web Mercator, with the places of its numbers; off by default."""
    url = env.get("MAP_TILES_URL", "")
    parts = urlsplit(url)
    is_one = _names_a_server(url, {"http", "https"}) and not re.search(r"[\s;,'\"]", url)
    has_places = all(one in parts.path + parts.query for one in ("{z}", "{x}", "{y}"))
    if url and not (is_one and has_places and "@" not in parts.netloc):
        raise UnusableSettings(
            f"MAP_TILES_URL={url} is no address of tiles: use https://host/{{z}}/{{x}}/{{y}}.png, "
            "or unset it to draw maps without tiles."
        )
    return url


def _names_a_server(url: str, schemes: Set[str]) -> bool:
    """Whether the address has one of these schemes, a host, and a port that is one if any."""
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _demo_key(instance: Path) -> str:
    """A secret of this demo alone, made once, so that its sessions outlive a restart."""
    path = instance / "demo-secret-key"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(48))
        path.chmod(0o600)
    return path.read_text()
