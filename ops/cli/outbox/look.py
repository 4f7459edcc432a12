"""`mailroom outbox list` and `show`: the jobs there are, and one of them whole with its history."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.ops.cli import words
from mailroom.ops.cli.dead.look import pretty
from mailroom.ops.cli.oncall_client import open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson
from mailroom.ops.cli.outbox.which import ChatOnly, Error, Key, Name, Queue, Since, State, wanted
from mailroom.ops.cli.words import ago, moment, until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailroom.supervisors.oncall.job_reports import JobEvent, JobReport, JobStory

EXAMPLE_LIST = (
    "\b\nExamples:\n  mailroom outbox list --queue mybot.payment --state retrying"
    "\n  mailroom outbox --chat mybot:123 --since 2h"
)
EXAMPLE_SHOW = "\b\nExample:\n  mailroom outbox show job:123"
SHOWN_MAX = 5000
"""What is given at a time."""
FACTS = ("state", "queue", "key", "dedup_key", "priority", "worker", "chat", "update_id", "effect", "trace")


def outbox_list(
    queue: Queue = None,
    state: State = None,
    name: Name = None,
    key: Key = None,
    chat: ChatOnly = None,
    error: Error = None,
    since: Since = None,
    most: Annotated[
        int, typer.Option("--most", "-n", min=1, max=SHOWN_MAX, help="How many, from the newest back.")
    ] = 50,
    config: Config = None,
    data: Data = None,
    *,
    as_json: OnCallJson = False,
) -> None:
    """List jobs that are not done, and those that died, the newest first; done ones with `--state done`."""
    with open_client(config, data, as_json=as_json) as client:
        which = wanted(queue, state, name, key, chat, error, since)
        jobs = client.ask(lambda oncall: oncall.jobs.find(which, most))
        client.show(jobs, lambda: _print_list(jobs, most))


def outbox_show(
    id: Annotated[  # noqa: A002 - the name that `--help` shows
        str, typer.Argument(help="As `mailroom outbox list` shows it: job:123, or the number alone.")
    ],
    config: Config = None,
    data: Data = None,
    *,
    as_json: OnCallJson = False,
) -> None:
    """Show one job whole: its attempts, its last error, its payload; also one that is over."""
    with open_client(config, data, as_json=as_json) as client:
        story = client.ask(lambda oncall: oncall.jobs.show(id))
        client.show(story, lambda: _print_story(story))


def _print_list(jobs: "Sequence[JobReport]", most: int) -> None:
    from mailroom.ops.cli.tables import first_line, print_line, print_table

    if not jobs:
        print_line("No job matches.")
        return
    if jobs[0].ended_ms:
        _print_over(jobs)
        return
    print_table(
        ("ID", "STATE", "QUEUE", "NAME", "ENQUEUED", "ATTEMPTS", "KEY", "LAST ERROR"),
        (
            (
                each.id,
                each.state,
                each.queue,
                each.name,
                ago(each.created_ms),
                f"{each.attempts}/{each.attempts_max}",
                each.key or "",
                first_line(each.error),
            )
            for each in jobs
        ),
        right=("ATTEMPTS",),
    )
    if len(jobs) == most:
        print_line(f"The newest {most}: --most shows more, `mailroom outbox queues` counts them.")


def _print_over(jobs: "Sequence[JobReport]") -> None:
    from mailroom.ops.cli.tables import print_table

    print_table(
        ("ID", "STATE", "QUEUE", "NAME", "ENDED", "ATTEMPT", "TOOK", "TRACE"),
        (
            (
                each.id,
                each.state,
                each.queue,
                each.name,
                ago(each.ended_ms),
                each.attempts,
                "" if each.seconds is None else f"{each.seconds:.1f} s",
                each.trace,
            )
            for each in jobs
        ),
        right=("ATTEMPT", "TOOK"),
    )


def _print_story(story: "JobStory") -> None:
    from mailroom.ops.cli.tables import print_line, print_table

    job = story.job
    print_line(
        f"{story.id} {job.name}" if job else f"{story.id} is over; this is what is left of it.", "bold"
    )
    if job:
        _print_facts(job)
    if story.history:
        print_table(
            ("WHEN", "WHAT", "ATTEMPT", "TOOK", "WORKER", "ERROR"),
            (
                (moment(each.at_ms), each.kind, each.attempt, _took(each), each.worker, each.error)
                for each in story.history
            ),
            right=("ATTEMPT", "TOOK"),
        )
    else:
        print_line("Nothing has happened to it yet.")
    if job and job.error:
        print_line(f"\n{job.error}", "red")
    if job and job.traceback:
        print_line(job.traceback.rstrip())
    if job:
        print_line(f"\n{pretty(job.payload)}")


def _print_facts(job: "JobReport") -> None:
    from mailroom.ops.cli.tables import print_line

    facts = {name.replace("_", " "): getattr(job, name) for name in FACTS}
    facts["attempts"] = f"{job.attempts} of {job.attempts_max}"
    moments = (("enqueued", job.created_ms), ("wanted", job.run_ms), ("died", job.died_ms))
    for name, at_ms in moments:
        when = ago(at_ms) if at_ms <= words.now_ms() else f"in {until(at_ms)}"
        facts[name] = f"{moment(at_ms)}, {when}" if at_ms else ""
    for name, value in facts.items():
        if value not in (None, ""):
            print_line(f"  {name + ':':<12} {value}")
    print_line("")


def _took(event: "JobEvent") -> str:
    return "" if event.seconds is None else f"{event.seconds:.1f} s"
