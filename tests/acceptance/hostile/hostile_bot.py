"""A bot that does what it is told, however bad: it raises, kills its process, takes its time, takes money.

What is left is counted in the chat's FSM and answered with the number, so that a message lost, doubled or out
of order shows in the answers.
"""

import asyncio
import os
import signal
import time
from pathlib import Path

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message, PreCheckoutQuery

from mailroom.actors.turn import Turn

router = Router()
GO = Path(__file__).with_name("go")
"""Made by a test when what waits may go on."""
WAITING = Path(__file__).with_name("waiting")
"""The chats of the handlers that began to wait."""


@router.message(Command("stop"), flags={"urgent": True})
async def stop(message: Message, turn: Turn) -> None:
    await message.answer(await turn.stop())


@router.message(F.text == "raise")
async def fail(message: Message) -> None:
    raise ValueError("no such luck")


@router.message(F.text == "kill")
async def kill(message: Message) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@router.message(F.text.startswith("slow "))
async def take_time(message: Message, state: FSMContext) -> None:
    await asyncio.sleep(float((message.text or "").split()[1]))
    await count(message, state)


@router.message(F.text.startswith("block "))
async def hold_the_loop(message: Message, state: FSMContext) -> None:
    time.sleep(float((message.text or "").split()[1]))  # noqa: ASYNC251 - as everyday bots do
    await count(message, state)


@router.message(F.text == "wait")
async def wait(message: Message, state: FSMContext) -> None:
    with WAITING.open("a") as noted:
        noted.write(f"{message.chat.id}\n")
    while not GO.exists():  # noqa: ASYNC110 - another process makes the file
        await asyncio.sleep(0.02)
    await count(message, state)


@router.message(F.text)
async def count(message: Message, state: FSMContext) -> None:
    await message.answer(f"{await next_number(state)} {message.text}")


@router.callback_query()
async def tapped(query: CallbackQuery, state: FSMContext) -> None:
    number = await next_number(state)
    if isinstance(query.message, Message):
        await query.message.answer(f"{number} {query.data}")
    await query.answer()


@router.pre_checkout_query()
async def agree(query: PreCheckoutQuery) -> None:
    await query.answer(ok=True)


async def next_number(state: FSMContext) -> int:
    number: int = (await state.get_data()).get("n", 0) + 1
    await state.update_data(n=number)
    return number
