"""What no notification told of is found, whoever stands in front of it (conformance D, H8)."""

from functools import partial
from itertools import count, islice

import pytest
from pydantic_core import to_json

from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import Fenced
from mailroom.storage.redis.entry import Chat, prefix
from mailroom.storage.redis.mailbox import Offer
from tests.actors.bot_process import message

PAGE = 5
"""Chats read at a time here, in place of 1 000."""


def neighbours(number):
    """Chats that live in one partition."""
    home = Chat("shop", "7").partition
    return list(islice((n for n in count(100) if Chat("shop", str(n)).partition == home), number))


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr("mailroom.supervisors.chats.sweep.SWEEP_CHATS_MAX", PAGE)
    monkeypatch.setattr("mailroom.supervisors.chats.sweep.SWEEP_SECONDS", 0.05)


async def lost(process, chat_id, order):
    """A message is accepted, and nobody is told."""
    chat = Chat("shop", str(chat_id))
    body = to_json(message(chat_id, "hello", order))
    await aio(
        partial(process.mailboxes.accept, Offer(chat, f"lost {order}", order, "message", "chat", "t", body))
    )


def test_shr_h8_behind_a_thousand_suspended_chats_a_lost_message_is_found_all_the_same(
    play, controlled, small_pages
):
    async def scenario(process):
        *front, last = neighbours(3 * PAGE + 3)
        partition = prefix(Chat("shop", "7").partition)
        for chat_id in front:
            await aio(process.mailboxes._work.command, "SADD", partition + "suspended", f"shop:{chat_id}")
            await lost(process, chat_id, 10_000 + chat_id)
        await lost(process, last, 10_000 + last)
        await process.until(lambda: controlled.ended == ["hello"], "the last one to be found")
        return process.telegram.texts(last)

    assert play(controlled.router, scenario) == ["1 hello"]


def test_shr_h7_fenced_said_to_a_past_ownership_costs_one_chat_a_reload_and_nothing_else(play, controlled):
    async def scenario(process):
        await process.write(7, "one")
        await process.said(7, "1 one")
        process.chats.failed(process.chats.get(Chat("shop", "7")), Fenced("of the past", epoch=4))
        assert not process.chats.lost.is_set()
        await process.write(7, "two")
        await process.said(7, "1 one", "2 two")
        process.chats.failed(process.chats.get(Chat("shop", "7")), Fenced("of today", epoch=5))
        return process.chats.lost.is_set()

    assert play(controlled.router, scenario, epoch=5)
