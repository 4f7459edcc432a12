"""The chats of a name belong to one of Telegram's bots, and to another only where somebody says so."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import redis

from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import Chat, prefix
from mailroom.storage.redis.identities import AnotherBotError, Identities
from mailroom.storage.redis.mailbox import Mailboxes, Offer


@pytest.fixture
def with_line(clean_redis_url: str) -> Callable[[Callable[[Line], Awaitable[Any]]], Any]:
    def run(work: Callable[[Line], Awaitable[Any]]) -> Any:
        async def main() -> Any:
            line = Line(clean_redis_url)
            try:
                return await work(line)
            finally:
                await line.close()

        return asyncio.run(main())

    return run


def test_the_first_to_come_has_the_name_and_keeps_it(with_line) -> None:
    async def work(line: Line) -> None:
        identities = Identities(line)
        first = await identities.claim("shop", 111)
        assert first.bot_id == 111
        assert await identities.claim("shop", 111) == first
        assert (await identities.claim("other", 222)).bot_id == 222

    with_line(work)


def test_another_bot_is_refused_until_it_names_the_one_whose_chats_it_wants(with_line) -> None:
    async def work(line: Line) -> None:
        identities = Identities(line)
        await identities.claim("shop", 111)
        for former_id in (None, 333):
            with pytest.raises(AnotherBotError) as refused:
                await identities.claim("shop", 222, former_id)
            assert refused.value.owner == 111
        assert (await identities.claim("shop", 222, 111)).bot_id == 222
        assert (await identities.claim("shop", 222, 111)).bot_id == 222, "left in the configuration"
        assert (await identities.claim("shop", 222)).bot_id == 222
        with pytest.raises(AnotherBotError):
            await identities.claim("shop", 111)

    with_line(work)


def test_a_full_redis_keeps_no_bot_that_it_knows_from_starting(with_line, clean_redis_url) -> None:
    async def work(line: Line) -> None:
        await Identities(line).claim("shop", 111)
        with redis.Redis.from_url(clean_redis_url) as store:
            store.config_set("maxmemory", 1)
            try:
                assert (await Identities(line).claim("shop", 111)).bot_id == 111
                with pytest.raises(AnotherBotError):
                    await Identities(line).claim("shop", 222)
            finally:
                store.config_set("maxmemory", 0)

    with_line(work)


def test_a_message_that_the_version_before_had_remembered_is_a_duplicate(with_line, clean_redis_url) -> None:
    chat = Chat("shop", "7")

    def offer(dedupe_id: str, plain_id: str = "") -> Offer:
        return Offer(chat, dedupe_id, 100, "message", "chat", "t", b"{}", False, plain_id)

    async def work(line: Line) -> None:
        mailboxes = Mailboxes(line, line)
        assert (await mailboxes.accept(offer("100"))).status == "accepted"
        assert (await mailboxes.accept(offer("111.100", "100"))).status == "duplicate"
        assert (await mailboxes.accept(offer("222.100"))).status == "accepted"
        assert (await mailboxes.accept(offer("222.100", "100"))).status == "duplicate"
        with redis.Redis.from_url(clean_redis_url) as store:
            assert len(store.keys(prefix(chat.partition) + "seen:*")) == 1

    with_line(work)
