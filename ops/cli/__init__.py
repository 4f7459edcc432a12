"""The command line. Each command is a file here that loads its work only when it is called.

Exit codes: 0 all well, 1 something is in the way or was found wrong, 2 the command or the configuration is.
A misspelled command is answered with the nearest one, by typer itself.
"""

import sys
from typing import Annotated

import typer

from mailroom.ops.cli import (
    ask,
    attention,
    audit,
    bench,
    chat,
    dead,
    drain,
    events,
    flood,
    history,
    installation,
    migrate,
    monitoring,
    outbox,
    payments,
    people,
    periodic,
    restart,
    restored,
    resume,
    run,
    suspend,
    top,
    tree,
    up,
    web,
    worker,
)
from mailroom.ops.embedded.place import StoreError
from mailroom.ops.faults import CannotStartError, ConfigurationError, GaveUpError
from mailroom.ops.version import VERSION
from mailroom.storage.texts import harmless

app = typer.Typer(
    name="mailroom",
    epilog="Exits with 0 when it is done, 1 when it could not be (or not all of it), 2 when the command line"
    " or the configuration is wrong. On call? Begin with `mailroom attention`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback of ours is for a log, and its values may be secrets
    rich_markup_mode=None,
)


def _say_version(asked: bool) -> None:
    if asked:
        print(f"mailroom {VERSION}")
        raise typer.Exit


@app.callback()
def _mailroom(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Chat bots with a durable, ordered mailbox for every chat."""


app.command(rich_help_panel="Serve")(up.up)
app.command(rich_help_panel="Serve")(web.web)
app.command(rich_help_panel="Serve")(worker.worker)
app.command(cls=run.RunCommand, rich_help_panel="Serve", context_settings={"allow_extra_args": True})(run.run)
app.command(rich_help_panel="Look after")(migrate.migrate)
app.add_typer(installation.app, name="installation", rich_help_panel="Look after")
app.add_typer(monitoring.app, name="monitoring", rich_help_panel="Look after")
app.command(epilog=attention.EXAMPLE, rich_help_panel="On call")(attention.attention)
app.command(epilog=tree.EXAMPLE, rich_help_panel="On call")(tree.tree)
app.command(epilog=top.EXAMPLE, rich_help_panel="On call")(top.top)
app.command(epilog=history.EXAMPLE, rich_help_panel="On call")(history.history)
app.command(cls=chat.ChatCommand, epilog=chat.EXAMPLE, rich_help_panel="On call")(chat.chat)
app.command(epilog=restart.EXAMPLE, rich_help_panel="On call")(restart.restart)
app.command(epilog=suspend.EXAMPLE, rich_help_panel="On call")(suspend.suspend)
app.command(epilog=resume.EXAMPLE, rich_help_panel="On call")(resume.resume)
app.command(epilog=drain.EXAMPLE, rich_help_panel="On call")(drain.drain)
app.add_typer(dead.app, name="dead", rich_help_panel="On call")
app.add_typer(outbox.app, name="outbox", rich_help_panel="On call")
app.add_typer(payments.app, name="payments", rich_help_panel="On call")
app.add_typer(periodic.app, name="periodic", rich_help_panel="On call")
app.add_typer(people.app, name="people", rich_help_panel="On call")
app.command(epilog=restored.EXAMPLE, rich_help_panel="On call")(restored.restored)
app.command(epilog=ask.EXAMPLE, rich_help_panel="On call", context_settings=ask.SETTINGS)(ask.ask)
app.command(epilog=audit.EXAMPLE, rich_help_panel="On call")(audit.audit)
app.command(epilog=events.EXAMPLE, rich_help_panel="Measure")(events.events)
app.command(rich_help_panel="Measure")(flood.flood)
app.command(rich_help_panel="Measure")(bench.bench)


def main() -> None:
    """What `mailroom` in `.venv/bin` calls."""
    try:
        app()
    except ConfigurationError as error:
        count = len(error.faults)
        print(
            f"Mailroom cannot start: its configuration has {count} fault{'s' * (count > 1)}:", file=sys.stderr
        )
        for fault in error.faults:
            print(f"  {harmless(fault)}", file=sys.stderr)
        sys.exit(2)
    except (CannotStartError, GaveUpError, StoreError) as error:
        print(harmless(error), file=sys.stderr)
        sys.exit(1)
