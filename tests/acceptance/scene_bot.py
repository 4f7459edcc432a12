"""A bot that answers, but for a text that it never gets done with."""

import asyncio

from aiogram import F, Router
from aiogram.types import Message

router = Router()


@router.message(F.text == "hang")
async def hang(message: Message) -> None:
    await asyncio.sleep(3600)
    await message.answer("at last")


@router.message(F.text)
async def answer(message: Message) -> None:
    await message.answer(message.text or "")
