"""`mailroom dead`: the messages that failed for good, looked at, mended, put back or thrown away."""

from typing import Any

import typer
from typer.core import TyperGroup

from mailroom.ops.cli.dead import bulk, edit, look


class ListUnlessTold(TyperGroup):
    """A group of commands without more, or with options alone, is its `list`: `mailroom dead --bot shop`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command in where there is none."""
        if not args or (args[0].startswith("-") and args[0] != "--help"):
            args = ["list", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=ListUnlessTold, add_completion=False, rich_markup_mode=None)
app.command("list", epilog=look.EXAMPLE_LIST)(look.dead_list)
app.command("reasons", epilog=look.EXAMPLE_REASONS)(look.dead_reasons)
app.command("show", epilog=look.EXAMPLE_SHOW)(look.dead_show)
app.command("edit", epilog=edit.EXAMPLE)(edit.dead_edit)
app.command("requeue", epilog=bulk.EXAMPLE_REQUEUE)(bulk.dead_requeue)
app.command("drop", epilog=bulk.EXAMPLE_DROP)(bulk.dead_drop)


@app.callback()
def dead() -> None:
    """See to messages that failed for good; alone, it lists them.

    They are kept with their tracebacks until somebody puts them back in line or drops them.
    """
