"""`mailroom bench`: our figures beside those of what people use today."""

from typing import Annotated

import typer

from ops.cli.options import Json


def bench(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="spine, ack, flood, neighbour, accept, dispatch, memory, actors; without a name, all."
        ),
    ] = None,
    *,
    quick: Annotated[bool, typer.Option("--quick", help="Under a minute instead of four; rougher.")] = False,
    as_json: Json = False,
) -> None:
    """Measure Mailroom and stock aiogram side by side, on this machine, in one run, as ratios.

    Brings its own Redis, Postgres and simulated Telegram in a temporary directory, and removes them.
    """
    from ops.bench import run_benches

    raise typer.Exit(run_benches(names or [], as_json=as_json, quick=quick))
