"""What is for one person alone."""

from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message


async def in_private(event: Message | CallbackQuery) -> bool:
    """A filter: whether a person talks to the bot alone, as with a button whose message is forgotten."""
    message = event if isinstance(event, Message) else event.message
    return message is None or message.chat.type == ChatType.PRIVATE
