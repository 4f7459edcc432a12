"""`mailroom people`: who is logged in at the console by a link of their bot, and logged out by on-call."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.ops.cli.dead import ListUnlessTold
from mailroom.ops.cli.oncall_client import open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson, Why
from mailroom.ops.cli.words import ago, until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailroom.supervisors.oncall.people import PersonReport

EXAMPLE_OUT = '\b\nExample:\n  mailroom people out tg:7001 --why "her phone was stolen"'


def people_list(config: Config = None, data: Data = None, *, as_json: OnCallJson = False) -> None:
    """List who is logged in, and until when."""
    with open_client(config, data, as_json=as_json) as client:
        found = client.ask(lambda oncall: oncall.people.logged_in())
        client.show(found, lambda: _print(found))


def people_out(
    person: Annotated[str, typer.Argument(help="As `mailroom people` shows them: tg:7001.")],
    why: Why = None,
    config: Config = None,
    data: Data = None,
    *,
    as_json: OnCallJson = False,
) -> None:
    """Log somebody out everywhere; they may log in anew while the room of a bot gives them a role."""
    with open_client(config, data, as_json=as_json) as client:
        by = client.by(why)
        client.act(lambda oncall: oncall.people.log_out(person, by))


def _print(found: "Sequence[PersonReport]") -> None:
    from mailroom.ops.cli.tables import print_line, print_table

    if not found:
        print_line("Nobody is logged in. A bot sends a link to those who work there and say /console to it.")
        return
    print_table(
        ("PERSON", "NAME", "BROWSERS", "SINCE", "UNTIL"),
        (
            (each.person, each.name, str(each.sessions), ago(each.since_ms), f"in {until(each.until_ms)}")
            for each in found
        ),
    )


app = typer.Typer(cls=ListUnlessTold, add_completion=False, rich_markup_mode=None)
app.command("list")(people_list)
app.command("out", epilog=EXAMPLE_OUT)(people_out)


@app.callback()
def people() -> None:
    """See who works in the console, and log them out; alone, it lists who is logged in."""
