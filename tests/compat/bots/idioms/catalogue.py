"""Pages of a catalogue on inline buttons; answers to taps and typing given by aiogram's own middlewares."""

import asyncio
import os

from aiogram import Bot, Dispatcher, F, flags
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message
from aiogram.utils.callback_answer import CallbackAnswer, CallbackAnswerMiddleware
from aiogram.utils.chat_action import ChatActionMiddleware
from aiogram.utils.formatting import Bold, Text, as_list, as_marked_section
from aiogram.utils.keyboard import InlineKeyboardBuilder, ReplyKeyboardBuilder
from aiogram.utils.media_group import MediaGroupBuilder

ITEMS = [f"item {number}" for number in range(5)]
PAGE = 2
dp = Dispatcher()
dp.message.middleware(ChatActionMiddleware())
dp.callback_query.middleware(CallbackAnswerMiddleware(pre=True, text="wait"))


class Page(CallbackData, prefix="page", sep="|"):
    number: int
    action: str = "turn"


def page(number):
    builder = InlineKeyboardBuilder()
    for item in ITEMS[number * PAGE : (number + 1) * PAGE]:
        builder.button(text=item, callback_data=Page(number=number, action=item))
    if number:
        builder.button(text="<", callback_data=Page(number=number - 1))
    if (number + 1) * PAGE < len(ITEMS):
        builder.button(text=">", callback_data=Page(number=number + 1))
    return builder.adjust(2, 2).as_markup()


QUICK = {"action": "typing", "initial_sleep": 60}
"""For handlers that answer before anybody could see them type."""


@dp.message(Command("shop"), flags={"chat_action": QUICK})
async def shop(message: Message):
    await message.answer("page 0", reply_markup=page(0))


@dp.callback_query(Page.filter(F.action == "turn"))
async def turn(query: CallbackQuery, callback_data: Page):
    number = callback_data.number
    await query.message.edit_text(f"page {number}", reply_markup=page(number))


@dp.callback_query(Page.filter())
@flags.callback_answer(pre=False)
async def choose(query: CallbackQuery, callback_data: Page, callback_answer: CallbackAnswer):
    callback_answer.text, callback_answer.show_alert = callback_data.action, True
    await query.message.edit_reply_markup(reply_markup=None)


@dp.message(Command("report"))
@flags.chat_action(action="upload_document", initial_sleep=0)
async def report(message: Message):
    await asyncio.sleep(0.5)
    keyboard = ReplyKeyboardBuilder().button(text="again").button(text="contact", request_contact=True)
    content = as_list(Text("A ", Bold("report")), as_marked_section("Items", *ITEMS[:2], marker="- "))
    await message.answer(
        **content.as_kwargs(), reply_markup=keyboard.as_markup(resize_keyboard=True, one_time_keyboard=True)
    )


@dp.message(Command("pictures"), flags={"chat_action": QUICK})
async def pictures(message: Message):
    album = MediaGroupBuilder(caption="both")
    album.add_photo(media="https://example.org/1.jpg")
    album.add_photo(media="https://example.org/2.jpg")
    await message.answer_media_group(media=album.build())


asyncio.run(dp.start_polling(Bot(os.environ["BOT_TOKEN"])))
