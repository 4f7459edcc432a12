"""What must not wait does not: messages in the fast lane of a chat (conformance E: G10)."""

import asyncio
from dataclasses import replace
from functools import partial

import trio
from aiogram import Router
from aiogram.types import Message, PreCheckoutQuery
from pydantic_core import to_json

from mailroom.actors.runtime.bridge import aio
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Offer
from tests.actors.bot_process import FIRST_UPDATE_ID, QUICK, message, pre_checkout, too_many

ANN = Chat("shop", "7")
SLOW_CHATS = 300
ANSWERED_SECONDS = 1.0


def answers(telegram):
    return [
        args["pre_checkout_query_id"] for name, args in telegram.calls if name == "answerPreCheckoutQuery"
    ]


async def answered(process, telegram, *ids):
    """A checkout is answered before Telegram has given it up by far."""
    with trio.move_on_after(ANSWERED_SECONDS) as scope:
        while answers(telegram) != [str(one) for one in ids]:  # noqa: ASYNC110
            await trio.sleep(0.005)
    assert not scope.cancelled_caught, f"{answers(telegram)} within {ANSWERED_SECONDS} s"


def test_a_checkout_is_answered_while_slow_turns_of_other_chats_hold_all_slots(play, telegram):
    # Seen: 200 slow model calls, and the checkout of an idle chat passed Telegram's 10 s.
    router, free, slow = Router(), asyncio.Event(), []

    @router.message()
    async def think(message: Message) -> None:
        slow.append(message.chat.id)
        await free.wait()

    @router.pre_checkout_query()
    async def agree(query: PreCheckoutQuery) -> None:
        await query.answer(ok=True)

    async def scenario(process):
        for number in range(SLOW_CHATS):
            await process.write(1000 + number, "think")
        await process.until(lambda: len(slow) == process.chats.slots.total_tokens, "all slots to be taken")
        await process.offer(pre_checkout(7, FIRST_UPDATE_ID + SLOW_CHATS))
        await answered(process, telegram, FIRST_UPDATE_ID + SLOW_CHATS)
        free.set()
        await process.settled()

    play(router, scenario, policy=replace(QUICK, turns_max=200))
    assert len(slow) == SLOW_CHATS


def test_a_checkout_waits_for_no_handler_backoff_or_parking_of_its_chat(play, controlled, telegram):
    async def scenario(process):
        await process.write(7, "hold")
        await process.until(lambda: controlled.began)
        await process.offer(pre_checkout(7, FIRST_UPDATE_ID + 1))
        await answered(process, telegram, FIRST_UPDATE_ID + 1)
        controlled.failures["hold"] = 1
        controlled.let_go("hold")
        await process.until(lambda: process.chats.get(ANN)._pause.not_before, "the head to be put off")
        await process.offer(pre_checkout(7, FIRST_UPDATE_ID + 2))
        await answered(process, telegram, FIRST_UPDATE_ID + 1, FIRST_UPDATE_ID + 2)

    play(controlled.router, scenario, policy=replace(QUICK, backoff_seconds=60.0, backoff_max_seconds=60.0))


def test_a_checkout_that_another_process_took_in_is_seen_beside_a_slow_handler(play, controlled, telegram):
    # Seen: the worker read its mailbox only once the handler had come to its end.
    async def scenario(process):
        await process.write(7, "hold")
        await process.until(lambda: controlled.began)
        update_id = FIRST_UPDATE_ID + 1
        query = to_json(pre_checkout(7, update_id))
        offer = Offer(ANN, f"42.{update_id}", update_id, "pre_checkout_query", "checkout", "t", query, True)
        await aio(partial(process.mailboxes.accept, offer))
        process.chats.look_again(ANN)
        await answered(process, telegram, update_id)
        controlled.let_go("hold")
        await process.said(7, "1 hold")

    play(controlled.router, scenario)


def test_an_owner_that_was_taken_over_while_a_checkout_ran_beside_commits_nothing_more(play, telegram):
    # Seen: the refusal ended the nursery that all chats share, and with it the process.
    router, free, began = Router(), asyncio.Event(), []

    @router.message()
    async def slow(message: Message) -> None:
        began.append(message.text)
        await asyncio.Event().wait()

    @router.pre_checkout_query()
    async def agree(query: PreCheckoutQuery) -> None:
        began.append("pre_checkout")
        await free.wait()

    async def scenario(process):
        await process.write(7, "slow")
        await process.until(lambda: began)
        await process.offer(pre_checkout(7, FIRST_UPDATE_ID + 1))
        await process.until(lambda: "pre_checkout" in began)
        await aio(process.mailboxes.raise_fences, [ANN.partition], 2)
        free.set()
        await process.until(process.chats.lost.is_set, "the loss to be noticed")
        loaded = await aio(process.mailboxes.load, ANN, 2, 10)
        return len(loaded.box), len(loaded.expedited)

    assert play(router, scenario) == (1, 1)


def test_two_checkouts_of_a_chat_never_run_side_by_side_and_go_by_their_ids(play, telegram):
    # Seen: the second one overtook the first, and both wrote the state that they had read.
    router, free, at_it, began = Router(), asyncio.Event(), [], []

    @router.pre_checkout_query()
    async def agree(query: PreCheckoutQuery) -> None:
        at_it.append(query.id)
        began.append(query.id)
        assert at_it == [query.id]
        await free.wait()
        at_it.clear()

    @router.message()
    async def think(message: Message) -> None:
        await free.wait()

    async def scenario(process):
        await process.write(7, "think")
        await process.until(lambda: process.chats.get(ANN).busy)
        for more in (1, 4, 3, 2):
            await process.offer(pre_checkout(7, FIRST_UPDATE_ID + more))
        await process.until(lambda: began)
        await process.write(8, "a round through the loop")
        assert began == [str(FIRST_UPDATE_ID + 1)]
        free.set()
        await process.settled()

    play(router, scenario)
    assert began == [str(FIRST_UPDATE_ID + more) for more in (1, 2, 3, 4)]


def test_a_checkout_that_must_wait_holds_up_neither_its_chat_nor_the_next_checkout(
    play, controlled, telegram
):
    # Seen: its wait was noted as that of the chat, and after a restart the chat stood still for it.
    async def scenario(process):
        telegram.tell(too_many(40), method="answerPreCheckoutQuery")
        await process.offer(pre_checkout(7, FIRST_UPDATE_ID))
        await process.until(lambda: telegram.tried, "the first to be refused")
        await process.until(lambda: not process.chats.get(ANN).busy)
        parked = await aio(partial(process.mailboxes.load, ANN, 1, 10))
        assert parked.parked_until_ms == 0
        await process.offer(message(7, "one", FIRST_UPDATE_ID + 1))
        await process.until(lambda: telegram.texts(7) == ["1 one"])

    play(controlled.router, scenario)
