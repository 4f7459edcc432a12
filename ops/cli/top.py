"""`mailroom top`: the chats that wait most."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mailroom.ops.cli.oncall_client import open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson
from mailroom.ops.cli.words import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailroom.supervisors.oncall.reports import ChatLine

EXAMPLE = "\b\nExample:\n  mailroom top --by age -n 5"
SHOWN_MAX = 1000
"""The worst are what one looks for; each costs a look into its mailbox."""


def top(
    by: Annotated[
        Literal["depth", "age"],
        typer.Option("--by", help="Most messages first, or the longest waiting first."),
    ] = "depth",
    most: Annotated[int, typer.Option("--most", "-n", min=1, max=SHOWN_MAX, help="How many chats.")] = 20,
    config: Config = None,
    data: Data = None,
    *,
    suspended: Annotated[
        bool, typer.Option("--suspended/--no-suspended", help="Also the chats that somebody has suspended.")
    ] = True,
    as_json: OnCallJson = False,
) -> None:
    """Show the chats that wait most, by messages or by time."""
    with open_client(config, data, as_json=as_json) as client:
        chats = client.ask(lambda oncall: oncall.look.top(by, most, suspended_too=suspended))
        client.show(chats, lambda: _print(chats))


def _print(chats: "Sequence[ChatLine]") -> None:
    from mailroom.ops.cli.tables import print_line, print_table

    if not chats:
        print_line("No chat has messages waiting.")
        return
    print_table(
        ("CHAT", "WAITING", "OLDEST FOR", "SUSPENDED"),
        ((each.chat, each.depth, duration(each.age_seconds), each.suspended) for each in chats),
        right=("WAITING", "OLDEST FOR"),
    )
