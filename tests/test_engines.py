"""The servers and databases that the tests run on."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts import postgres
from tests.engines import PREFIX, Run


def test_what_a_killed_run_left_behind_does_not_stop_the_next_one() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = Path(tempfile.mkdtemp(prefix=f"{PREFIX}-{gone.pid}-", dir=postgres.roomy_folder()))
    left.chmod(0o755)
    data = left / "pg/data"
    data.mkdir(parents=True)
    # PostgreSQL reads its own number on the first line, and believes it only while it runs.
    (data / "postmaster.pid").write_text(f"{gone.pid}\n{data}\n0\n5432\n{left / 'pg'}\n\n\nready\n")
    (data / "PG_VERSION").write_text("15\n")

    run = Run.begin()

    assert not left.exists()
    assert run.folder.name.startswith(f"{PREFIX}-{os.getpid()}-")
    run.end()
    assert not run.folder.exists()
