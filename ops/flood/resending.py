"""Holds a chat's later messages back while an earlier one waits to be offered again, as Telegram does.

Messages of a chat go out side by side here, which Telegram never does. But once one was refused, nothing new
of its chat goes out before it is in: otherwise the load test itself would mix up the order it checks.
"""

import asyncio

from mailroom.ops.flood.stream import Message


class Resending:
    """Knows which messages came back."""

    def __init__(self) -> None:
        self._back: dict[int, set[int]] = {}
        self._moved: dict[int, asyncio.Event] = {}

    async def wait_for_earlier(self, message: Message) -> None:
        """Return once no earlier message of the chat is waiting to be offered again."""
        while (back := self._back.get(message.chat_id)) and min(back) < message.number:
            await self._moved.setdefault(message.chat_id, asyncio.Event()).wait()

    def came_back(self, message: Message) -> None:
        """It was not taken and will be offered again."""
        message.came_back = True
        self._back.setdefault(message.chat_id, set()).add(message.number)

    def settled(self, message: Message) -> None:
        """It was taken, or given up."""
        back = self._back.get(message.chat_id)
        if not back or message.number not in back:
            return
        back.remove(message.number)
        if (moved := self._moved.pop(message.chat_id, None)) is not None:
            moved.set()
