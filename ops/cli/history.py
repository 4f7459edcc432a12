"""`mailroom history`: how much went through in the last hours, and how fast."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.ops.cli.consent import WrongUsageError
from mailroom.ops.cli.oncall_client import open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson
from mailroom.ops.cli.words import duration, moment, seconds_in

if TYPE_CHECKING:
    from mailroom.supervisors.oncall.past import Past

EXAMPLE = "\b\nExample:\n  mailroom history --last 1h"
LINES = 24


def history(
    last: Annotated[str, typer.Option("--last", help="How far back: 10min, 1h; six hours are kept.")] = "6h",
    config: Config = None,
    data: Data = None,
    *,
    as_json: OnCallJson = False,
) -> None:
    """Show how much went through all processes in the last hours, and how fast.

    A line that is missing is a time in which no process ran.
    """
    with open_client(config, data, as_json=as_json) as client:
        seconds = seconds_in(last)
        if seconds is None:
            raise WrongUsageError(f"--last: {last!r} is no length of time; write it like 10min or 6h.")
        found = client.ask(lambda oncall: oncall.past.points(seconds, most=LINES))
        client.show(found, lambda: _print(found))


def _print(found: "Past") -> None:
    from mailroom.ops.cli.tables import print_line, print_table

    if not found.points:
        print_line("Nothing was measured in this time: no process ran.")
        return
    print_line(f"Per second, over {duration(found.step_seconds)} each; times of half and of 99% of attempts:")
    print_table(
        ("FROM", "ACCEPTED", "HANDLED", "REPLIES", "HANDLING", "99%", "WAITING", "99%"),
        (
            (
                moment(each.at_ms), f"{each.accepted:.1f}", f"{each.handled:.1f}", f"{each.replies:.1f}",
                _time(each.handling_p50), _time(each.handling_p99),
                _time(each.waited_p50), _time(each.waited_p99),
            )
            for each in found.points
        ),
        right=("ACCEPTED", "HANDLED", "REPLIES", "HANDLING", "WAITING", "99%"),
    )  # fmt: skip


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
