"""aiogram's storage as a hosted bot sees it: as aiogram's own, plus commit and rollback with the message."""

import asyncio

import pytest
from aiogram import Bot, Router
from aiogram.exceptions import DataNotDictLikeError
from aiogram.filters.state import State, StatesGroup
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.base import StorageKey
from aiogram.types import Message

from mailroom.actors.chat_state import ChatState
from mailroom.actors.journal import Journal
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.state import ActorStorage
from mailroom.actors.turn import Turn, current_turn
from mailroom.storage.redis import inspection
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Changes

FAR_MS = 4_000_000_000_000
"""In a century: no timer of these tests comes due."""
KEY = StorageKey(bot_id=42, chat_id=7, user_id=7)
OTHERS = [
    StorageKey(bot_id=42, chat_id=7, user_id=8),
    StorageKey(bot_id=42, chat_id=7, user_id=7, thread_id=3),
    StorageKey(bot_id=42, chat_id=7, user_id=7, business_connection_id="b"),
    StorageKey(bot_id=42, chat_id=7, user_id=7, destiny="other"),
    StorageKey(bot_id=42, chat_id=8, user_id=7),
]


class Form(StatesGroup):
    name = State()


class Committed:
    """What is committed, kept in memory."""

    def __init__(self):
        self.chats: dict[Chat, ChatState] = {}

    async def read(self, chat, name):
        return self.chats.get(chat, {}).get(name)

    async def write(self, chat, changes):
        self.chats.setdefault(chat, ChatState()).write(changes)


@pytest.fixture
def committed():
    return Committed()


@pytest.fixture(params=["in a turn", "outside of one"])
def run(request, committed):
    """Run a test of the storage within a turn of chat 7, and outside of every turn."""

    def run(test):
        async def main():
            storage = ActorStorage("shop", committed)
            if request.param == "in a turn":

                async def unrecorded(_number, _record):
                    raise AssertionError

                state = committed.chats.setdefault(Chat("shop", "7"), ChatState())
                current_turn.set(
                    Turn(Chat("shop", "7"), None, 1, 1, False, state, Journal("shop", unrecorded))
                )
            await test(storage)

        asyncio.run(main())

    return run


def test_a_state_is_set_read_and_cleared(run):
    async def check(storage):
        assert await storage.get_state(KEY) is None
        await storage.set_state(KEY, Form.name)
        assert await storage.get_state(KEY) == "Form:name"
        await storage.set_state(KEY, "raw")
        assert await storage.get_state(KEY) == "raw"
        await storage.set_state(KEY)
        assert await storage.get_state(KEY) is None

    run(check)


def test_data_is_set_updated_and_cleared(run):
    async def check(storage):
        assert await storage.get_data(KEY) == {}
        await storage.set_data(KEY, {"имя": "Аня", "cart": [1, {"x": None}]})
        assert await storage.get_data(KEY) == {"имя": "Аня", "cart": [1, {"x": None}]}
        assert await storage.update_data(KEY, {"n": 1}) == {"имя": "Аня", "cart": [1, {"x": None}], "n": 1}
        assert await storage.get_value(KEY, "n") == 1
        assert await storage.get_value(KEY, "missing", "default") == "default"
        await storage.set_data(KEY, {})
        assert await storage.get_data(KEY) == {}

    run(check)


def test_data_must_be_a_mapping(run):
    async def check(storage):
        with pytest.raises(DataNotDictLikeError):
            await storage.set_data(KEY, ())

    run(check)


def test_what_was_read_can_be_changed_without_changing_what_is_kept(run):
    async def check(storage):
        given = {"cart": [1]}
        await storage.set_data(KEY, given)
        given["cart"].append(2)
        (await storage.get_data(KEY))["cart"].append(3)
        assert await storage.get_data(KEY) == {"cart": [1]}

    run(check)


@pytest.mark.parametrize("other", OTHERS, ids=str)
def test_users_topics_connections_destinies_and_chats_are_apart(run, other):
    async def check(storage):
        await storage.set_state(KEY, "mine")
        await storage.set_data(KEY, {"a": 1})
        assert await storage.get_state(other) is None
        await storage.set_state(other, "other")
        await storage.set_data(other, {"a": 2})
        assert (await storage.get_state(KEY), await storage.get_data(KEY)) == ("mine", {"a": 1})

    run(check)


def bot_of(handler) -> Router:
    router = Router()
    router.message()(handler)
    return router


def test_a_handler_reads_its_own_writes_and_a_failure_forgets_them(play, telegram):
    seen = []

    async def handler(message: Message, state: FSMContext) -> None:
        seen.append(await state.get_data())
        await state.update_data(tries=len(seen))
        assert (await state.get_data())["tries"] == len(seen)
        if len(seen) == 1:
            raise RuntimeError("after the write")
        await message.answer("done")

    async def scenario(process):
        await process.write(7, "hi")
        await process.said(7, "done")
        return await process.state(7)

    state = play(bot_of(handler), scenario)
    assert seen == [{}, {}]
    assert '"tries":2' in next(iter(state.values())).replace(" ", "")


def test_a_handler_may_write_the_state_of_another_chat(play, telegram):
    async def handler(message: Message, state: FSMContext, bot: Bot) -> None:
        if message.text == "greet 8":
            other = FSMContext(state.storage, StorageKey(bot_id=bot.id, chat_id=8, user_id=8))
            await other.set_state("greeted")
        await message.answer(str(await state.get_state()))

    async def scenario(process):
        await process.write(8, "before")
        await process.until(lambda: telegram.texts(8) == ["None"])
        await process.write(7, "greet 8")
        await process.until(lambda: telegram.texts(7))
        await process.write(8, "after")
        await process.said(8, "None", "greeted")

    play(bot_of(handler), scenario)


def test_a_task_that_outlives_its_handler_may_still_write(play, telegram):
    tasks = []

    async def handler(message: Message, state: FSMContext) -> None:
        if message.text == "start":

            async def later() -> None:
                await asyncio.sleep(0.05)
                await state.update_data(later=True)
                await message.answer("written")

            tasks.append(asyncio.create_task(later()))
        else:
            await message.answer(str((await state.get_data()).get("later")))

    async def scenario(process):
        await process.write(7, "start")
        await process.until(lambda: telegram.texts(7) == ["written"])
        await process.write(7, "ask")
        await process.said(7, "written", "True")

    play(bot_of(handler), scenario)


SOON_MS = 3_600_000


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        (["set", "cancel", "set"], {"reminder": 3 * SOON_MS}),
        (["cancel", "set"], {"reminder": 2 * SOON_MS}),
        (["set", "set"], {"reminder": 2 * SOON_MS}),
        (["set", "cancel"], {}),
        (["set", "cancel", "set", "cancel"], {}),
    ],
    ids=str,
)
def test_of_a_timer_what_was_asked_for_last_in_a_turn_is_what_counts(play, telegram, asked, left):
    async def handler(message: Message, turn: Turn) -> None:
        if message.text == "before":
            turn.set_timer("reminder", FAR_MS, "of the turn before")
        else:
            for number, what in enumerate(asked, start=1):
                if what == "set":
                    turn.set_timer("reminder", FAR_MS + number * SOON_MS, str(number))
                else:
                    turn.cancel_timer("reminder")
        await message.answer("done")

    async def scenario(process):
        await process.write(7, "before")
        await process.write(7, "now")
        await process.said(7, "done", "done")
        seen = await aio(inspection.chat, process.mailboxes._work, Chat("shop", "7"), 1)
        return {name: due_ms - FAR_MS for name, due_ms in seen.timers.items()}

    assert play(bot_of(handler), scenario) == left


def test_data_that_was_cleared_twice_and_then_set_is_kept():
    # Seen: it stayed in memory and was deleted in the store, and was gone after the next restart.
    changes = Changes()
    for value in (None, None, "kept"):
        changes.put("data:7:::default", value)
    assert list(changes.arguments()) == ["set", "data:7:::default", "kept"]


def test_changes_of_a_field_collapse_to_the_last_one():
    state = ChatState()
    state.replace({"a": "1", "b": "2"})
    state.write(Changes(set={"c": "3"}, delete=["a"]))
    assert state == {"b": "2", "c": "3"}
