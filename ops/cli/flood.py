"""`mailroom flood`: a load tester for people."""

from typing import Annotated

import typer

from mailroom.ops.cli.options import Config, Json
from mailroom.ops.flood import Plan, run_flood
from mailroom.ops.flood.plan import CONNECTIONS_MAX, MESSAGES_MAX, Expect


def flood(
    bot: Annotated[
        str | None, typer.Option(help="The bot to write to, by its name in the settings; else the only one.")
    ] = None,
    chats: Annotated[int, typer.Option(min=1, help="How many people write.")] = 1,
    messages: Annotated[
        int | None,
        typer.Option(
            min=1, max=MESSAGES_MAX, help="How many messages in all. Else 1000, or what --seconds gives."
        ),
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="Stop sending after so long.")] = None,
    rate: Annotated[
        float | None, typer.Option(min=0.01, help="Messages a second; else as fast as they are taken.")
    ] = None,
    connections: Annotated[
        int, typer.Option("--connections", "-c", min=1, max=CONNECTIONS_MAX, help="Connections at a time.")
    ] = 40,
    duplicates: Annotated[
        float, typer.Option(min=0, max=100, help="Percent of the messages that are delivered twice.")
    ] = 0.0,
    text: Annotated[
        str, typer.Option(help="What they write; {n} is the message's number in its chat, {chat} the chat's.")
    ] = "message {n}",
    expect: Annotated[
        Expect, typer.Option(help="What the replies tell: `text #n`, the text, anything; auto finds out.")
    ] = Expect.AUTO,
    url: Annotated[str | None, typer.Option(help="The service; else as in the settings.")] = None,
    simulator: Annotated[
        str | None, typer.Option(help="The simulated Telegram where replies arrive; else as in the settings.")
    ] = None,
    secret: Annotated[str | None, typer.Option(help="The webhook's secret; else as in the settings.")] = None,
    settle: Annotated[
        float, typer.Option(min=0, help="Seconds without a new reply after which the rest is lost.")
    ] = 10.0,
    config: Config = None,
    *,
    no_retry: Annotated[
        bool, typer.Option("--no-retry", help="Do not offer again what was refused.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write to a running service as many people would, and check what comes back.

    Reports what was accepted, refused, answered, lost or out of order, and how long it took. Exits with 1
    when anything was lost, out of order or counted wrong, with 2 when the test could not be made. To see
    order and counts, let it write to a bot with router = "mailroom.ops.flood.counter:router".
    """
    plan = Plan(
        url=url,
        simulator=simulator,
        bot=bot or "",
        secret=secret,
        config=config,
        chats=chats,
        messages=messages or (MESSAGES_MAX if seconds else 1000),
        seconds=seconds,
        rate=rate,
        connections=connections,
        duplicates=duplicates / 100,
        text=text,
        expect=expect,
        retry=not no_retry,
        settle_seconds=settle,
    )
    raise typer.Exit(run_flood(plan, as_json=as_json))
