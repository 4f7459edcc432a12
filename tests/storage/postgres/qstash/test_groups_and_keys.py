"""Groups of endpoints, and the keys that deliveries are signed with."""

import asyncio

import pytest

from mailroom.storage.postgres.qstash import groups as stored
from mailroom.storage.postgres.qstash.groups import (
    Endpoint,
    TooManyError,
    add_endpoints,
    delete_group,
    groups,
    remove_endpoints,
    set_headers,
)
from mailroom.storage.postgres.qstash.keys import Keys, read_keys, rotate, seed_keys

A, B = Endpoint("https://a.example", "a"), Endpoint("https://b.example")


def test_endpoints_stand_in_the_order_in_which_they_were_added(messages):
    async def scenario(box):
        await add_endpoints(box.pool, "g", [B, A])
        await add_endpoints(box.pool, "g", [Endpoint(B.url, "b"), Endpoint("https://c.example")])
        (group,) = await groups(box.pool)
        assert [(one.url, one.name) for one in group.endpoints] == [
            (B.url, "b"), (A.url, "a"), ("https://c.example", ""),
        ]  # fmt: skip
        assert group.headers == ()
        assert await groups(box.pool, ["other"]) == []

    messages(scenario)


def test_a_group_without_endpoints_is_none(messages):
    async def scenario(box):
        await add_endpoints(box.pool, "g", [A, B])
        await remove_endpoints(box.pool, "g", names=["a", ""])
        (group,) = await groups(box.pool, ["g"])
        assert group.endpoints == (B,), "an empty name is nobody's"
        await remove_endpoints(box.pool, "g", urls=[B.url])
        assert await groups(box.pool) == []
        await remove_endpoints(box.pool, "nobody", urls=[B.url])
        await add_endpoints(box.pool, "g", [A])
        await delete_group(box.pool, "g")
        await delete_group(box.pool, "g")
        assert await groups(box.pool) == []

    messages(scenario)


def test_a_group_has_headers_for_all_that_is_published_to_it(messages):
    async def scenario(box):
        assert not await set_headers(box.pool, "g", [("Upstash-Retries", "1")])
        await add_endpoints(box.pool, "g", [A])
        assert await set_headers(box.pool, "g", [("Upstash-Retries", "1"), ("X", "ключ")])
        (group,) = await groups(box.pool)
        assert group.headers == (("Upstash-Retries", "1"), ("X", "ключ"))

    messages(scenario)


def test_too_many_are_refused_and_nothing_of_them_is_kept(messages, monkeypatch):
    monkeypatch.setattr(stored, "ENDPOINTS_MAX", 2)
    monkeypatch.setattr(stored, "GROUPS_MAX", 1)

    async def scenario(box):
        await add_endpoints(box.pool, "g", [A, B])
        with pytest.raises(TooManyError, match="at most 2 endpoints"):
            await add_endpoints(box.pool, "g", [Endpoint("https://c.example")])
        with pytest.raises(TooManyError, match="at most 1 URL groups"):
            await add_endpoints(box.pool, "other", [A])
        (group,) = await groups(box.pool)
        assert group.endpoints == (A, B)

    messages(scenario)


def test_the_environment_only_begins_with_the_keys(messages):
    async def scenario(box):
        assert await seed_keys(box.pool, Keys("one", "two")) == Keys("one", "two")
        assert await seed_keys(box.pool, Keys("other", "others")) == Keys("one", "two")
        assert await rotate(box.pool, "three") == Keys("two", "three")
        assert await read_keys(box.pool) == Keys("two", "three")

    messages(scenario)


def test_who_rotate_at_once_rotate_one_after_the_other(messages):
    async def scenario(box):
        await seed_keys(box.pool, Keys("one", "two"))
        found = await asyncio.gather(*(rotate(box.pool, f"new{n}") for n in range(4)))
        keys = await read_keys(box.pool)
        assert keys in found
        assert len({one.current for one in found}) == 4

    messages(scenario)
