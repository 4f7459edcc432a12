"""The people who run the shop: an owner, somebody who works there, and what they can send besides words."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from aiogram import Bot
from aiogram.methods import GetFile, TelegramMethod
from aiogram.types import File

from mailroom.actors.bots.shop.options import Options
from tests.actors.bots.shop.owner.selling import sell_in

OWNER, STAFF = 7_000_001, 7_000_002


@pytest.fixture
def options():
    return Options(owners=frozenset({OWNER}), staff=frozenset({STAFF}))


@pytest.fixture
def olga(new_customer):
    """The owner, with an English Telegram."""
    return with_files(new_customer(id=OWNER, chat_id=OWNER, first_name="Olga <b>"))


@pytest.fixture
def oleg(new_customer):
    """The same owner on a Russian telephone."""
    return with_files(new_customer(id=OWNER, chat_id=OWNER, first_name="Олег", language_code="ru"))


@pytest.fixture
def stas(new_customer):
    """Somebody who works here."""
    return with_files(new_customer(id=STAFF, chat_id=STAFF, first_name="Stas"))


def with_files(person):
    """Let somebody send documents: Telegram keeps them, and gives them out once it was asked where."""
    telegram = person.telegram
    telegram.files = {}
    make_request, number = telegram.make_request, iter(range(1, 1_000))

    async def asked(bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        if isinstance(method, GetFile):
            telegram.calls.append(method)
            return File(file_id=method.file_id, file_unique_id=method.file_id, file_path=method.file_id)
        return await make_request(bot, method, timeout)

    async def stream(url: str, *rest: Any, **named: Any) -> AsyncGenerator[bytes, None]:
        yield telegram.files[url.rpartition("/")[2]]

    def sends_file(data, caption=None, name="stock.csv", size=None):
        file_id = f"file-{next(number)}"
        telegram.files[file_id] = data
        document = {
            "file_id": file_id, "file_unique_id": file_id, "file_name": name, "file_size": size or len(data)
        }  # fmt: skip
        content = {"document": document}
        if caption is not None:
            content["caption"] = caption
            if caption.startswith("/"):
                entity = {"type": "bot_command", "offset": 0, "length": len(caption.split()[0])}
                content["caption_entities"] = [entity]
        person.sends(**content)

    telegram.make_request, telegram.stream_content = asked, stream
    person.sends_file = sends_file
    person.fetched = lambda: sum(isinstance(call, GetFile) for call in telegram.calls)
    return person


@pytest.fixture
def sells(shop_database):
    """Have a customer buy something: `sells("lighthouse", 2, pays=True)` is the order's number."""

    def sell(slug="lighthouse", quantity=1, **how):
        return asyncio.run(sell_in(shop_database, slug, quantity, **how))

    return sell
