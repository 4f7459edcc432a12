"""`mailroom events`: how many people came how far with each bot."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.ops.cli.oncall_client import open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson
from mailroom.ops.cli.words import ago

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailroom.supervisors.oncall.events import EventReport

EXAMPLE = "\b\nExamples:\n  mailroom events --days 30\n  mailroom events mybot --json"
DAYS_MAX = 90
"""Events are kept no longer."""


def events(
    bot: Annotated[str | None, typer.Argument(help="One bot alone.", show_default=False)] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=DAYS_MAX, help="Of the last so many days.")] = 7,
    config: Config = None,
    data: Data = None,
    *,
    as_json: OnCallJson = False,
) -> None:
    """Count what people did, as bots tell of it: for each step how many times, and how many people."""
    with open_client(config, data, as_json=as_json) as client:
        found = client.ask(lambda oncall: oncall.events.tallied(days, bot))
        client.show(found, lambda: _print(found))


def _print(found: "Sequence[EventReport]") -> None:
    from mailroom.ops.cli.tables import print_line, print_table

    if not found:
        print_line("No bot has told of anything in these days.")
        return
    print_table(
        ("BOT", "WHAT", "PEOPLE", "TIMES", "LAST"),
        ((each.bot, each.name, str(each.people), str(each.events), ago(each.last_ms)) for each in found),
        right=("PEOPLE", "TIMES"),
    )
