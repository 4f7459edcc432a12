"""Which dead letters a command is about: the options that choose them, and how they are read."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.ops.cli import words
from mailroom.ops.cli.consent import WrongUsageError

if TYPE_CHECKING:
    from mailroom.storage.redis.dead_letters import Wanted

Bot = Annotated[str | None, typer.Option("--bot", help="Only of this bot.")]
ChatOnly = Annotated[
    str | None,
    typer.Option("--chat", help="Only of this chat, as BOT:CHAT_ID; the number is enough with --bot."),
]
Error = Annotated[
    str | None, typer.Option("--error", help="Only whose error has these words in it, in any case.")
]
Since = Annotated[
    str | None, typer.Option("--since", help="Only what died within this time, such as 30min, 1h or 2d.")
]


def wanted(bot: str | None, chat: str | None, error: str | None, since: str | None) -> "Wanted":
    """The filter that the options say; without any it is all dead letters."""
    from mailroom.storage.redis.dead_letters import Wanted
    from mailroom.storage.redis.entry import Chat

    for name, value in (("--bot", bot), ("--chat", chat), ("--error", error), ("--since", since)):
        if value is not None and not value.strip():
            # Most likely a variable that is not set, in a command that would then mean all there are.
            raise WrongUsageError(f"{name}: is empty. Leave it out, or say what you mean.")
    of_chat = None
    if chat is not None:
        of_chat = Chat.parse(chat if ":" in chat or not bot else f"{bot}:{chat}")
        if not of_chat.bot or not of_chat.id or (bot and bot != of_chat.bot):
            raise WrongUsageError(
                "--chat: write BOT:CHAT_ID, such as mybot:123, or give --bot with the number."
            )
    return Wanted(bot=bot, chat=of_chat, error=error, since_ms=_since_ms(since) if since else None)


def _since_ms(since: str) -> int:
    seconds = words.seconds_in(since)
    if seconds is None:
        raise WrongUsageError(f"--since: {since!r} is no length of time; write it like 90s, 30min, 1h or 2d.")
    return words.now_ms() - seconds * 1000
