"""`mailroom payments`: payments that bear our name and have no row, and what became of them."""

import typer

from mailroom.ops.cli.payments import lost

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
app.command("lost", epilog=lost.EXAMPLE_LOST)(lost.payments_lost)
app.command("give-back", epilog=lost.EXAMPLE_BACK)(lost.payments_give_back)
app.command("end", epilog=lost.EXAMPLE_END)(lost.payments_end)


@app.callback()
def payments() -> None:
    """See to payments that are lost: a gateway has them, and the restored database does not.

    None of them moves by itself. Each is ended by a person who has found out what became of it.
    """
