"""The command line. Each command is a file here that loads its work only when it is called.

Exit codes: 0 all well, 1 something is in the way or was found wrong, 2 the command or the configuration is.
"""

import sys

import typer

from ops.cli import bench, chat, flood, migrate, run, up, web, worker
from ops.embedded.place import StoreError
from ops.faults import CannotStartError, ConfigurationError

app = typer.Typer(
    name="mailroom",
    help="Chat bots with a durable, ordered mailbox for every chat.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback of ours is for a log, and its values may be secrets
    rich_markup_mode=None,
)
app.command(rich_help_panel="Serve")(up.up)
app.command(rich_help_panel="Serve")(web.web)
app.command(rich_help_panel="Serve")(worker.worker)
app.command(
    rich_help_panel="Serve", context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)(run.run)
app.command(rich_help_panel="Look after")(migrate.migrate)
app.command(rich_help_panel="Look after")(chat.chat)
app.command(rich_help_panel="Measure")(flood.flood)
app.command(rich_help_panel="Measure")(bench.bench)


def main() -> None:
    """What `mailroom` in `.venv/bin` calls."""
    try:
        app()
    except ConfigurationError as error:
        count = len(error.faults)
        print(
            f"Mailroom cannot start, its configuration has {count} fault{'s' * (count > 1)}:", file=sys.stderr
        )
        for fault in error.faults:
            print(f"  {fault}", file=sys.stderr)
        sys.exit(2)
    except (CannotStartError, StoreError) as error:
        print(error, file=sys.stderr)
        sys.exit(1)
