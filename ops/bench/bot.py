"""The bot that every contestant runs: one step of a dialogue, as real bots take it thousands of times a day.

Two state filters and a text filter, the state's data read and written, the state set, one answer. The answer
names the message it answers, so that the load generator can tell which is which.
"""

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup, default_state
from aiogram.types import Message


class Dialogue(StatesGroup):
    """What the user is being asked."""

    asking = State()
    confirming = State()


async def begin(message: Message, state: FSMContext) -> None:
    """The first message of a chat."""
    await state.set_state(Dialogue.asking)
    await state.update_data(steps=1)
    await message.answer(f"{message.text} 1")


async def step(message: Message, state: FSMContext) -> None:
    """Every further message: count it, change the state, answer."""
    data = await state.get_data()
    steps = data.get("steps", 0) + 1
    await state.update_data(steps=steps)
    await state.set_state(Dialogue.confirming if steps % 2 else Dialogue.asking)
    await message.answer(f"{message.text} {steps}")


def build() -> Router:
    """A fresh router; aiogram lets one be part of a single dispatcher only."""
    made = Router(name="bench")
    made.message.register(begin, default_state, F.text)
    made.message.register(step, StateFilter(Dialogue), F.text.startswith("m"))
    return made


router = build()
