"""`mailroom bench`: our figures beside those of what people use today."""

from typing import Annotated

import typer

from ops.cli.options import Json


def bench(
    names: Annotated[
        list[str] | None, typer.Argument(help="spine, flood, neighbour, accept, actors; else all.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Measure Mailroom and stock aiogram side by side, on this machine, in one run, as ratios."""
    from ops.bench import run_benches

    raise typer.Exit(run_benches(names or [], as_json=as_json))
