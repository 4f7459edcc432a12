"""A bot made to be flooded: it counts a chat's messages in its state and answers `text #n`.

Whoever reads the answers can tell for each message whether it was handled, once, and in order. To use it:

    [bots.counter]
    token = "1:counter"
    router = "mailroom.ops.flood.counter:router"
"""

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

router = Router(name="counter")


@router.message(F.text)
async def count(message: Message, state: FSMContext) -> None:
    """Read, write, answer: a lost or doubled step shows in every later answer."""
    number = int((await state.get_data()).get("number", 0)) + 1
    await state.update_data(number=number)
    await message.answer(f"{message.text} #{number}", parse_mode=None)
