"""Links that let their bearer do one thing, and the other addresses that a room gives to people."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from mailroom.actors.pages.visit import Grant, Visit
from mailroom.actors.people.grant import grant_of
from mailroom.actors.people.links import Links
from mailroom.storage.postgres.schemas import SchemaPool
from mailroom.storage.vault import Vault
from tests.rooms import room_of

BOOKING = Grant("booking", "17", 3)
VAULT = Vault([Vault.new_key()])


async def username():
    return "salon_bot"


def room_in(pool, bot="salon", public_url="https://salon.example"):
    links = Links(bot, public_url, VAULT, username)
    return room_of(bot=bot, database=SchemaPool(pool, bot), wake=lambda _queue: None, links=links)


def visit(key="0123456789abcdef"):
    return Visit(bot="salon", interface="page", person="p_1", key=key)


def token_in(link):
    return re.search("[0-9a-f]{40}", link)[0]


async def granted(room, grant=BOOKING, of=None, **more):
    async with room.transaction(of or visit()) as tx:
        return await room.links.grant(tx, grant, **more)


async def revoked(room, *what, **more):
    async with room.transaction(visit()) as tx:
        return await room.links.revoke(tx, *what, **more)


def test_a_link_to_the_page_has_its_token_where_no_browser_sends_it(story):
    async def test(pool):
        link = await granted(room_in(pool))
        assert re.fullmatch(r"https://salon\.example/app/salon/#l=[0-9a-f]{40}", link)
        assert await grant_of(pool, "salon", token_in(link), datetime.now(UTC)) == BOOKING
        kept = await pool.fetchrow("SELECT * FROM mailroom.page_grant")
        assert token_in(link) not in repr(dict(kept))

    story(test)


def test_a_link_to_a_file_names_it(story):
    async def test(pool):
        link = await granted(room_in(pool), path="calendar.ics")
        assert re.fullmatch(r"https://salon\.example/app/salon/l/[0-9a-f]{40}/calendar\.ics", link)
        assert link != await granted(room_in(pool))

    story(test)


def test_what_is_handled_again_gives_the_same_link_and_another_act_another_one(story):
    async def test(pool):
        room = room_in(pool)
        first, again, other = [await granted(room, of=visit(key)) for key in ("a" * 16, "a" * 16, "b" * 16)]
        assert first == again != other
        assert await pool.fetchval("SELECT count(*) FROM mailroom.page_grant") == 2

    story(test)


def test_a_link_exists_only_once_what_it_is_for_does(story):
    async def test(pool):
        room, links = room_in(pool), []
        with suppress(ZeroDivisionError):
            async with room.transaction(visit()) as tx:
                links.append(await room.links.grant(tx, BOOKING))
                raise ZeroDivisionError
        assert await grant_of(pool, "salon", token_in(links[0]), datetime.now(UTC)) is None

    story(test)


def test_a_link_ends_when_it_is_over_or_revoked_and_is_none_at_another_bot(story):
    async def test(pool):
        room, soon = room_in(pool), datetime.now(UTC) + timedelta(hours=1)
        link = token_in(await granted(room, until=soon))
        assert await grant_of(pool, "salon", link, datetime.now(UTC)) == BOOKING
        assert await grant_of(pool, "other", link, datetime.now(UTC)) is None
        await pool.execute("UPDATE mailroom.page_grant SET until = now()")
        assert await grant_of(pool, "salon", link, datetime.now(UTC)) is None
        link = token_in(await granted(room, of=visit("b" * 16)))
        assert await revoked(room, "booking", "18") == 0
        assert await revoked(room, "booking", "17") == 1
        assert await grant_of(pool, "salon", link, datetime.now(UTC)) is None

    story(test)


def test_only_the_links_for_old_versions_can_be_revoked(story):
    async def test(pool):
        room = room_in(pool)
        old = token_in(await granted(room))
        new = token_in(await granted(room, Grant("booking", "17", 4)))
        assert await revoked(room, "booking", "17", before=4) == 1
        assert await grant_of(pool, "salon", old, datetime.now(UTC)) is None
        assert (await grant_of(pool, "salon", new, datetime.now(UTC))).version == 4

    story(test)


def test_what_is_no_token_grants_nothing(story):
    async def test(pool):
        for token in ("", "a", "a" * 40, "g" * 40, "a" * 5_000, "\0" * 40, "ы" * 40):
            assert await grant_of(pool, "salon", token, datetime.now(UTC)) is None

    story(test)


def test_without_an_address_of_ours_nothing_is_granted(story):
    async def test(pool):
        room = room_in(pool, public_url="")
        assert (await granted(room), room.links.page(tab="orders")) == ("", "")
        assert await pool.fetchval("SELECT count(*) FROM mailroom.page_grant") == 0

    story(test)


def test_the_addresses_of_page_and_chat(story):
    async def test(pool):
        links = room_in(pool).links
        assert links.page() == "https://salon.example/app/salon/"
        assert links.page(tab="a b&c") == "https://salon.example/app/salon/?tab=a+b%26c"
        assert await links.chat() == "https://t.me/salon_bot"
        assert await links.chat("booking_17") == "https://t.me/salon_bot?start=booking_17"
        with pytest.raises(ValueError, match="64 of A-Z"):
            await links.chat("a b")

    story(test)
