"""How what was bought reaches its customer."""

from collections.abc import Sequence

from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.types import BufferedInputFile

from mailroom.actors.bots.shop.parcels import File, parcels
from mailroom.actors.bots.shop.stock import Goods
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.replies import tell
from mailroom.actors.kit.screens.screen import Screen


async def send_goods(
    bot: Bot, chat_id: int, texts: Texts, number: int, heading: str, goods: Sequence[Goods]
) -> None:
    """Send what was bought with an order, under a heading: as many messages and files as it takes."""
    for parcel in parcels(texts, number, heading, goods):
        if isinstance(parcel, File):
            document = BufferedInputFile(parcel.content, parcel.name)
            await bot.send_document(chat_id, document, caption=parcel.caption, parse_mode=ParseMode.HTML)
        else:
            await tell(bot, chat_id, Screen(parcel))
