"""`mailroom restart`: a fresh start for a part, while the rest runs."""

from typing import Annotated

import typer

from mailroom.ops.cli.oncall_client import open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson, Target, Why
from mailroom.ops.cli.targets import wanted_target

EXAMPLE = (
    '\b\nExamples:\n  mailroom restart chats/work/timers --why "hangs since the deploy"'
    '\n  mailroom restart mybot:123 --why "answers nothing"'
)


def restart(
    target: Target = None,
    why: Why = None,
    process: Annotated[
        str | None,
        typer.Option(
            "--process", help="Only in this process, by its id in `mailroom tree`; else in all of them."
        ),
    ] = None,
    config: Config = None,
    data: Data = None,
    *,
    as_json: OnCallJson = False,
) -> None:
    """Restart a node of the tree, a bot or a chat.

    A node is stopped and started again, which does not count towards its restart limit. Of a bot or a chat
    the actors are thrown away and read again from Redis; a message in progress is handled again, and at most
    the one call that was under way goes out twice.
    """
    with open_client(config, data, as_json=as_json) as client:
        chosen = wanted_target(client, target, "restart")
        by = client.by(why)
        client.act(
            lambda oncall: oncall.act.restart(chosen, by, process=process),
            waiting=f"Waiting for {chosen} to start again",
        )
