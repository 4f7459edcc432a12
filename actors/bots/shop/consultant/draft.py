"""An answer while it is being written: one message, which is there from the first moment and edited since.

The calls of a handler are numbered and journaled, and a replay is to make the same ones. So the first call is
always this message with always the same text: a replay finds it again by its number and goes on editing it.
How many edits follow depends on how fast a model writes, and no replay can repeat that; but an edit is
harmless twice. The last one alone has buttons, so it differs from every one before it and is never mistaken
for one in the journal. After a crash there are no edits but the last: nobody has to watch the same answer
grow again.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import escape

from aiogram import Bot
from aiogram.enums import ChatAction, ParseMode
from aiogram.exceptions import AiogramError
from aiogram.types import Message
from structlog import get_logger

from mailroom.actors.kit.screens.replies import NO_PREVIEW, edited, tell
from mailroom.actors.kit.screens.screen import Screen

log = get_logger("mailroom.consultant")

EDIT_SECONDS = 1.2
"""Telegram takes about one message a second in a chat, edits included."""
EDITS_MAX = 8
"""Each is a record in the journal, and a place in the limits of the chat."""
TYPING_SECONDS = 4.5
"""Telegram shows "typing" for five."""


class Draft:
    """The message that becomes an answer: a new one, or one of ours that stands for it until now."""

    def __init__(self, bot: Bot, chat_id: int, over: Message | None = None, *, grows: bool) -> None:
        self._bot, self._chat_id = bot, chat_id
        self._grows = grows
        self._clock = asyncio.get_running_loop()
        self._message = over
        self._shown = ""
        self._next_edit = 0.0
        self._edits = 0

    async def open(self, text: str) -> None:
        """Show that the question was read."""
        screen = Screen(text)
        if self._message is None or not await edited(self._message, screen):
            self._message = await tell(self._bot, self._chat_id, screen)
        self._next_edit = self._clock.time() + EDIT_SECONDS

    @property
    def wants_more(self) -> bool:
        """Whether an edit would be made now."""
        return self._grows and self._edits < EDITS_MAX and self._clock.time() >= self._next_edit

    async def grow(self, words: str) -> None:
        """Show a part of the answer. One that cannot be shown is not missed."""
        if self._message is None or not self.wants_more or not words or words == self._shown:
            return
        self._edits += 1
        self._shown = words
        try:
            await self._message.edit_text(
                escape(words), parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW
            )
        except AiogramError as error:
            self._grows = False
            log.info("draft_not_shown", chat_id=self._chat_id, error=str(error))
        self._next_edit = self._clock.time() + EDIT_SECONDS

    async def finish(self, screen: Screen) -> None:
        """The answer, in place of the draft; as a message of its own if the draft is gone."""
        if self._message is None or not await edited(self._message, screen):
            await tell(self._bot, self._chat_id, screen)


@asynccontextmanager
async def typing(bot: Bot, chat_id: int) -> AsyncIterator[None]:
    """Show "typing" meanwhile. It is no reply: neither journaled nor limited, and not worth an error."""

    async def show() -> None:
        while True:
            try:
                await bot.send_chat_action(chat_id, ChatAction.TYPING)
            except AiogramError:
                return
            await asyncio.sleep(TYPING_SECONDS)

    showing = asyncio.create_task(show())
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.wait([showing])
