"""Which jobs a command is about: the options that choose them, and how they are read."""

from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from mailroom.ops.cli import words
from mailroom.ops.cli.consent import WrongUsageError

if TYPE_CHECKING:
    from mailroom.storage.postgres.outbox.seen import State as JobState
    from mailroom.storage.postgres.outbox.seen import Wanted

Queue = Annotated[str | None, typer.Option("--queue", help="Only of this queue.")]
State = Annotated[
    str | None,
    typer.Option(
        "--state",
        help="Only waiting, scheduled, blocked (by its key), running, retrying, lost, dead, done or dropped"
        " ones.",
    ),
]
Name = Annotated[str | None, typer.Option("--name", help="Only jobs of this name, such as mybot.deliver.")]
Key = Annotated[str | None, typer.Option("--key", help="Only of this key, such as that of an order.")]
ChatOnly = Annotated[str | None, typer.Option("--chat", help="Only what this chat enqueued: BOT:CHAT_ID.")]
Error = Annotated[
    str | None, typer.Option("--error", help="Only whose last error has these words in it, in any case.")
]
Since = Annotated[
    str | None, typer.Option("--since", help="Only what was enqueued within this time: 30min, 1h or 2d.")
]


def wanted(
    queue: str | None,
    state: str | None,
    name: str | None,
    key: str | None,
    chat: str | None,
    error: str | None,
    since: str | None,
) -> "Wanted":
    """The filter that the options say; without any it is all jobs."""
    from mailroom.storage.postgres.outbox.seen import Wanted

    options = {"queue": queue, "state": state, "name": name, "key": key, "chat": chat, "error": error}
    for option, value in {**options, "since": since}.items():
        if value is not None and not value.strip():
            # Most likely a variable that is not set, in a command that would then mean all there are.
            raise WrongUsageError(f"--{option}: is empty. Leave it out, or say what you mean.")
    bot, _, chat_id = (chat or "").partition(":")
    if chat is not None and not (bot and chat_id):
        raise WrongUsageError("--chat: write BOT:CHAT_ID, such as mybot:123.")
    return Wanted(
        queue=queue,
        state=_state(state) if state else None,
        name=name,
        key=key,
        bot=bot or None,
        chat=chat_id or None,
        error=error,
        since=_since(since) if since else None,
    )


def _state(text: str) -> "JobState":
    from mailroom.storage.postgres.outbox.seen import State

    states: tuple[JobState, ...] = get_args(State)
    for state in states:
        if state == text:
            return state
    near = get_close_matches(text.casefold(), states, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise WrongUsageError(f"--state: {text!r} is none. There are {', '.join(states)}.{hint}")


def _since(text: str) -> datetime:
    seconds = words.seconds_in(text)
    if seconds is None:
        raise WrongUsageError(f"--since: {text!r} is no length of time; write it like 90s, 30min, 1h or 2d.")
    return datetime.fromtimestamp(words.now_ms() / 1000 - seconds, UTC)
