"""`mailroom periodic`: what is done again and again, seen and run now."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.ops.cli.dead import ListUnlessTold
from mailroom.ops.cli.oncall_client import open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson, Why
from mailroom.ops.cli.words import ago, duration, until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailroom.supervisors.oncall.periodic import PeriodicReport

EXAMPLE_RUN = '\b\nExample:\n  mailroom periodic run payment.reconcile --why "the provider is back"'


def periodic_list(config: Config = None, data: Data = None, *, as_json: OnCallJson = False) -> None:
    """List it: when each ran, what came of it, when it is due."""
    with open_client(config, data, as_json=as_json) as client:
        works = client.ask(lambda oncall: oncall.periodic.works())
        client.show(works, lambda: _print(works))


def periodic_run(
    name: Annotated[str, typer.Argument(help="As `mailroom periodic list` shows it.")],
    why: Why = None,
    config: Config = None,
    data: Data = None,
    *,
    as_json: OnCallJson = False,
) -> None:
    """Run it now, once, beside its schedule; not while its last run is under way."""
    with open_client(config, data, as_json=as_json) as client:
        by = client.by(why)
        client.act(lambda oncall: oncall.periodic.run(name, by), to_the_end=True)


def _print(works: "Sequence[PeriodicReport]") -> None:
    from mailroom.ops.cli.tables import first_line, print_line, print_table

    if not works:
        print_line("There is no periodic work: a worker makes it known when it starts.")
        return
    print_table(
        ("WORK", "SCHEDULE", "LAST RUN", "JOB", "RESULT", "NEXT", "ERROR"),
        (
            (
                each.name, each.schedule, ago(each.last_ms) if each.last_ms else "never",
                each.job, each.result,
                f"late by {duration(each.overdue_seconds)}" if each.overdue_seconds >= 1
                else f"in {until(each.next_ms)}",
                first_line(each.error),
            )
            for each in works
        ),
    )  # fmt: skip


app = typer.Typer(cls=ListUnlessTold, add_completion=False, rich_markup_mode=None)
app.command("list")(periodic_list)
app.command("run", epilog=EXAMPLE_RUN)(periodic_run)


@app.callback()
def periodic() -> None:
    """See to periodic work, and run it now; alone, it lists all of it.

    Each run is a job: `mailroom outbox show` tells what came of it.
    """
