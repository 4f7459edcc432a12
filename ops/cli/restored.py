"""`mailroom restored`: what was lost with a store that went back, and the word to go on."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.ops.cli.consent import WrongUsageError, confirm
from mailroom.ops.cli.oncall_client import OnCallClient, open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson, Why, Yes
from mailroom.ops.cli.words import ago, moment

if TYPE_CHECKING:
    from mailroom.supervisors.oncall.restored import RestoredReport

EXAMPLE = (
    "\b\nExamples:\n  mailroom restored --show"
    '\n  mailroom restored --go --why "restored from the backup of 3:00, payments compared"'
)


def restored(
    *,
    show: Annotated[
        bool, typer.Option("--show", help="Show what went back, and what the gateways say; also without it.")
    ] = False,
    go: Annotated[bool, typer.Option("--go", help="Let chats and jobs go on.")] = False,
    unasked: Annotated[
        bool, typer.Option("--unasked", help="With --go: although a gateway has not answered yet.")
    ] = False,
    why: Why = None,
    config: Config = None,
    data: Data = None,
    yes: Yes = False,
    as_json: OnCallJson = False,
) -> None:
    """See what was lost with a store that went back, and go on.

    After Postgres was restored from a backup nothing acts: messages and notices of payments are taken in and
    wait. The gateways are asked for payments that are unknown here; then it is for you to say go.
    """
    with open_client(config, data, as_json=as_json) as client:
        if show and go:
            raise WrongUsageError("Say --show or --go, not both. Nothing was done.")
        if not go:
            _show(client)
            return
        by = client.by(why)
        confirm("Let chats and jobs go on? See `mailroom restored --show` first.", yes=yes)
        client.act(lambda oncall: oncall.restored.go_on(by, unasked=unasked))


def _show(client: OnCallClient) -> None:
    report = client.ask(lambda oncall: oncall.restored.state())
    client.show(report, lambda: _print(report))


def _print(report: "RestoredReport") -> None:
    from mailroom.ops.cli.tables import print_line, print_table

    print_line(report.says)
    if report.redis_lost:
        print_line(f"{report.redis_lost}.")
    if report.gateways:
        print_table(("ACCOUNT", "ASKED"), report.gateways.items())
    if report.held:
        print_line(f"Nothing acts since {moment(report.since_ms)} ({ago(report.since_ms)}).")
        print_line('When you are done: mailroom restored --go --why "…"')
