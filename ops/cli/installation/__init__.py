"""`mailroom installation`: whose stores these are."""

import typer

from mailroom.ops.cli.installation import naming

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
app.command("show")(naming.show)
app.command("new", epilog=naming.EXAMPLE_NEW)(naming.new)
app.command("join")(naming.join)


@app.callback()
def installation() -> None:
    """Say whose stores these are.

    Postgres and Redis of an installation bear its name, and so does every payment at a gateway. A copy of a
    database must be given a name of its own before anything is started on it.
    """
