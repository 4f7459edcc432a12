"""aiogram's i18n: the user's language decides, then what the user chose."""

import asyncio
import os

from aiogram import Bot, Dispatcher, F
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import Message
from aiogram.utils.i18n import FSMI18nMiddleware, I18n, SimpleI18nMiddleware
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import lazy_gettext as __

i18n = I18n(path=os.environ["LOCALES"], default_locale="en", domain="messages")
dp = Dispatcher()


@dp.message(Command("language"))
async def language(message: Message, state: FSMContext, i18n_middleware: FSMI18nMiddleware) -> None:
    if isinstance(i18n_middleware, FSMI18nMiddleware):
        await i18n_middleware.set_locale(state, "ru")
    await message.answer(_("hello"))


@dp.message(F.text == __("hello"))
async def same(message: Message) -> None:
    await message.answer("!")


@dp.message()
async def hello(message: Message) -> None:
    await message.answer(_("hello"))
    await asyncio.sleep(0.01)
    await message.answer(_("one cat", "{} cats", 3).format(3))


async def main() -> None:
    kind = FSMI18nMiddleware if os.environ["KEPT"] else SimpleI18nMiddleware
    kind(i18n).setup(dp)
    await dp.start_polling(Bot(os.environ["BOT_TOKEN"]))


asyncio.run(main())
