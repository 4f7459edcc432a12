import asyncio
import json
from types import SimpleNamespace

import pytest
import redis.asyncio
from aiogram import Bot, Dispatcher
from aiogram.fsm.storage.base import DefaultKeyBuilder, KeyBuilder, StorageKey
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.fsm.storage.redis import RedisStorage

from mailroom.actors.state import field_name
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import PARTITIONS, Chat
from mailroom.storage.redis.mailbox import Changes, Mailboxes
from mailroom.storage.redis.stock import StockKey, parse
from mailroom.supervisors.takeover import Takeover

FIRST, SECOND = 111_111, 222_222
EPOCH = 1


def test_a_key_without_anything_optional_is_chat_and_user():
    assert parse("fsm:7:7:state", "fsm", ":", {FIRST}) == StockKey(None, 7, 7, "state")
    assert parse("fsm:-100:7:data", "fsm", ":", {FIRST}) == StockKey(None, -100, 7, "data")


def test_a_bots_id_is_recognised_by_being_known():
    assert parse(f"fsm:{FIRST}:7:7:state", "fsm", ":", {FIRST}) == StockKey(FIRST, 7, 7, "state")
    assert parse("fsm:333:7:7:state", "fsm", ":", {FIRST}) is None


def test_a_topic_stands_between_chat_and_user():
    assert parse("fsm:-100:4:7:state", "fsm", ":", {FIRST}) == StockKey(None, -100, 7, "state", 4)
    assert parse(f"fsm:{FIRST}:-100:4:7:data", "fsm", ":", {FIRST}) == StockKey(FIRST, -100, 7, "data", 4)


def test_destinies_may_hold_the_separator():
    key = parse("fsm:7:7:aiogd:stack::data", "fsm", ":", {FIRST})
    assert key == StockKey(None, 7, 7, "data", destiny="aiogd:stack:")
    assert parse("fsm:7:7:default:state", "fsm", ":", {FIRST}) == StockKey(None, 7, 7, "state")


def test_a_business_connection_stands_before_the_chat():
    key = parse(f"fsm:{FIRST}:AbC_d:7:8:state", "fsm", ":", {FIRST})
    assert key == StockKey(FIRST, 7, 8, "state", None, "AbC_d")


@pytest.mark.parametrize("key", ["fsm:7:7:lock", "fsm", "fsm:state", "fsm:7:state", "other:7:7:state"])
def test_everything_else_is_left_alone(key):
    assert parse(key, "fsm", ":", {FIRST}) is None


def bot(name, bot_id, storage=None):
    """As much of a hosted bot as the takeover asks for."""
    return SimpleNamespace(
        name=name, bot=SimpleNamespace(id=bot_id), shared=SimpleNamespace(found=storage or MemoryStorage())
    )


class TakeOver:
    """Redis as the owner of all chats sees it, and beside it as stock aiogram does."""

    def __init__(self, url):
        self.url = url
        self.client = redis.asyncio.Redis.from_url(url)
        self.line = Line(url)
        self.mailboxes = Mailboxes(self.line, self.line)

    async def __aenter__(self):
        await self.mailboxes.raise_fences(range(PARTITIONS), EPOCH)
        return self

    async def __aexit__(self, *_):
        await self.line.close()
        await self.client.aclose()

    async def take_over(self, *bots):
        for one in bots:
            await Takeover(self.mailboxes, self.line, self.url).run(one, bots, EPOCH)

    async def ours(self, name, chat, part, user=7, **more):
        field = field_name(part, StorageKey(0, chat, user, **more))
        return await self.mailboxes.peek(Chat(name, str(chat)), field)


def played(scenario, url):
    async def play():
        async with TakeOver(url) as takeover:
            await scenario(takeover)

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(play())


def test_users_are_found_where_stock_aiogram_left_them(clean_redis_url):
    async def scenario(takeover):
        storage = RedisStorage(takeover.client)
        for chat in range(1, 1200):
            key = StorageKey(FIRST, chat, 7)
            await storage.set_state(key, "Form:name")
            if chat % 100 == 0:
                await storage.set_data(key, {"name": "Анна"})
        await takeover.take_over(bot("one", FIRST))
        assert await takeover.ours("one", 5, "state") == "Form:name"
        assert await takeover.ours("one", 1199, "state") == "Form:name"
        assert json.loads(await takeover.ours("one", 300, "data")) == {"name": "Анна"}
        assert await takeover.ours("one", 5, "data") is None
        assert await storage.get_state(StorageKey(FIRST, 5, 7)) == "Form:name", "the way back is open"

    played(scenario, clean_redis_url)


def test_it_happens_once_so_that_a_dropped_state_does_not_come_back(clean_redis_url):
    async def scenario(takeover):
        await RedisStorage(takeover.client).set_state(StorageKey(FIRST, 5, 7), "Form:name")
        await takeover.take_over(bot("one", FIRST))
        field = field_name("state", StorageKey(0, 5, 7))
        await takeover.mailboxes.commit(Chat("one", "5"), EPOCH, None, Changes(delete=[field]))
        await takeover.take_over(bot("one", FIRST))
        assert await takeover.ours("one", 5, "state") is None

    played(scenario, clean_redis_url)


def test_what_the_chat_has_here_wins(clean_redis_url):
    async def scenario(takeover):
        storage = RedisStorage(takeover.client)
        await storage.set_state(StorageKey(FIRST, 5, 7), "Form:old")
        await storage.set_data(StorageKey(FIRST, 5, 7), {"old": 1})
        field = field_name("state", StorageKey(0, 5, 7))
        await takeover.mailboxes.commit(Chat("one", "5"), EPOCH, None, Changes(set={field: "Form:new"}))
        await takeover.take_over(bot("one", FIRST))
        assert await takeover.ours("one", 5, "state") == "Form:new"
        assert json.loads(await takeover.ours("one", 5, "data")) == {"old": 1}

    played(scenario, clean_redis_url)


def test_with_several_bots_only_keys_that_name_their_bot_are_taken(clean_redis_url, capsys):
    async def scenario(takeover):
        await RedisStorage(takeover.client).set_state(StorageKey(FIRST, 5, 7), "Form:whose")
        named = RedisStorage(takeover.client, DefaultKeyBuilder(with_bot_id=True, with_destiny=True))
        await named.set_state(StorageKey(FIRST, 6, 7), "Form:first")
        await named.set_data(StorageKey(SECOND, 6, 7, destiny="aiogd:stack:"), {"of": "second"})
        await takeover.take_over(bot("one", FIRST), bot("two", SECOND))
        assert await takeover.ours("one", 6, "state") == "Form:first"
        assert await takeover.ours("two", 6, "state") is None
        assert json.loads(await takeover.ours("two", 6, "data", destiny="aiogd:stack:")) == {"of": "second"}
        assert await takeover.ours("one", 5, "state") is None
        assert "there are several here" in capsys.readouterr().out
        # Alone, it is clear whose they are.
        await takeover.take_over(bot("one", FIRST))
        assert await takeover.ours("one", 5, "state") == "Form:whose"

    played(scenario, clean_redis_url)


def test_a_scripts_own_storage_is_asked_with_its_own_prefix(clean_redis_url):
    async def scenario(takeover):
        storage = RedisStorage(takeover.client, DefaultKeyBuilder(prefix="shop*", with_bot_id=True))
        await storage.set_state(StorageKey(FIRST, 5, 7, thread_id=3), "Form:name")
        dispatcher = Dispatcher(storage=storage)
        made = Bot(f"{FIRST}:{'A' * 35}")
        await takeover.take_over(bot("one", made.id, dispatcher.storage))
        assert await takeover.ours("one", 5, "state", thread_id=3) == "Form:name"

    played(scenario, clean_redis_url)


def test_keys_built_in_a_way_of_its_own_are_not_guessed_at(clean_redis_url, capsys):
    class Own(KeyBuilder):
        def build(self, key, part=None):
            return f"{part}/{key.user_id}"

    async def scenario(takeover):
        await takeover.take_over(bot("one", FIRST, RedisStorage(takeover.client, Own())))
        assert "in its own way" in capsys.readouterr().out

    played(scenario, clean_redis_url)
