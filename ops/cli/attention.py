"""`mailroom attention`: what needs on-call, first things first."""

from typing import TYPE_CHECKING

from mailroom.ops.cli.oncall_client import open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson
from mailroom.ops.cli.words import ago

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailroom.supervisors.oncall.concerns import Concern

EXAMPLE = "\b\nExample:\n  mailroom attention"
STYLES = {"act": "bold red", "look": "yellow", "know": ""}


def attention(config: Config = None, data: Data = None, *, as_json: OnCallJson = False) -> None:
    """Show what needs you, what needs you most first, and what to do about each.

    A part that does not answer, what is parked or hangs, what is dead, paused or late, and at last what was
    suspended. The same stands at the top of the console.
    """
    with open_client(config, data, as_json=as_json) as client:
        found = client.ask(lambda oncall: oncall.attention.concerns())
        client.show(found, lambda: _print(found))


def _print(found: "Sequence[Concern]") -> None:
    from mailroom.ops.cli.tables import first_line, print_line

    if not found:
        print_line("All is well: nothing needs you.", "green")
        return
    for each in found:
        print_line(f"{each.says}.", STYLES[each.level])
        for thing in each.things:
            since = f", {ago(thing.since_ms)}" if thing.since_ms else ""
            why = f": {first_line(thing.why)}" if thing.why else ""
            print_line(f"  {thing.name}{since}{why}")
        if (more := each.number - len(each.things)) > 0 and len(each.things) > 1:
            print_line(f"  and {more} more")
        print_line(f"  {each.todo}")
        if each.command:
            print_line(f"  $ {each.command}")
        print_line("")
