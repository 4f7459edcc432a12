"""`mailroom tree`: what runs, and how it is."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.ops.cli.oncall_client import OnCallClient, open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson
from mailroom.ops.cli.words import ago, counted, duration, until
from mailroom.ops.embedded.place import holder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailroom.supervisors.oncall.dead import AllTotals
    from mailroom.supervisors.oncall.oncall import OnCall
    from mailroom.supervisors.oncall.reports import NodeReport, ProcessReport, Suspension

    Found = tuple[Sequence[ProcessReport], AllTotals, Sequence[Suspension]]

EXAMPLE = "\b\nExample:\n  mailroom tree --errors"
SUSPENDED_SHOWN_MAX = 5
"""The line of totals stays a line; `--json` has all of them."""


def tree(
    config: Config = None,
    data: Data = None,
    *,
    errors: Annotated[
        bool, typer.Option("--errors", help="Show the last errors whole, with their tracebacks.")
    ] = False,
    as_json: OnCallJson = False,
) -> None:
    """Show what runs: every process with its supervision tree.

    The last line says how many messages wait, how many died, and what is suspended.
    """

    async def look(oncall: "OnCall") -> "Found":
        return await oncall.look.tree(), await oncall.dead.totals(), await oncall.look.suspensions()

    with open_client(config, data, as_json=as_json) as client:
        found = client.ask(look)
        report = dict(zip(("processes", "totals", "suspensions"), found, strict=True))
        client.show(report, lambda: _print(found, errors=errors, running=_running(client, found)))


def _running(client: OnCallClient, found: "Found") -> str:
    """What the pid file knows of a process that none of those who answered is."""
    if found[0]:
        return ""
    from mailroom.ops.oncall_session import said_of

    running = holder(client.settings.data)
    return "" if running is None else said_of(running, client.settings)


def _print(found: "Found", *, errors: bool, running: str) -> None:
    from mailroom.ops.cli.tables import print_line

    processes, totals, suspensions = found
    if running:
        print_line(f"{running}, and does not tell of itself. Do not start another one.", "red")
    elif not processes:
        print_line("No process runs: start one with `mailroom up`, or `mailroom web` and `mailroom worker`.")
    for process in processes:
        _print_process(process)
        print_line("")
    print_line(_totals(totals, suspensions), "bold")
    if errors:
        for process in processes:
            _print_errors(process)


def _print_process(process: "ProcessReport") -> None:
    from mailroom.ops.cli.tables import print_line, print_table

    print_line(
        f"{process.id}: {', '.join(process.roles)}, pid {process.pid} on {process.host},"
        f" up {duration(process.uptime_seconds)}",
        "bold",
    )
    if process.why or process.root is None:
        print_line(f"  {process.why or 'does not answer'}", "red")
    if process.root is None:
        return
    print_table(
        ("NODE", "STATE", "UPTIME", "RESTARTS", "LAST ERROR, DETAILS"),
        (
            (
                "  " * depth + (node.path.rpartition("/")[2] or "(root)"),
                _state(node),
                duration(node.uptime_seconds) if node.state == "running" else "",
                node.restarts,
                "; ".join(filter(None, (node.ails, _last_error(node), _details(node)))),
            )
            for depth, node in _nodes(process.root, 0)
        ),
        right=("RESTARTS",),
    )


def _print_errors(process: "ProcessReport") -> None:
    from mailroom.ops.cli.tables import print_line

    failed = [node for _, node in _nodes(process.root, 0) if node.error] if process.root else []
    for node in failed:
        print_line(f"\n{node.path or '(root)'} in {process.id}, {ago(node.error_ms)}:", "bold")
        print_line(node.traceback.rstrip() or node.error)
    if process.root is not None and not failed:
        print_line(f"\nNo errors in {process.id}.")


def _nodes(node: "NodeReport", depth: int) -> "Iterator[tuple[int, NodeReport]]":
    yield depth, node
    for child in node.children:
        yield from _nodes(child, depth + 1)


def _state(node: "NodeReport") -> str:
    if node.ails:
        return "cannot work"
    waits = node.state == "restarting" and node.next_start_ms
    return f"restarting in {until(node.next_start_ms)}" if waits else node.state


def _details(node: "NodeReport") -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in node.details.items())


def _last_error(node: "NodeReport") -> str:
    from mailroom.ops.cli.tables import first_line

    return f"{ago(node.error_ms)}: {first_line(node.error)}" if node.error else ""


def _totals(totals: "AllTotals", suspensions: "Sequence[Suspension]") -> str:
    waiting = "Nothing waits"
    if totals.messages_waiting:
        waiting = (
            f"{counted(totals.messages_waiting, 'message')} waiting"
            f" in {counted(totals.chats_waiting, 'chat')}, the oldest accepted {ago(totals.oldest_ms)}"
        )
    held = [each.target for each in suspensions]
    jobs = f", {counted(totals.dead_jobs, 'dead job')}" if totals.dead_jobs is not None else ""
    named = ", ".join(held[:SUSPENDED_SHOWN_MAX]) + (", …" if len(held) > SUSPENDED_SHOWN_MAX else "")
    return (
        f"{waiting}. {counted(totals.dead_letters, 'dead letter')}{jobs}."
        f" {counted(len(held), 'suspension')}{f': {named}' if held else ''}."
    )
