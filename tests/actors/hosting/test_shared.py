import asyncio

import pytest
from aiogram import Bot, Dispatcher, Router
from aiogram.fsm.storage.base import StorageKey
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.fsm.strategy import FSMStrategy

from mailroom.actors.hosting.bot import dispatcher_of
from mailroom.actors.hosting.load import RouterError, from_disk
from mailroom.actors.hosting.shared import SharedDispatcher
from mailroom.actors.state import ActorStorage, field_name


class NoCommittedState:
    """State outside of any turn, kept in a dictionary."""

    def __init__(self):
        self.kept = {}

    async def read(self, chat, name):
        return self.kept.get((chat, name))

    async def write(self, chat, changes):
        for name, value in changes.set.items():
            self.kept[chat, name] = value


def bot(number):
    return Bot(f"{number}:{'A' * 35}")


async def synthetic(_chat_id, work):
    return await work()


@pytest.fixture
def module(tmp_path, request):
    """A module on disk with a name of its own, as a bot's would be."""
    name = f"bot_of_{request.node.name}"
    (tmp_path / f"{name}.py").write_text(
        "from aiogram import Dispatcher, Router\nrouter, used = Router(), Router()\n"
        "dp = Dispatcher()\ndp.include_router(used)\n"
    )
    return lambda attribute: from_disk(f"{name}:{attribute}", tmp_path)


def test_two_bots_with_one_router_share_a_dispatcher(module):
    first, second = dispatcher_of(module("router"), {}), dispatcher_of(module("router"), {})
    assert first is second


def test_a_router_that_is_part_of_its_own_dispatcher_is_not_taken_out_of_it(module):
    with pytest.raises(RouterError, match="part of another router"):
        module("used")
    assert isinstance(module("dp"), Dispatcher)


def test_hooks_run_once_for_two_bots_and_the_dispatcher_is_left_as_it_was():
    dispatcher, said = Dispatcher(fsm_strategy=FSMStrategy.CHAT), []
    before = dispatcher.storage
    dispatcher.startup.register(lambda bots: said.append(f"started {len(bots)}"))
    dispatcher.shutdown.register(lambda bots: said.append(f"stopped {len(bots)}"))

    async def play():
        committed = NoCommittedState()
        for number in (1, 2):
            SharedDispatcher.of(dispatcher).add(bot(number), ActorStorage(f"bot{number}", committed))
        shared = SharedDispatcher.of(dispatcher)
        for one in shared.bots:
            await shared.start(one, synthetic)
        await dispatcher.storage.set_state(StorageKey(1, 7, 7), "of the first")
        assert await dispatcher.storage.get_state(StorageKey(2, 7, 7)) is None
        assert {chat.bot for chat, _ in committed.kept} == {"bot1"}
        for one in shared.bots:
            await shared.stop(one)
        shared.let_go()

    asyncio.run(play())
    assert said == ["started 2", "stopped 2"]
    assert dispatcher.storage is before


def test_what_a_redis_storage_makes_of_data_is_what_its_bot_gets():
    dispatcher = Dispatcher(storage=RedisStorage.from_url("redis://127.0.0.1:1/0"))

    async def play():
        committed = NoCommittedState()
        SharedDispatcher.of(dispatcher).add(bot(1), ActorStorage("bot1", committed))
        key = StorageKey(1, 7, 7)
        await dispatcher.storage.set_data(key, {1: "a"})
        assert await dispatcher.storage.get_data(key) == {"1": "a"}
        ((_, name),) = committed.kept
        assert name == field_name("data", key)

    asyncio.run(play())


def test_a_plain_router_is_given_a_dispatcher_with_what_is_offered():
    dispatcher = dispatcher_of(Router(), {"database": 1})
    assert dispatcher["database"] == 1
