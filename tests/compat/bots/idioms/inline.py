"""Inline mode: results in pages, a chosen one, and buttons of messages that were sent through it."""

import asyncio
import os

from aiogram import Bot, Dispatcher, F
from aiogram.types import (
    CallbackQuery,
    ChosenInlineResult,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
)
from aiogram.utils.keyboard import InlineKeyboardBuilder

WORDS = [f"word {number}" for number in range(7)]
PAGE = 3
dp = Dispatcher()


@dp.inline_query(F.query == "")
async def nothing(query: InlineQuery):
    button = InlineQueryResultsButton(text="say a word", start_parameter="inline")
    await query.answer([], cache_time=0, is_personal=True, button=button)


@dp.inline_query(F.query.len() > 1)
async def search(query: InlineQuery):
    offset = int(query.offset or 0)
    found = [word for word in WORDS if query.query in word][offset : offset + PAGE]
    markup = InlineKeyboardBuilder().button(text="like", callback_data="like:0").as_markup()
    results = [
        InlineQueryResultArticle(
            id=str(offset + number),
            title=word,
            input_message_content=InputTextMessageContent(message_text=f"<b>{word}</b>", parse_mode="HTML"),
            reply_markup=markup,
        )
        for number, word in enumerate(found)
    ]
    following = str(offset + PAGE) if len(found) == PAGE else ""
    await query.answer(results, next_offset=following, cache_time=1)


@dp.chosen_inline_result()
async def chosen(result: ChosenInlineResult, bot: Bot):
    await bot.send_message(result.from_user.id, f"you chose {result.result_id}")


@dp.callback_query(F.data.startswith("like:"), F.inline_message_id)
async def like(query: CallbackQuery, bot: Bot):
    await query.answer("liked")
    await bot.send_message(query.from_user.id, f"{query.inline_message_id} is liked")


asyncio.run(dp.start_polling(Bot(os.environ["BOT_TOKEN"])))
