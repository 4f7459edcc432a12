"""A customer who talks to the consultant, a Telegram that remembers all it ever showed, a real Postgres and a
model endpoint that says what it is told to.
"""

import asyncio
import contextlib
import copy
import itertools
import json
import re
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramBadRequest
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.methods import AnswerCallbackQuery, EditMessageText, GetMe, SendChatAction, SendMessage
from aiogram.types import Message, Update, User

from mailroom.actors.bots.shop.consultant.judge.judge import marks
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.router import build
from mailroom.actors.cause import Cause
from mailroom.actors.providers.openai import Models
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.schemas import SchemaPool
from tests.actors.bots.shop.conftest import plain, raw_message
from tests.actors.bots.shop.consultant.shelf import CPU
from tests.actors.model_endpoint import open_model_endpoint
from tests.databases import copied
from tests.shop_tables import SCHEMA, shop_room, shop_template

TOKEN = "42:shop-under-test"
NO_BREAK_SPACE = "\u00a0"

MONEY = re.compile(r"₽([\d,]+(?:\.\d\d)?)|(?<!\w)(\d[\d ]*(?:,\d\d)?) ₽")
FOREIGN = re.compile(r"[$€£¥₸]|руб|доллар|евро|\brub|dollar|euro", re.IGNORECASE)

_numbers = itertools.count(1_000_000)
PATIENCE_SECONDS = 10.0
"""An answer that waits for its time-out alone is there long before, however busy the machine is."""


class Telegram(BaseSession):
    """Keeps every version of every message, and refuses what Telegram would refuse."""

    def __init__(self):
        super().__init__()
        self.messages = {}
        self.calls = []
        self.shown = []
        """Every text that anybody could see, however short: (text, buttons)."""
        self.typing = 0
        self.refusals = {}
        self.answers = []

    async def make_request(self, bot, method, timeout=None):
        if isinstance(method, GetMe):
            return User(id=bot.id, is_bot=True, first_name="Shop", username="mailroom_shop_bot")
        if isinstance(method, SendChatAction):
            self.typing += 1
            return True
        self.calls.append(method)
        if refused := self.refusals.pop(type(method), None):
            raise refused(method) if callable(refused) else TelegramBadRequest(method, refused)
        if isinstance(method, AnswerCallbackQuery):
            self.answers.append(method)
            return True
        assert isinstance(method, SendMessage | EditMessageText), method
        assert method.parse_mode == "HTML"
        rows = getattr(method.reply_markup, "inline_keyboard", [])
        buttons = {button.text: button.callback_data for row in rows for button in row}
        assert all(len((data or "").encode()) <= 64 for data in buttons.values())
        message_id = method.message_id if isinstance(method, EditMessageText) else next(_numbers)
        if self.messages.get(message_id) == (method.text, buttons):
            raise TelegramBadRequest(method, "Bad Request: message is not modified")
        self.messages[message_id] = (method.text, buttons)
        self.shown.append((plain(method.text).replace(NO_BREAK_SPACE, " "), buttons))
        sent = raw_message(method.chat_id, message_id, text=plain(method.text))
        return Message.model_validate(sent, context={"bot": bot})

    async def close(self):
        pass

    async def stream_content(self, *args, **kwargs):
        raise NotImplementedError
        yield b""


@dataclass
class Turn:
    """What the host tells about a message."""

    update_id: int
    attempt: int = 1
    bot: str = "shop"
    chat: Any = None

    def effect_id(self, name):
        return f"test:{self.update_id}:{name}"

    @property
    def cause(self):
        return Cause(bot=self.bot, trace="", who="chat", effect=self.effect_id)


@dataclass
class Talker:
    """A customer in a chat with the shop."""

    dispatcher: Dispatcher
    bot: Bot
    telegram: Telegram
    run: Any
    database: asyncpg.Pool
    endpoint: Any
    language: str = "en"
    id: int = field(default_factory=lambda: next(_numbers))
    chat_id: int = 0
    last: Update | None = None
    before: Any = None

    def writes(self, text, **content):
        """A message; what the newest message of the chat says afterwards."""
        self._feed({"message": self._message(text=text, **content)})
        return self.sees

    def sends(self, **content):
        self._feed({"message": self._message(**content)})

    def presses(self, label):
        data = next(data for text, data in self.buttons.items() if label in text)
        message = raw_message(self.chat_id or self.id, max(self.telegram.messages), text="…")
        self._feed(
            {
                "callback_query": {
                    "id": str(next(_numbers)),
                    "chat_instance": "1",
                    "data": data,
                    "from": self._user(),
                    "message": message,
                }
            }
        )

    @property
    def sees(self):
        return plain(self.telegram.messages[max(self.telegram.messages)][0]).replace(NO_BREAK_SPACE, " ")

    @property
    def buttons(self):
        return self.telegram.messages[max(self.telegram.messages)][1]

    def offers(self):
        """The pay buttons of the newest message: (product id, quantity)."""
        found = [re.match(r"buy:(\d+):(\d+):", data) for data in self.buttons.values()]
        return [(int(one[1]), int(one[2])) for one in found if one]

    def repeats_after_crash(self):
        """The last message is handled again, from the state before it."""
        self.dispatcher.fsm.storage.storage = self.before
        self._handle(self.last, attempt=2)

    def sql(self, statement, *values):
        return self.run(self.database.fetch(statement, *values))

    def expect_true_money(self):
        """Every amount in every text that was ever shown is a true one of a product named beside it."""
        rows = self.sql(
            "SELECT title_ru, title_en, price_minor, discounts::text FROM shop.available_stock_with_discounts"
        )
        for text, _ in self.telegram.shown:
            assert not FOREIGN.search(text), f"another currency in {text!r}"
            lines = text.split("\n")
            for before, line in zip(["", *lines], lines, strict=False):
                named = [
                    row
                    for row in rows
                    if {row["title_ru"], row["title_en"]} & _titles_in(f"{before} {line}", rows)
                ]
                true = {amount for row in named for amount in _true_amounts(row)}
                said = {_amount(found) for found in MONEY.finditer(line)}
                assert said <= true, f"{said - true} is no price of what is named in {line!r}"

    def data(self):
        """The FSM data of the chat."""
        (record,) = self.dispatcher.fsm.storage.storage.values()
        return record.data

    def _user(self):
        return {"id": self.id, "is_bot": False, "first_name": "Ann", "language_code": self.language}

    def _message(self, **content):
        text = content.get("text", "")
        if text.startswith("/"):
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return raw_message(self.chat_id or self.id, next(_numbers), **content) | {"from": self._user()}

    def _feed(self, content):
        raw = {"update_id": next(_numbers), **content}
        self.last = Update.model_validate(raw, context={"bot": self.bot})
        self.before = copy.deepcopy(self.dispatcher.fsm.storage.storage)
        self._handle(self.last)

    def _handle(self, update, attempt=1):
        turn = Turn(update.update_id, attempt)
        return self.run(self.dispatcher.feed_update(self.bot, update, turn=turn))


@pytest.fixture(scope="session", autouse=True)
def judge():
    """It has started before anybody waits for an answer."""
    asyncio.run(marks(CPU, ["-"]))
    yield
    asyncio.run(CPU.stop())


@pytest.fixture(scope="session")
def shared_shop(postgres_url):
    """The address of a shop for talks that change nothing in it but what models cost."""
    with copied(postgres_url, shop_template(postgres_url)) as url:
        yield url


@pytest.fixture
def new_talker(shop_database, vault):
    """Customers of one shop; options go to the shop's `Options`, `models=False` leaves it without any."""
    with asyncio.Runner() as runner, contextlib.ExitStack() as stack:
        connections = runner.run(_pool(shop_database))
        pool = SchemaPool(connections, SCHEMA, Clock())
        server = open_model_endpoint()
        endpoint = runner.run(server.__aenter__())
        client = Models(api_key="demo", base_url=endpoint.base_url)
        stack.callback(lambda: runner.run(connections.close()))
        stack.callback(lambda: runner.run(server.__aexit__(None, None, None)))
        stack.callback(lambda: runner.run(client.close()))

        def make(language="en", models=True, **options):
            options.setdefault("model_timeout_seconds", 5.0)
            telegram = Telegram()
            room = shop_room(
                pool,
                models=client if models else None,
                cpu=CPU,
                options=Options(**options),
                vault=vault,
                public_url="http://127.0.0.1",
            )
            dispatcher = Dispatcher(storage=MemoryStorage(), **room.offered())
            dispatcher.include_router(build())
            bot = Bot(TOKEN, session=telegram)
            return Talker(dispatcher, bot, telegram, runner.run, pool, endpoint, language)

        yield make


@pytest.fixture
def ann(new_talker):
    return new_talker()


@pytest.fixture
def boris(new_talker):
    return new_talker("ru")


def _titles_in(text, rows):
    return {title for row in rows for title in (row["title_ru"], row["title_en"]) if title in text}


def _true_amounts(row):
    units = {row["price_minor"], *(one["price_minor"] for one in json.loads(row["discounts"]))}
    return {unit * quantity for unit in units for quantity in range(1, 11)}


def _amount(found):
    digits = (found[1] or found[2]).strip()
    whole, _, cents = digits.replace(" ", "").replace(",", "" if found[1] else ".").partition(".")
    return int(whole) * 100 + int((cents or "0").ljust(2, "0"))


async def _pool(url):
    return await asyncpg.create_pool(url, min_size=1, max_size=4)
