"""A bot that a test controls."""

import asyncio

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import Message, PreCheckoutQuery

from mailroom.actors.turn import Turn


class ControlledBot:
    """A bot whose handlers begin and end when the test says so."""

    def __init__(self) -> None:
        self.router = Router()
        self.began: list[str] = []
        self.ended: list[str] = []
        self.held: dict[str, asyncio.Event] = {}
        self.freed: set[str] = set()
        self.turns: list[tuple[int, str]] = []
        self.failures: dict[str, int] = {}
        self.router.message()(self.handle)
        self.router.pre_checkout_query()(self.agree)

    async def handle(self, message: Message, state: FSMContext, turn: Turn) -> None:
        text = message.text or ""
        self.began.append(text)
        self.turns.append((turn.attempt, turn.trace_id))
        number = (await state.get_data()).get("n", 0) + 1
        await state.update_data(n=number)
        if text.startswith("hold"):
            event = self.held[text] = asyncio.Event()  # of this process's loop
            if text not in self.freed:
                await event.wait()
        if self.failures.get(text, 0) > 0:
            self.failures[text] -= 1
            raise RuntimeError(f"{text} fails")
        await message.answer(f"{number} {text}")
        self.ended.append(text)

    async def agree(self, query: PreCheckoutQuery) -> None:
        self.began.append("pre_checkout")
        await query.answer(ok=True)

    def let_go(self, text: str) -> None:
        self.freed.add(text)
        if text in self.held:
            self.held[text].set()
