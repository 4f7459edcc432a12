"""One process in small: the chats of one bot over the real Redis, with a Telegram that lives in the test.

Everything between the webhook and the wire is the real thing; a test leaves the block to end the process
without a drain, and opens another one with a larger epoch to start it again.
"""

import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import trio
from aiogram import Bot, Dispatcher, Router
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import TelegramMethod
from pydantic_core import from_json, to_json

from mailroom.actors.hosting.handling import Handling
from mailroom.actors.policy import Policy
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.worker import Worker
from mailroom.ingress.telegram.intake import Intake
from mailroom.ops.host_bot import host
from mailroom.storage.errors import Fenced, StoreUnavailable
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Changes, Mailboxes, every_partition
from mailroom.supervisors.chats.chats import Chats, open_chats
from mailroom.supervisors.holding import Holding
from mailroom.supervisors.parking import Parking

PATIENCE_SECONDS = 10.0
QUICK = Policy(backoff_seconds=0.01, backoff_max_seconds=0.2, idle_seconds=60)
FIRST_UPDATE_ID = 100


def too_many(seconds: float) -> tuple[int, bytes]:
    parameters = {"retry_after": seconds}
    return 429, to_json(
        {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": parameters}
    )


def refusal(code: int, description: str) -> tuple[int, bytes]:
    return code, to_json({"ok": False, "error_code": code, "description": description})


class LostAnswer(Exception):  # noqa: N818 - it is what happens, not what is raised to anybody
    """The call takes effect and its answer is lost on the way."""


class Telegram:
    """Takes calls, and answers as it was told to, else with success. `calls` took effect, in order."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.tried: list[tuple[str, dict[str, Any], float]] = []
        self._told: list[tuple[dict[str, Any], Any]] = []
        self._ids = itertools.count(1)

    def tell(self, answer: Any, **match: Any) -> None:
        """The next call whose method and arguments match is answered so."""
        self._told.append((match, answer))

    def know_again(self) -> None:
        """What was told of calls that have not come yet is void."""
        self._told.clear()

    def texts(self, chat_id: int | str | None = None) -> list[str]:
        """What was said, in one chat or in all."""
        said = [args for _, args in self.calls if "text" in args]
        return [args["text"] for args in said if chat_id in (None, args.get("chat_id"))]

    async def post(
        self, bot: Bot, method: TelegramMethod[Any], body: bytes, form: Any, timeout: int | None
    ) -> tuple[int, bytes]:
        """In place of `HostedSession._post`."""
        name, args = method.__api_method__, from_json(body)
        self.tried.append((name, args, time.monotonic()))
        call = {"method": name, **args}
        for place, (match, answer) in enumerate(self._told):
            if match.items() <= call.items():
                del self._told[place]
                if answer is LostAnswer:
                    self.calls.append((name, args))
                    raise TelegramNetworkError(method=method, message="the connection broke")
                if isinstance(answer, Exception):
                    raise answer
                if callable(answer):
                    await answer()
                    break
                return answer  # type: ignore[no-any-return]
        self.calls.append((name, args))
        return 200, to_json({"ok": True, "result": self._result(name, args)})

    def _result(self, name: str, args: dict[str, Any]) -> Any:
        if not name.startswith(("send", "edit")) or name == "sendChatAction":
            return True
        chat_id = args.get("chat_id", 1)
        chat = {"id": chat_id, "type": "private", "first_name": "Ann"}
        if not isinstance(chat_id, int):
            chat = {"id": -100, "type": "channel", "title": "News", "username": chat_id.removeprefix("@")}
        message_id = args.get("message_id", next(self._ids))
        return {"message_id": message_id, "date": 1, "chat": chat, "text": args.get("text", "")}


def message(chat_id: int, text: str, update_id: int) -> dict[str, Any]:
    person = {"id": chat_id, "is_bot": False, "first_name": "Ann", "language_code": "en"}
    chat = {"id": chat_id, "type": "private", "first_name": "Ann"}
    return {
        "update_id": update_id,
        "message": {"message_id": update_id, "date": 1, "chat": chat, "from": person, "text": text},
    }


def pre_checkout(chat_id: int, update_id: int) -> dict[str, Any]:
    person = {"id": chat_id, "is_bot": False, "first_name": "Ann"}
    query = {
        "id": str(update_id),
        "from": person,
        "currency": "RUB",
        "total_amount": 100,
        "invoice_payload": "x",
    }
    return {"update_id": update_id, "pre_checkout_query": query}


@dataclass
class Ownership:
    """The right to work the chats, taken away at will."""

    number: int
    over: bool = False
    in_doubt: bool = False
    partitions: tuple[int, ...] = tuple(every_partition())

    @property
    def epoch(self) -> int:
        if self.over:
            raise Fenced("the lease has run out")
        return self.number

    @property
    def held(self) -> bool:
        return not self.over


@dataclass
class BotProcess:
    """A process at work."""

    mailboxes: Mailboxes
    ownership: Ownership
    telegram: Telegram
    bot: Any
    stack: AsyncExitStack
    chats: Chats = field(init=False)
    intake: Intake = field(init=False)
    _ids: Any = None

    async def offer(self, update: dict[str, Any], **options: Any) -> str:
        """As the webhook does."""
        return await aio(partial(self.intake.take, self.bot, to_json(update), **options))

    async def write(self, chat_id: int, *texts: str) -> None:
        """A person writes, a message after the other."""
        for text in texts:
            assert await self.offer(message(chat_id, text, next(self._ids))) in ("accepted", "suspended")

    async def until(self, true: Callable[[], Any], what: str = "it") -> None:
        """Wait for something that must come about."""
        with trio.move_on_after(PATIENCE_SECONDS):
            while not true():  # noqa: ASYNC110 - what is waited for has no event
                await trio.sleep(0.005)
            return
        raise AssertionError(f"waited in vain for {what}; said so far: {self.telegram.texts()}")

    async def settled(self) -> None:
        """Wait until nothing waits and nothing runs."""
        partitions = self.ownership.partitions
        with trio.move_on_after(PATIENCE_SECONDS):
            while await aio(self.mailboxes.ready, partitions, 10) or any(  # noqa: ASYNC110
                actor.busy for actor in self.chats.residents
            ):
                await trio.sleep(0.01)
            return
        raise AssertionError(f"messages wait for ever; said so far: {self.telegram.texts()}")

    async def said(self, chat_id: int, *texts: str) -> None:
        """Wait until exactly this was said, and everything is done."""
        await self.until(lambda: len(self.telegram.texts(chat_id)) >= len(texts), f"{texts}")
        await self.settled()
        assert self.telegram.texts(chat_id) == list(texts)

    async def state(self, chat_id: int) -> dict[str, str]:
        """The committed state."""
        chat = Chat("shop", str(chat_id))
        return (await aio(self.mailboxes.load, chat, self.ownership.number, 1)).state

    async def read(self, chat: Chat, name: str) -> str | None:
        return await self.chats.read(chat, name)

    async def write_state(self, chat: Chat, changes: Changes) -> None:
        await self.chats.write(chat, changes)


class _StateOfChats:
    """The state of chats, for a bot's storage that is made before the process is."""

    process: BotProcess

    async def read(self, chat: Chat, name: str) -> str | None:
        return await self.process.chats.read(chat, name)

    async def write(self, chat: Chat, changes: Changes) -> None:
        await self.process.chats.write(chat, changes)


async def _says_nothing_more(*_: Any, **_options: Any) -> None:
    raise StoreUnavailable("the process is killed")


@asynccontextmanager
async def open_process(
    url: str,
    router: Router,
    telegram: Telegram,
    *,
    epoch: int = 1,
    policy: Policy = QUICK,
    mailboxes: Callable[[Line, Line], Mailboxes] = Mailboxes,
    first_update_id: int = FIRST_UPDATE_ID,
    bundled: bool = False,
    **handling: bool,
) -> AsyncIterator[BotProcess]:
    """Start the process; to be used under `mailroom.actors.runtime.host.run`."""
    line, state = Line(url), _StateOfChats()
    boxes = mailboxes(Line(url), line)
    parking = Parking(boxes, line)
    dispatcher = Dispatcher()
    router._parent_router = None
    dispatcher.include_router(router)
    hosted = host("shop", Bot("42:token"), dispatcher, state, parking, Handling(**handling), bundled=bundled)
    hosted.bot.session._post = telegram.post  # type: ignore[attr-defined]
    async with AsyncExitStack() as stack:
        stack.push_async_callback(aio, line.close)
        stack.push_async_callback(aio, boxes._intake.close)
        stack.push_async_callback(aio, hosted.stop)
        ownership = Ownership(epoch)
        process = state.process = BotProcess(boxes, ownership, telegram, hosted, stack)
        process._ids = itertools.count(first_update_id)
        hosted.watermark.saw(first_update_id - 1, boxes.now_ms(), in_order=True)
        await aio(partial(Mailboxes.raise_fences, boxes), ownership.partitions, epoch)
        await aio(parking.restore, "shop")
        holding = Holding(line)
        await aio(holding.restore, hosted)
        async with open_chats(Worker(boxes, ownership, policy), {"shop": hosted}) as chats:
            process.chats = chats
            chats.spawn(chats.sweep.run)
            chats.spawn(partial(holding.watch, hosted))
            process.intake = Intake(
                boxes,
                {"shop": hosted},
                arrived=lambda chat, receipt: chats.arrived(chat, receipt.entry, receipt.begun),
                shed=lambda *_: None,
                unsure=chats.look_again,
                eager=chats.eager,
            )
            await aio(hosted.start, lambda chat_id, work: chats.run_in_line(Chat("shop", str(chat_id)), work))
            try:
                yield process
            finally:
                # Killed: nothing more is said to the stores.
                ownership.over = True
                boxes.park = _says_nothing_more  # type: ignore[method-assign]
