"""A broadcast is made: one message, and all who are to get it."""

from collections.abc import AsyncIterable, Iterable

from mailroom.actors.jobs.notify import Message
from mailroom.storage.postgres.broadcasts import Broadcasts


async def create(
    broadcasts: Broadcasts,
    bot: str,
    message: Message,
    recipients: Iterable[int] | AsyncIterable[int],
    *,
    start: bool = True,
) -> int:
    """Make a broadcast, and start it unless told otherwise. Recipients are chat ids, read once and in chunks.
    Returns its number.
    """
    text = message.model_dump_json(by_alias=True, exclude_defaults=True)
    return await broadcasts.create(bot, text, recipients, as_event=message.as_ == "event", start=start)
