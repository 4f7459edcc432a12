"""`mailroom flood`: a load tester for people."""

from typing import Annotated

import typer

from ops.cli.options import Json


def flood(
    url: Annotated[str, typer.Option(help="The running service.")] = "http://127.0.0.1:8080",
    simulator: Annotated[
        str, typer.Option(help="The simulator that stands in for Telegram.")
    ] = "http://127.0.0.1:8081",
    bot: Annotated[str, typer.Option(help="The bot to write to.")] = "shop",
    chats: Annotated[int, typer.Option(min=1, help="How many people write.")] = 50,
    messages: Annotated[int, typer.Option(min=1, help="How many messages in all.")] = 2000,
    rate: Annotated[
        float | None, typer.Option(help="Messages a second; else as fast as they are taken.")
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, help="Connections at the same time.")] = 50,
    duplicates: Annotated[float, typer.Option(min=0, max=1, help="Share delivered twice.")] = 0.1,
    *,
    as_json: Json = False,
) -> None:
    """Write to a running service as many people would, and check what comes back.

    Reports what was accepted, refused, answered, lost or out of order, and how long it took. Exits with 1
    when anything was lost or out of order.
    """
    from ops.flood import Plan, run_flood

    plan = Plan(
        url=url,
        simulator=simulator,
        bot=bot,
        chats=chats,
        messages=messages,
        rate=rate,
        concurrency=concurrency,
        duplicates=duplicates,
    )
    raise typer.Exit(run_flood(plan, as_json=as_json))
