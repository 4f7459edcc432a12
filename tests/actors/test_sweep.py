"""What no notification told of is found, whoever stands in front of it (conformance D, H8)."""

from functools import partial
from itertools import count, islice

import pytest
from pydantic_core import to_json

from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import Fenced
from mailroom.storage.redis.entry import Chat, prefix
from mailroom.storage.redis.mailbox import Offer
from tests.actors.house import message

PAGE = 5
"""Chats read at a time here, in place of 1 000."""


def neighbours(number):
    """Chats that live in one partition."""
    home = Chat("shop", "7").partition
    return list(islice((n for n in count(100) if Chat("shop", str(n)).partition == home), number))


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr("mailroom.supervisors.chats.SWEEP_CHATS_MAX", PAGE)
    monkeypatch.setattr("mailroom.supervisors.chats.SWEEP_SECONDS", 0.05)


async def lost(house, chat_id, order):
    """A message is accepted, and nobody is told."""
    chat = Chat("shop", str(chat_id))
    body = to_json(message(chat_id, "hello", order))
    await aio(
        partial(house.mailboxes.accept, Offer(chat, f"lost {order}", order, "message", "chat", "t", body))
    )


def test_shr_h8_behind_a_thousand_suspended_chats_a_lost_message_is_found_all_the_same(
    play, hands, small_pages
):
    async def scenario(house):
        *front, last = neighbours(3 * PAGE + 3)
        partition = prefix(Chat("shop", "7").partition)
        for chat_id in front:
            await aio(house.mailboxes._work.command, "SADD", partition + "suspended", f"shop:{chat_id}")
            await lost(house, chat_id, 10_000 + chat_id)
        await lost(house, last, 10_000 + last)
        await house.until(lambda: hands.ended == ["hello"], "the last one to be found")
        return house.telegram.texts(last)

    assert play(hands.router, scenario) == ["1 hello"]


def test_shr_h7_fenced_said_to_a_past_ownership_costs_one_chat_a_reload_and_nothing_else(play, hands):
    async def scenario(house):
        await house.write(7, "one")
        await house.said(7, "1 one")
        house.chats.failed(house.chats.get(Chat("shop", "7")), Fenced("of the past", epoch=4))
        assert not house.chats.lost.is_set()
        await house.write(7, "two")
        await house.said(7, "1 one", "2 two")
        house.chats.failed(house.chats.get(Chat("shop", "7")), Fenced("of today", epoch=5))
        return house.chats.lost.is_set()

    assert play(hands.router, scenario, epoch=5)
