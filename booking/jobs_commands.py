"""The commands of the jobs: `flask --app booking jobs …`."""

from __future__ import annotations

import click
from flask.cli import AppGroup, ScriptInfo, pass_script_info

from booking.jobs import JOBS, run_jobs

jobs_group = AppGroup("jobs", help="Run what happens by itself: e-mails, expiry, tidying up.")


@jobs_group.command("run", with_appcontext=False)
@pass_script_info
def run(info: ScriptInfo) -> None:
    """Run all jobs until told to stop; of several such processes one works, the others wait."""
    run_jobs(info.load_app())


@jobs_group.command("once", with_appcontext=False)
@click.argument("name")
@pass_script_info
def once(info: ScriptInfo, name: str) -> None:
    """Run the job NAME now, whoever leads, and say how much it did."""
    if name not in JOBS:
        raise click.UsageError(f"There is no job {name}; there are {', '.join(sorted(JOBS))}.")
    click.echo(f"{name}: {JOBS[name].run(info.load_app())}")


@jobs_group.command("list", with_appcontext=False)
def list_jobs() -> None:
    """Say which jobs there are and when they run."""
    width = max(map(len, JOBS))
    for name, job in sorted(JOBS.items()):
        click.echo(f"{name:{width}}  {job.rhythm}")
