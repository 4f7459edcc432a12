"""A customer who writes and presses buttons, a Telegram that checks what the shop sends, and a real Postgres.

The shop runs on aiogram's own dispatcher here: it must need nothing of ours but what its `Room` offers by
name, and `turn`.
"""

import asyncio
import copy
import itertools
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import asyncpg
import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramBadRequest
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageMedia,
    EditMessageReplyMarkup,
    EditMessageText,
    GetMe,
    SendDocument,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.types import BufferedInputFile, InputMediaPhoto, Message, Update, User

from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.router import build
from mailroom.actors.cause import Cause
from mailroom.actors.hosting.events import ChatEvent, dispatch_event
from mailroom.actors.kit.speech.dates import format_date
from mailroom.ops.testing.opened.payments import MemoryAccount
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.outbox.job import Origin
from mailroom.storage.postgres.schemas import SchemaPool
from mailroom.storage.vault import Vault
from tests.databases import copied
from tests.rooms import Told
from tests.shop_tables import SCHEMA, VAULT, shop_room, shop_template

TOKEN = "42:shop-under-test"

_numbers = itertools.count(1)


class _Tags(HTMLParser):
    """Checks the HTML of a message as Telegram does: known tags only, closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"b", "i", "u", "s", "a", "code", "pre"}, f"Telegram knows no <{tag}>"
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def plain(html: str) -> str:
    """What a reader sees of a message."""
    tags = _Tags()
    tags.feed(html)
    tags.close()
    assert not tags.open, f"tags left open: {tags.open}"
    # Telegram counts units of UTF-16.
    assert 1 <= len(tags.text.encode("utf-16-le", "surrogatepass")) // 2 <= 4096
    return tags.text


class FakeTelegram(BaseSession):
    """Keeps the chat as its customer sees it and refuses what Telegram would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[int, SendMessage | EditMessageText] = {}
        self.documents: list[SendDocument] = []
        self.photos: dict[int, str | BufferedInputFile] = {}
        """The messages that are pictures, with their files as they came."""
        self.known_files: set[str] = set()
        self.answers: list[AnswerCallbackQuery] = []
        self.calls: list[TelegramMethod[Any]] = []
        self.refusals: dict[type, str] = {}
        """What the next call of a kind is refused with."""

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        self.calls.append(method)
        if type(method) in self.refusals:
            raise TelegramBadRequest(method, self.refusals.pop(type(method)))
        if isinstance(method, AnswerCallbackQuery):
            assert len(method.text or "") <= 200
            self.answers.append(method)
            return True
        if isinstance(method, GetMe):  # aiogram asks it to understand /command@bot
            return User(id=bot.id, is_bot=True, first_name="Shop", username="mailroom_shop_bot")
        if isinstance(method, SendDocument):
            assert isinstance(method.document, BufferedInputFile)
            assert method.document.filename
            assert len(plain(method.caption or "-")) <= 1024
            assert method.protect_content is not True
            self.documents.append(method)
            assert isinstance(method.chat_id, int)
            sent = raw_message(method.chat_id, next(_numbers), caption=method.caption)
            return Message.model_validate(sent, context={"bot": bot})
        if isinstance(method, DeleteMessage):
            del self.messages[method.message_id]
            self.photos.pop(method.message_id, None)
            return True
        if isinstance(method, SendPhoto | EditMessageMedia):
            return self._picture(bot, method)
        if isinstance(method, EditMessageReplyMarkup):
            assert isinstance(method.message_id, int)
            shown = self.messages[method.message_id]
            self.messages[method.message_id] = shown.model_copy(update={"reply_markup": method.reply_markup})
            return True
        assert isinstance(method, SendMessage | EditMessageText), f"the shop has no use for {method}"
        assert method.parse_mode == "HTML"
        plain(method.text)
        self._check_keyboard(method)
        message_id = next(_numbers)
        if isinstance(method, EditMessageText):
            assert isinstance(method.message_id, int)
            message_id = method.message_id
            shown = self.messages[message_id]
            if message_id in self.photos:
                raise TelegramBadRequest(method, "Bad Request: there is no text in the message to edit")
            if (shown.text, shown.reply_markup) == (method.text, method.reply_markup):
                raise TelegramBadRequest(method, "Bad Request: message is not modified: nothing is new")
        self.messages[message_id] = method
        assert isinstance(method.chat_id, int)
        sent = raw_message(method.chat_id, message_id, text=plain(method.text))
        return Message.model_validate(sent, context={"bot": bot})

    def _picture(self, bot: Bot, method: SendPhoto | EditMessageMedia) -> Message:
        """A message that is a picture: its caption is what is read of it."""
        media = method if isinstance(method, SendPhoto) else method.media
        assert isinstance(media, SendPhoto | InputMediaPhoto)
        file = media.photo if isinstance(media, SendPhoto) else media.media
        assert media.parse_mode == "HTML"
        assert len(plain(media.caption or "-").encode("utf-16-le")) // 2 <= 1024
        if isinstance(file, str) and file not in self.known_files:
            raise TelegramBadRequest(method, "Bad Request: wrong file identifier/HTTP URL specified")
        assert isinstance(file, str | BufferedInputFile)
        self._check_keyboard(method)
        message_id = next(_numbers) if isinstance(method, SendPhoto) else method.message_id
        assert isinstance(message_id, int)
        assert isinstance(method.chat_id, int)
        self.photos[message_id] = file
        markup = method.reply_markup
        self.messages[message_id] = SendMessage(
            chat_id=method.chat_id, text=media.caption or "-", reply_markup=markup, parse_mode="HTML"
        )
        file_id = file if isinstance(file, str) else f"photo-{next(_numbers)}"
        self.known_files.add(file_id)
        size = {"file_id": file_id, "file_unique_id": file_id, "width": 480, "height": 320}
        sent = raw_message(method.chat_id, message_id, photo=[size], caption=plain(media.caption or "-"))
        return Message.model_validate(sent, context={"bot": bot})

    def _check_keyboard(self, method: SendMessage | EditMessageText | SendPhoto | EditMessageMedia) -> None:
        rows = getattr(method.reply_markup, "inline_keyboard", [])
        buttons = [button for row in rows for button in row]
        assert len(buttons) <= 100
        assert all(len(row) <= 8 for row in rows)
        for button in buttons:
            ways = [button.callback_data, button.url, button.web_app, button.copy_text]
            assert sum(way is not None for way in ways) == 1, f"{button.text} does not do one thing"
            assert 1 <= len(button.text) <= 128
            assert button.callback_data is None or 1 <= len(button.callback_data.encode()) <= 64
            assert button.web_app is None or button.web_app.url.startswith("https://")

    async def close(self) -> None:
        pass

    async def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        raise NotImplementedError
        yield b""


def raw_message(chat_id: int, message_id: int, **content: Any) -> dict[str, Any]:
    chat = {"id": chat_id, "type": "private" if chat_id > 0 else "group"}
    return {"message_id": message_id, "date": 1_760_000_000, "chat": chat, **content}


@dataclass(frozen=True)
class StubTurn:
    """The message being handled, as far as the shop looks at it."""

    update_id: int
    bot: str = "shop"

    def effect_id(self, name: str) -> str:
        return f"{self.bot}:{self.update_id}:{name}"

    @property
    def cause(self) -> Cause:
        return Cause(
            bot=self.bot,
            trace=f"trace-{self.update_id}",
            who="chat",
            effect=self.effect_id,
            origin=lambda name: Origin(self.bot, "chat", self.effect_id(name), self.update_id),
        )

    @property
    def attempt(self) -> int:
        return 1


@dataclass
class Customer:
    """One person in one chat with the shop."""

    telegram: FakeTelegram
    dispatcher: Dispatcher
    bot: Bot
    run: Callable[[Coroutine[Any, Any, Any]], Any]
    database: asyncpg.Pool
    language_code: str | None = "en"
    first_name: str = "Ann"
    username: str | None = "ann_smith"
    id: int = field(default_factory=lambda: next(_numbers) + 100_000)
    chat_id: int = 0
    last: Update | None = None
    state_before: Any = None
    woken: list[str] = field(default_factory=list)
    """The queues whose workers were told of new jobs."""
    funnel: Told = field(default_factory=Told)
    """What the shop has told of its customers."""

    def __post_init__(self) -> None:
        self.chat_id = self.chat_id or self.id

    @property
    def sees(self) -> str:
        """The text of the newest message."""
        return plain(self.telegram.messages[self.newest].text)

    @property
    def newest(self) -> int:
        return max(self.telegram.messages)

    @property
    def popup(self) -> str:
        """The text that came with the answer to the last press."""
        return self.telegram.answers[-1].text or ""

    def buttons(self, message_id: int | None = None) -> dict[str, str]:
        """The buttons below a message, label to data."""
        markup = self.telegram.messages[message_id or self.newest].reply_markup
        rows = getattr(markup, "inline_keyboard", [])
        return {button.text: button.callback_data for row in rows for button in row if button.callback_data}

    def links(self, message_id: int | None = None) -> dict[str, str]:
        """The buttons that open an address, label to address."""
        markup = self.telegram.messages[message_id or self.newest].reply_markup
        rows = getattr(markup, "inline_keyboard", [])
        all_ = [button for row in rows for button in row]
        opening = {button.text: button.url or getattr(button.web_app, "url", None) for button in all_}
        return {text: url for text, url in opening.items() if url}

    def writes(self, text: str) -> None:
        self.sends(text=text)

    def sends(self, **content: Any) -> None:
        """A message of any kind; the shop must say something to it."""
        calls = len(self.telegram.calls)
        self._feed({"message": self._message(**content)})
        if self.chat_id > 0:
            assert len(self.telegram.calls) > calls, f"silence after {content}"

    def presses(self, label: str, message_id: int | None = None) -> None:
        """A button of the newest message, or of an older one, by a part of its label."""
        fits = [data for text, data in self.buttons(message_id).items() if label in text]
        assert fits, f"no button {label!r} among {list(self.buttons(message_id))}"
        self.presses_data(fits[0], message_id=message_id)

    def presses_data(self, data: str, message_id: int | None = None, **message: Any) -> None:
        """A button by its data; the press must be answered, exactly once."""
        query = {"id": str(next(_numbers)), "chat_instance": "1", "data": data, "from": self._user()}
        number = message_id or self.newest
        shown: dict[str, Any] = {"text": "…"}
        if number in self.telegram.photos:
            size = {"file_id": "x", "file_unique_id": "x", "width": 480, "height": 320}
            shown = {"photo": [size], "caption": "…"}
        query["message"] = raw_message(self.chat_id, number, **(message or shown))
        answers = sum(isinstance(call, AnswerCallbackQuery) for call in self.telegram.calls)
        self._feed({"callback_query": query})
        answers_now = sum(isinstance(call, AnswerCallbackQuery) for call in self.telegram.calls)
        assert answers_now == answers + 1, f"{answers_now - answers} answers to a press of {data}"

    def learns(self, name: str, data: str) -> None:
        """An event from the outbox reaches the chat."""
        event = ChatEvent(name=name, data=data, chat_id=self.chat_id).as_(self.bot)
        extras = {"turn": StubTurn(next(_numbers))}
        self.run(dispatch_event(self.dispatcher, self.bot, event, extras))

    def told(self, since: int) -> list[str]:
        """What the messages say that came after so many calls."""
        sent = [call for call in self.telegram.calls[since:] if isinstance(call, SendMessage)]
        return [plain(call.text) for call in sent]

    def repeats_after_crash(self) -> None:
        """The last update is handled again, from the state that was committed before it."""
        assert self.last is not None
        self._storage.storage = self.state_before
        self._handle(self.last)

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Look into the database, or change the catalogue behind the customer's back."""
        return list(self.run(self.database.fetch(statement, *values)))

    def orders(self) -> list[Any]:
        return self.sql("SELECT * FROM shop.orders WHERE user_id = $1 ORDER BY id", self.id)

    def adds(self, slug: str, times: int = 1) -> int:
        """Put a product into the cart through its card; its id is returned."""
        product = int(self.sql("SELECT id FROM shop.products WHERE slug = $1", slug)[0]["id"])
        if not self.telegram.messages:
            self.writes("/start")
        for _ in range(times):
            self.presses_data(f"add:{product}:0")
        return product

    def reaches_summary(self, contact: str = "ann@example.com", comment: str = "after six") -> None:
        self.writes("/cart")
        self.presses_data("order")
        self.writes(contact)
        self.writes(comment)

    @property
    def _storage(self) -> MemoryStorage:
        storage = self.dispatcher.fsm.storage
        assert isinstance(storage, MemoryStorage)
        return storage

    def _user(self) -> dict[str, Any]:
        user = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        optional = {"language_code": self.language_code, "username": self.username}
        return user | {key: value for key, value in optional.items() if value}

    def _message(self, **content: Any) -> dict[str, Any]:
        text = content.get("text", "")
        if text.startswith("/"):
            command = {"type": "bot_command", "offset": 0, "length": len(text.split()[0])}
            content["entities"] = [command]
        return raw_message(self.chat_id, next(_numbers), **content) | {"from": self._user()}

    def _feed(self, content: dict[str, Any]) -> None:
        raw = {"update_id": next(_numbers), **content}
        self.last = Update.model_validate(raw, context={"bot": self.bot})
        self.state_before = copy.deepcopy(self._storage.storage)
        self._handle(self.last)

    def _handle(self, update: Update) -> None:
        turn = StubTurn(update.update_id)
        self.run(self.dispatcher.feed_update(self.bot, update, turn=turn))


@pytest.fixture(scope="session")
def vault() -> Vault:
    """What the demo goods are encrypted with."""
    return VAULT


@pytest.fixture
def shop_database(postgres_url: str) -> Iterator[str]:
    """A shop of the test's own, with the demo goods."""
    with copied(postgres_url, shop_template(postgres_url)) as url:
        yield url


@pytest.fixture
def payments() -> dict[str, MemoryAccount]:
    """The providers of the shop; a test may change them before people come."""
    return {name: MemoryAccount(name, test=True) for name in ("yookassa", "aaio")}


@pytest.fixture
def options() -> Options:
    """What the owner has set."""
    return Options()


@pytest.fixture
def new_customer(
    shop_database: str, vault: Vault, payments: dict[str, MemoryAccount], options: Options
) -> Iterator[Callable[..., Customer]]:
    """People of one shop, each with a chat and a clock of their own."""
    with asyncio.Runner() as runner:
        connections = runner.run(_open_pool(shop_database))
        pool = SchemaPool(connections, SCHEMA, Clock())

        def make(**about: Any) -> Customer:
            telegram = FakeTelegram()
            woken: list[str] = []
            chosen = options.payments
            given = {
                "payments": payments if chosen is None else {name: payments[name] for name in chosen},
                "vault": vault,
                "public_url": "https://shop.example",
                "options": options,
            }
            own = about.pop("services", {})
            kept = {name: what for name, what in own.items() if name in {*given, "demo", "models"}}
            services = shop_room(pool, wake=woken.append, **given | kept).offered() | own
            dispatcher = Dispatcher(storage=MemoryStorage(), **services)
            dispatcher.include_router(build())
            bot = Bot(TOKEN, session=telegram)
            return Customer(
                telegram,
                dispatcher,
                bot,
                runner.run,
                pool,
                woken=woken,
                funnel=services["room"].events,
                **about,
            )

        yield make
        runner.run(connections.close())


@pytest.fixture
def ann(new_customer: Callable[..., Customer]) -> Customer:
    """A customer with an English Telegram."""
    return new_customer()


@pytest.fixture
def boris(new_customer: Callable[..., Customer]) -> Customer:
    """A customer with a Russian Telegram and no username."""
    return new_customer(language_code="ru", first_name="Борис <b>", username=None)


@pytest.fixture
def today() -> str:
    """The date of an order placed now, as an English customer reads it."""
    return format_date(datetime.now(UTC), "en")


async def _open_pool(url: str) -> asyncpg.Pool:
    return await asyncpg.create_pool(url, min_size=1, max_size=2)
