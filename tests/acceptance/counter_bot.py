"""A bot whose every answer can be checked: it counts a chat's messages in its FSM and answers each twice.

It is loaded by the service under test from a config file, as anybody's aiogram bot would be.
"""

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

router = Router()


@router.message(F.text)
async def count(message: Message, state: FSMContext) -> None:
    number = (await state.get_data()).get("n", 0) + 1
    await state.update_data(n=number)
    await message.answer(f"{number} {message.text} a")
    await message.answer(f"{number} {message.text} b")


@router.callback_query()
async def tapped(query: CallbackQuery, state: FSMContext) -> None:
    number = (await state.get_data()).get("n", 0) + 1
    await state.update_data(n=number)
    await query.answer()
