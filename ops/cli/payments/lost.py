"""`mailroom payments lost` and `end`: see which payments are lost, and say what became of one."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.ops.cli.consent import WrongUsageError, confirm
from mailroom.ops.cli.oncall_client import open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson, Why, Yes
from mailroom.ops.cli.words import ago

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailroom.supervisors.oncall.payments import LostReport

EXAMPLE_LOST = "\b\nExamples:\n  mailroom payments lost\n  mailroom payments lost --all --json"
EXAMPLE_BACK = (
    "\b\nExamples:\n  mailroom payments give-back m7k2p9x4qd0-01kb8r3e0vj2m5c8h1t6w9z4y7"
    ' --why "the customer wished so"\n  mailroom payments give-back --all --why "we have closed"'
)
Refs = Annotated[
    list[str] | None, typer.Argument(help="As `mailroom payments lost` shows them.", show_default=False)
]
EXAMPLE_END = (
    "\b\nExample:\n  mailroom payments end m7k2p9x4qd0-01kb8r3e0vj2m5c8h1t6w9z4y7 delivered"
    ' --why "the key was in the chat at 14:05"'
)


def payments_lost(
    config: Config = None,
    data: Data = None,
    *,
    ended_too: Annotated[
        bool, typer.Option("--all", help="Also those that are over, the newest first.")
    ] = False,
    as_json: OnCallJson = False,
) -> None:
    """List paid payments that a gateway has and this database does not, and what each was for."""
    with open_client(config, data, as_json=as_json) as client:
        found = client.ask(lambda oncall: oncall.payments.lost(ended_too=ended_too))
        client.show(found, lambda: _print(found))


def payments_give_back(
    refs: Refs = None,
    why: Why = None,
    config: Config = None,
    data: Data = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every lost payment that waits.")] = False,
    yes: Yes = False,
    as_json: OnCallJson = False,
) -> None:
    """Give lost payments back through their gateways; asks first.

    What is back already is left out. AAIO gives nothing back by API: do it in its cabinet, then `end` it.
    """
    with open_client(config, data, as_json=as_json) as client:
        if bool(refs) == everything:
            raise WrongUsageError("Say which to give back: the payments, or --all; one of the two.")
        by = client.by(why)
        which = "all lost payments" if everything else ", ".join(refs or [])
        confirm(f"Give back the money of {which}?", yes=yes)
        client.act(lambda oncall: oncall.payments.give_back(refs or [], by))


def payments_end(
    ref: Annotated[str, typer.Argument(help="As `mailroom payments lost` shows it.")],
    ending: Annotated[str, typer.Argument(help="delivered, credited or given_back.")],
    why: Why = None,
    config: Config = None,
    data: Data = None,
    *,
    as_json: OnCallJson = False,
) -> None:
    """Say what became of a lost payment: its goods were delivered, it was credited, or the money went back.

    It moves nothing: deliver, credit or give back first, in the shop or in the gateway's cabinet.
    """
    with open_client(config, data, as_json=as_json) as client:
        by = client.by(why)
        client.act(lambda oncall: oncall.payments.end(ref, ending, by))


def _print(found: "Sequence[LostReport]") -> None:
    from mailroom.ops.cli.tables import print_line, print_table

    if not found:
        print_line("No payment is lost.")
        return
    print_table(
        ("REF", "PROVIDER", "MONEY", "STATE", "MADE", "FOR", "CHAT", "GOODS", "ENDED"),
        (
            (
                each.ref,
                f"{each.account} {each.provider_id}",
                each.money,
                each.state,
                ago(each.made_ms) if each.made_ms else "",
                each.about.get("for", ""),
                ":".join(filter(None, (each.about.get("bot"), each.about.get("chat")))),
                each.about.get("items", ""),
                f"{each.ending.replace('_', ' ')} by {each.ended_by}: {each.why}" if each.ending else "",
            )
            for each in found
        ),
        right=("MONEY",),
    )
