"""The messages that show a thing turn when it does: what the handler of its event calls."""

from collections.abc import Awaitable, Callable, Sequence

from aiogram import Bot
from aiogram.fsm.context import FSMContext

from mailroom.actors.kit.screens.replies import turned
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.screens.shown import Shows, keep, messages_behind


async def turn_shown(
    bot: Bot,
    chat_id: int,
    state: FSMContext,
    now: Shows,
    steps: Sequence[str],
    screen_of: Callable[[], Awaitable[Screen]],
) -> None:
    """Turn the messages that show a thing as it stood before into the screen that shows it as it stands.

    A thing goes along `steps`, and never back; a status that is none of them is the end. The screen is made
    where there is a message to turn; one that is gone is no fault, and is not tried again.
    """
    behind = await messages_behind(state, now, steps)
    if not behind:
        return
    screen = await screen_of()
    there = [await turned(bot, chat_id, message_id, screen) for message_id in behind]
    shows = {one: screen.shows if is_there else None for one, is_there in zip(behind, there, strict=True)}
    await keep(state, shows)
