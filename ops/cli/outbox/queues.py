"""`mailroom outbox queues`, `pause` and `resume`: how the queues stand, and whether anybody works them."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.ops.cli.consent import confirm
from mailroom.ops.cli.oncall_client import open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson, Why, Yes
from mailroom.ops.cli.words import ago, duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailroom.supervisors.oncall.job_reports import QueueReport

EXAMPLE_QUEUES = "\b\nExample:\n  mailroom outbox queues --json"
EXAMPLE_PAUSE = '\b\nExample:\n  mailroom outbox pause payment --why "the provider is down"'
EXAMPLE_RESUME = '\b\nExample:\n  mailroom outbox resume payment --why "the provider is back"'
STATES = ("waiting", "running", "retrying", "scheduled", "blocked", "lost", "dead")
"""In the order of a job's life."""

Name = Annotated[str, typer.Argument(metavar="QUEUE", help="As `mailroom outbox queues` shows it.")]


def outbox_queues(config: Config = None, data: Data = None, *, as_json: OnCallJson = False) -> None:
    """Count the jobs of each queue by state; say how old the oldest that is due is, and what is paused."""
    with open_client(config, data, as_json=as_json) as client:
        found = client.ask(lambda oncall: oncall.jobs.queues())
        client.show(found, lambda: _print(found))


def outbox_pause(
    queue: Name,
    why: Why = None,
    config: Config = None,
    data: Data = None,
    *,
    yes: Yes = False,
    as_json: OnCallJson = False,
) -> None:
    """Have nobody take jobs of a queue until it is resumed, also over restarts; asks first.

    Jobs are still accepted and wait; those in hand are finished.
    """
    with open_client(config, data, as_json=as_json) as client:
        by = client.by(why)
        confirm(f"Pause all jobs of {queue}?", yes=yes)
        client.act(lambda oncall: oncall.jobs.pause(queue, by))


def outbox_resume(
    queue: Name,
    why: Why = None,
    config: Config = None,
    data: Data = None,
    *,
    as_json: OnCallJson = False,
) -> None:
    """Let a paused queue go on."""
    with open_client(config, data, as_json=as_json) as client:
        by = client.by(why)
        client.act(lambda oncall: oncall.jobs.resume(queue, by))


def _print(found: "Sequence[QueueReport]") -> None:
    from mailroom.ops.cli.tables import print_line, print_table

    if not found:
        print_line("No queue has jobs, and none is paused.")
        return
    print_table(
        ("QUEUE", "OLDEST", *map(str.upper, STATES), "PAUSED"),
        (
            (
                each.queue,
                duration(each.oldest_seconds) if each.due else "",
                *(each.jobs.get(state, 0) or "" for state in STATES),
                f"by {each.paused_by} {ago(each.paused_ms)}: {each.paused_why}" if each.paused_by else "",
            )
            for each in found
        ),
        right=("OLDEST", *map(str.upper, STATES)),
    )
