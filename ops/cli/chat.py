"""`mailroom chat`: one chat as the store knows it."""

from dataclasses import asdict
from typing import Annotated

import typer

from ops.cli.options import Config, Data, Json


def chat(
    bot: Annotated[str, typer.Argument(help="The bot's name in the settings, such as shop.")],
    chat_id: Annotated[str, typer.Argument(help="Telegram's number of the chat.")],
    config: Config = None,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Show what waits in a chat's mailbox, its state and what holds it up; changes nothing."""
    import json

    from ops import configuration
    from ops.chat_report import read_chat

    command_line = {"data": data.expanduser().absolute() if data else None}
    report = asdict(read_chat(configuration.load(config, command_line=command_line), bot, chat_id))
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
        return
    for name, value in report.items():
        shown = value
        if isinstance(value, list | dict):
            pairs = value.items() if isinstance(value, dict) else enumerate(value, start=1)
            shown = "".join(f"\n  {key}: {item}" for key, item in pairs) or "none"
        print(f"{name.replace('_', ' ')}: {shown}")
