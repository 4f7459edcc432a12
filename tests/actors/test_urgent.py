"""Handlers that must not wait, and how they stop what is begun (conformance E: G9, G12, G13)."""

import asyncio
import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import trio
from aiogram import Bot, Dispatcher, F, Router
from aiogram.filters import Command, CommandStart, Filter, StateFilter, and_f, or_f
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message, Update

import mailroom.actors.stopping
from mailroom.actors.hosting.urgent import UrgentHandlerError, UrgentHandlers
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.turn import Turn
from mailroom.ops.faults import StartError
from mailroom.ops.host_bot import host
from mailroom.storage.redis.entry import Chat, prefix
from tests.actors.bot_process import FIRST_UPDATE_ID, QUICK, message

ANN = Chat("shop", "7")
URGENT = {"urgent": True}
SOON_SECONDS = 1.0


class Talk:
    """A bot whose `slow …` messages wait until they are let go, with an urgent /stop."""

    def __init__(self) -> None:
        self.router = Router()
        self.began: list[str] = []
        self.cancelled: list[str] = []
        self.said: list[str] = []
        self.attempts: list[int] = []
        self.stubborn = False
        self.fails = 0
        self.fails_after_stop = 0
        self.free: asyncio.Event | None = None
        self.router.message(Command("stop"), flags=URGENT)(self.stop)
        self.router.message()(self.handle)

    async def stop(self, message: Message, turn: Turn) -> None:
        self.said.append(await turn.stop())
        if self.fails_after_stop:
            self.fails_after_stop -= 1
            raise RuntimeError("the handler of /stop fails")
        await message.answer("stopped")

    async def handle(self, message: Message, state: FSMContext, turn: Turn) -> None:
        text = message.text or ""
        self.began.append(text)
        self.attempts.append(turn.attempt)
        await state.update_data(last=text)
        if self.fails:
            self.fails -= 1
            raise RuntimeError(f"{text} fails")
        if text.startswith("slow"):
            self.free = asyncio.Event()
            try:
                await self.free.wait()
            except asyncio.CancelledError:
                self.cancelled.append(text)
                if not self.stubborn:
                    raise
                await self.free.wait()
        await message.answer(f"done {text}")


@pytest.fixture
def talk() -> Talk:
    return Talk()


async def soon(process, true, what):
    """What must not wait has come about within a second."""
    with trio.move_on_after(SOON_SECONDS):
        while not true():  # noqa: ASYNC110
            await trio.sleep(0.005)
        return
    raise AssertionError(f"not within {SOON_SECONDS} s: {what}; said so far: {process.telegram.texts()}")


async def tries(process):
    found = await aio(process.mailboxes._work.command, "HGETALL", prefix(ANN.partition) + f"tries:{ANN}")
    return [one.decode() for one in found]


# G12, G13: stopping


def test_a_stop_reaches_a_handler_that_runs_and_not_what_waits_behind_it(play, talk, telegram):
    async def scenario(process):
        await process.write(7, "before")
        await process.said(7, "done before")
        await process.write(7, "slow", "after")
        await process.until(lambda: "slow" in talk.began)
        await process.write(7, "/stop")
        await soon(process, lambda: "done after" in telegram.texts(7), "the next message to be handled")
        await process.settled()
        return await process.state(7)

    state = play(talk.router, scenario)
    assert talk.cancelled == ["slow"]
    assert talk.said == ["stopped"]
    assert sorted(telegram.texts(7)) == ["done after", "done before", "stopped"]  # nobody apologises
    assert talk.began == ["before", "slow", "after"]  # and it is not tried again
    assert json.loads(state["data:7:::default"]) == {"last": "after"}


def test_a_stopped_handler_leaves_no_state(play, talk):
    async def scenario(process):
        await process.write(7, "slow")
        await process.until(lambda: talk.began)
        await process.write(7, "/stop")
        await soon(process, lambda: talk.said, "the handler to be stopped")
        await process.settled()
        return await process.state(7), await tries(process)

    assert play(talk.router, scenario) == ({}, [])


def test_a_stop_reaches_a_message_between_two_attempts(play, talk, telegram):
    talk.fails = 1

    async def scenario(process):
        await process.write(7, "slow", "after")
        await process.until(lambda: talk.began and not process.chats.get(ANN).busy)
        await process.write(7, "/stop")
        await soon(process, lambda: "done after" in telegram.texts(7), "the next message to be handled")
        await process.settled()

    play(talk.router, scenario, policy=replace(QUICK, backoff_seconds=60.0, backoff_max_seconds=60.0))
    assert talk.said == ["stopped"]
    assert talk.began == ["slow", "after"]


def test_a_stop_reaches_a_message_whose_process_was_killed(play, talk, telegram):
    async def first(process):
        await process.write(7, "slow")
        await process.until(lambda: talk.began)

    async def second(process):
        await process.until(lambda: talk.began == ["slow", "slow"])
        await process.write(7, "/stop", "after")
        await soon(process, lambda: "done after" in telegram.texts(7), "the next message to be handled")
        await process.settled()

    play(talk.router, first)
    play(talk.router, second, epoch=2, first_update_id=FIRST_UPDATE_ID + 10)
    assert talk.said == ["stopped"]
    assert talk.began == ["slow", "slow", "after"]


def test_a_stop_that_was_taken_in_before_the_kill_reaches_the_message_too(play, talk, telegram):
    async def first(process):
        await process.write(7, "slow", "after")
        await process.until(lambda: talk.began)
        process.chats.draining = True  # nothing begins any more, as in a process that is about to be killed
        await process.write(7, "/stop")

    async def second(process):
        await soon(process, lambda: "done after" in telegram.texts(7), "the next message to be handled")
        await process.settled()

    play(talk.router, first)
    play(talk.router, second, epoch=2, first_update_id=FIRST_UPDATE_ID + 10)
    assert talk.said == ["stopped"]
    assert talk.began in (["slow", "after"], ["slow", "slow", "after"])


def test_a_stop_ends_an_album_as_one(play, talk, telegram):
    async def scenario(process):
        for number in range(3):
            part = message(7, f"slow {number}", FIRST_UPDATE_ID + number)
            part["message"]["media_group_id"] = "9"
            await process.offer(part)
        await process.until(lambda: len(talk.began) == 3)
        await process.offer(message(7, "/stop", FIRST_UPDATE_ID + 3))
        await soon(process, lambda: talk.said, "the album to be stopped")
        await process.settled()
        return await process.state(7), await tries(process)

    assert play(talk.router, scenario) == ({}, [])
    assert sorted(talk.cancelled) == ["slow 0", "slow 1", "slow 2"]
    assert (talk.said, telegram.texts(7)) == (["stopped"], ["stopped"])


def test_a_handler_that_does_not_let_itself_be_stopped_is_said_to_be_running(play, talk, monkeypatch):
    monkeypatch.setattr(mailroom.actors.stopping, "STOP_SECONDS", 0.2)
    talk.stubborn = True

    async def scenario(process):
        await process.write(7, "slow")
        await process.until(lambda: talk.began)
        await process.write(7, "/stop")
        await process.until(lambda: talk.said)
        assert talk.free is not None
        talk.free.set()
        await process.settled()
        return await process.state(7)

    assert play(talk.router, scenario) == {}  # it was stopped all the same, as far as the chat is concerned
    assert (talk.said, talk.cancelled) == (["running"], ["slow"])


def test_a_stop_that_is_replayed_stops_no_other_message(play, talk, telegram):
    talk.fails_after_stop = 1

    async def scenario(process):
        await process.write(7, "slow one", "slow two")
        await process.until(lambda: talk.began)
        await process.write(7, "/stop")
        await process.until(lambda: telegram.texts(7) == ["stopped"])
        assert talk.free is not None
        talk.free.set()
        await process.until(lambda: "done slow two" in telegram.texts(7))
        await process.settled()

    play(talk.router, scenario, policy=replace(QUICK, backoff_seconds=0.2))
    assert talk.cancelled == ["slow one"]
    assert talk.said == ["stopped", "nothing"]


def test_there_may_be_nothing_to_stop(play, talk, telegram):
    async def scenario(process):
        await process.write(7, "/stop")
        await process.said(7, "stopped")

    play(talk.router, scenario)
    assert talk.said == ["nothing"]


def test_only_an_urgent_handler_stops_others(play, telegram):
    router, raised = Router(), []

    @router.message()
    async def handle(message: Message, turn: Turn) -> None:
        with pytest.raises(RuntimeError) as error:
            await turn.stop()
        raised.append(str(error.value))

    async def scenario(process):
        await process.write(7, "hello")
        await process.settled()

    play(router, scenario)
    assert "flags={'urgent': True}" in raised[0]


# G9: who is urgent


def test_a_message_that_an_unmarked_handler_wins_goes_back_to_its_place(play, telegram):
    began: list[tuple[str, int]] = []
    seen: list[str] = []
    free = asyncio.Event()
    router, first, second = Router(), Router(), Router()
    router.include_routers(first, second)

    @router.message.middleware()
    async def inner(handler: Any, event: Any, data: Any) -> Any:
        seen.append(event.text)
        return await handler(event, data)

    @first.message(StateFilter("form"))
    async def form(message: Message, turn: Turn) -> None:
        began.append((message.text or "", turn.attempt))
        await message.answer(f"form {message.text}")

    @second.message(Command("stop"), flags=URGENT)
    async def stop(message: Message) -> None:
        began.append(("urgent", 0))

    @second.message()
    async def other(message: Message, state: FSMContext) -> None:
        await state.set_state("form")
        if message.text == "begin":
            return
        began.append((message.text or "", 0))
        await free.wait()

    async def scenario(process):
        await process.write(7, "begin")
        await process.settled()
        await process.write(7, "one", "/stop", "two")
        await process.said(7, "form one", "form /stop", "form two")
        return await tries(process)

    assert play(router, scenario) == []
    assert began == [("one", 1), ("/stop", 1), ("two", 1)]
    assert seen == ["begin", "one", "/stop", "two"]


class Stop(CallbackData, prefix="stop"):
    id: int


def tap(data: str) -> dict[str, Any]:
    person = {"id": 7, "is_bot": False, "first_name": "Ann"}
    chat = {"id": 7, "type": "private", "first_name": "Ann"}
    query = {"id": "1", "from": person, "chat_instance": "1", "data": data}
    return {
        "update_id": 1,
        "callback_query": {**query, "message": {"message_id": 1, "date": 0, "chat": chat}},
    }


class Own(Filter):
    async def __call__(self, message: Message) -> bool:
        return True


async def asked(message: Message) -> bool:
    return True


def dispatcher_with(kind: str, *filters: Any, root: Any = None) -> Dispatcher:
    dispatcher, router = Dispatcher(), Router(name="inner")
    dispatcher.include_router(router)
    if root is not None:
        router.observers[kind].filter(root)

    async def halt(event: Any) -> None:
        """Never called here."""

    router.observers[kind].register(halt, *filters, flags=dict(URGENT))
    return dispatcher


@pytest.mark.parametrize(
    ("kind", "filters", "urgent", "not_urgent"),
    [
        ("message", [Command("stop")], "/stop", "stop"),
        ("message", [Command("stop")], "/stop@shop_bot", "/stop@other_bot"),
        ("message", [CommandStart(deep_link=True)], "/start 7", "/start"),
        ("message", [F.text.lower() == "стоп"], "Стоп", "пуск"),
        ("message", [F.text.func(len) > 3], "four", "tri"),
        ("message", [~Command("stop")], "stop", "/stop"),
        ("message", [or_f(Command("stop"), F.text == "stop")], "stop", "go"),
        ("message", [and_f(F.text.startswith("s"), ~Command("stop")), F.chat.id == 7], "stop", "go"),
        ("callback_query", [F.data == "stop"], "stop", "go"),
        ("callback_query", [Stop.filter(F.id > 0)], "stop:1", "stop:0"),
        ("callback_query", [Stop.filter()], "stop:1", "stop:x"),
    ],
)
def test_an_urgent_message_is_told_from_itself_alone(kind, filters, urgent, not_urgent):
    async def judge(text):
        bot = Bot("42:token")
        bot._me = Update.model_validate(message(1, "x", 1)).message.from_user.model_copy(
            update={"username": "shop_bot"}
        )
        handlers = UrgentHandlers(dispatcher_with(kind, *filters))
        update = message(7, text, 1) if kind == "message" else tap(text)
        return await handlers.wants(kind, update, bot)

    assert asyncio.run(judge(urgent)) is True
    assert asyncio.run(judge(not_urgent)) is False


def test_the_filter_of_its_router_counts_too():
    handlers = UrgentHandlers(dispatcher_with("message", Command("stop"), root=F.chat.type == "group"))
    assert not asyncio.run(handlers.wants("message", message(7, "/stop", 1), Bot("42:token")))


def test_a_part_of_an_album_is_never_urgent():
    handlers = UrgentHandlers(dispatcher_with("message", F.text))
    part = message(7, "stop", 1)
    part["message"]["media_group_id"] = "9"
    assert not asyncio.run(handlers.wants("message", part, Bot("42:token")))


@pytest.mark.parametrize(
    ("filters", "named"),
    [
        ([F.text, StateFilter("form")], "StateFilter"),
        ([Own()], "Own"),
        ([asked], "asked"),
        ([or_f(F.text, ~StateFilter("form"))], "StateFilter"),
    ],
    ids=["a state", "a class of the author's own", "a function of the author's own", "within another"],
)
def test_an_urgent_handler_that_cannot_be_told_is_refused_at_start(filters, named):
    with pytest.raises(
        UrgentHandlerError, match=rf"halt of message has {named}.*take its flag `urgent` away"
    ):
        UrgentHandlers(dispatcher_with("message", *filters))
    with pytest.raises(UrgentHandlerError, match=f"the filter of its router 'inner', {named}"):
        UrgentHandlers(dispatcher_with("message", F.text, root=and_f(*filters)))
    parking = SimpleNamespace(for_bot=lambda _: None)
    with pytest.raises(StartError, match=r"^bots\.shop: the urgent handler"):
        host("shop", Bot("42:token"), dispatcher_with("message", *filters), None, parking)  # type: ignore[arg-type]


def test_what_an_urgent_tap_writes_is_there_before_the_handler_beside_it_ends(play, telegram):
    router, free, began = Router(), asyncio.Event(), []

    @router.message()
    async def slow(message: Message) -> None:
        began.append(message.text)
        await free.wait()

    @router.callback_query(F.data == "faster", flags=URGENT)
    async def faster(query: CallbackQuery, state: FSMContext) -> None:
        await state.update_data(speed=2)
        free.set()

    async def scenario(process):
        await process.write(7, "slow")
        await process.until(lambda: began)
        await process.offer({**tap("faster"), "update_id": FIRST_UPDATE_ID + 1})
        await soon(process, free.is_set, "the tap")
        await process.settled()
        return await process.state(7)

    assert json.loads(play(router, scenario)["data:7:::default"]) == {"speed": 2}
