"""`mailroom bench`: our figures beside those of what people use today."""

from typing import Annotated

import typer

from mailroom.ops.cli.options import Json


def bench(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="spine, ack, flood, neighbour, accept, dispatch, memory, actors, outbox; without one, all."
        ),
    ] = None,
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="A few minutes instead of a dozen; rougher.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", min=1_000, help="outbox: how many jobs go through the tables; 100 000, quick 10 000."
        ),
    ] = None,
    alone: Annotated[
        bool,
        typer.Option(
            "--alone", help="outbox: without PgQueuer, procrastinate and DBOS, which pip would fetch."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure Mailroom and its peers side by side, on this machine, in one run, as ratios.

    Brings its own Redis, Postgres and simulated Telegram in a temporary directory, and removes them.
    """
    from mailroom.ops.bench import run_benches

    raise typer.Exit(run_benches(names or [], as_json=as_json, quick=quick, jobs=jobs, alone=alone))
