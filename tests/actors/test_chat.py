"""How a chat works through its mailbox (conformance B: Own, Process, Flow, Operate), with the real Redis."""

import json
import time
from dataclasses import replace
from functools import partial

import pytest
import trio
from aiogram import Bot, Router
from aiogram.types import Message

from mailroom.actors.hosting.events import ChatEvent, chat_event
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.turn import Turn
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis.dead_letters import DeadLetters, Wanted
from mailroom.storage.redis.entry import PARTITIONS, Chat, prefix
from mailroom.supervisors.timers import run_once
from tests.actors.bot_process import FIRST_UPDATE_ID, QUICK, message, pre_checkout
from tests.actors.test_replies import counter_bot

ANN = Chat("shop", "7")


async def dead_letters(process):
    answer = await aio(process.mailboxes._work.command, "HVALS", prefix(ANN.partition) + "dead")
    return [json.loads(letter) for letter in answer]


async def suspended(process, whom, *, yes=True):
    for number in range(PARTITIONS):
        await aio(
            process.mailboxes._work.command, "SADD" if yes else "SREM", prefix(number) + "suspended", whom
        )


# Own


def test_mbx_o1_an_owner_that_was_taken_over_commits_nothing_more(play, controlled, telegram):
    async def scenario(process):
        await process.write(7, "hold", "next")
        await process.until(lambda: controlled.began)
        await aio(process.mailboxes.raise_fences, [ANN.partition], 2)
        controlled.let_go("hold")
        await process.until(process.chats.lost.is_set, "the loss to be noticed")
        return (await aio(process.mailboxes.load, ANN, 2, 10)), controlled.began

    loaded, began = play(controlled.router, scenario)
    assert [json.loads(entry.payload)["message"]["text"] for entry in loaded.box] == ["hold", "next"]
    assert loaded.state == {}
    assert began == ["hold"]


def test_mbx_o1_an_owner_that_was_taken_over_tells_the_user_nothing_of_it(play, telegram):
    # Seen: the refused record of a reply counted as the handler's failure, and an apology went out.
    router = Router()

    @router.message()
    async def answers_twice(message: Message) -> None:
        await message.answer("first")
        await message.answer("second")

    async def scenario(process):
        telegram.tell(lambda: process.mailboxes.raise_fences([ANN.partition], 2), text="first")
        await process.write(7, "hi")
        await process.until(process.chats.lost.is_set, "the loss to be noticed")

    play(router, scenario, policy=replace(QUICK, attempts_max=1))
    assert telegram.texts() == ["first"]


def test_mbx_o2_an_owner_whose_lease_ran_out_writes_nothing(play, controlled):
    async def scenario(process):
        await process.write(7, "hold")
        await process.until(lambda: controlled.began)
        process.ownership.over = True
        controlled.let_go("hold")
        await process.until(process.chats.lost.is_set)
        return await aio(process.mailboxes.load, ANN, 1, 10)

    assert play(controlled.router, scenario).depth == 1


def test_mbx_o4_a_handler_has_a_deadline(play, controlled, telegram):
    async def scenario(process):
        await process.write(7, "hold", "next")
        await process.until(lambda: "next" in controlled.ended)
        (letter,) = await dead_letters(process)
        assert letter["error"].startswith("HandlerTimeoutError")

    play(controlled.router, scenario, policy=replace(QUICK, handler_timeout_seconds=0.1, attempts_max=1))


# Process


def test_mbx_p1_the_next_message_does_not_begin_before_the_first_is_committed(play, controlled):
    async def scenario(process):
        await process.write(7, "hold", "next")
        await process.until(lambda: controlled.began)
        await process.write(8, "meanwhile, elsewhere")
        await process.until(lambda: "meanwhile, elsewhere" in controlled.ended)
        assert controlled.began == ["hold", "meanwhile, elsewhere"]
        controlled.let_go("hold")
        await process.said(7, "1 hold", "2 next")

    play(controlled.router, scenario)


def test_mbx_p1_nor_while_the_first_waits_for_its_next_attempt(play, controlled):
    controlled.failures["bad"] = 2

    async def scenario(process):
        await process.write(7, "bad", "next")
        await process.said(7, "1 bad", "2 next")
        assert controlled.began == ["bad", "bad", "bad", "next"]

    play(controlled.router, scenario)


def test_mbx_p2_state_and_message_are_committed_together_and_a_failed_attempt_leaves_no_state(
    play, controlled
):
    controlled.failures["bad"] = 1

    async def scenario(process):
        await process.write(7, "bad")
        await process.said(7, "1 bad")
        assert json.loads(next(iter((await process.state(7)).values()))) == {"n": 1}

    play(controlled.router, scenario)


def test_mbx_p2_no_wake_up_is_lost_between_the_last_message_and_idle(play):
    async def scenario(process):
        for number in range(60):
            await process.write(7, str(number))
            await trio.sleep(0.0005 * (number % 7))
        await process.until(lambda: len(process.telegram.texts(7)) == 120)

    play(counter_bot(), scenario)


def test_mbx_p3_a_retry_blocks_only_its_own_chat(play, controlled):
    controlled.failures["bad"] = 1

    async def scenario(process):
        await process.write(7, "bad")
        await process.until(lambda: "bad" in controlled.began)
        await process.write(8, "quick")
        await process.until(lambda: "quick" in controlled.ended)
        assert controlled.began == ["bad", "quick"]

    play(controlled.router, scenario, policy=replace(QUICK, backoff_seconds=60.0, backoff_max_seconds=60.0))


def test_mbx_p3_a_retry_waits_longer_each_time(play, controlled):
    controlled.failures["bad"] = 2
    moments = []

    async def scenario(process):
        for attempt in (1, 2, 3):
            if attempt == 1:
                await process.write(7, "bad")
            await process.until(lambda wanted=attempt: len(controlled.began) >= wanted)
            moments.append(trio.current_time())
        await process.said(7, "1 bad")

    play(controlled.router, scenario, policy=replace(QUICK, backoff_seconds=0.2, backoff_max_seconds=5))
    assert moments[1] - moments[0] >= 0.15
    assert moments[2] - moments[1] >= 0.35


def test_mbx_p3_a_message_that_ends_the_process_each_time_becomes_a_dead_letter(play, controlled, telegram):
    async def dies(process):
        if process.ownership.number == 1:
            await process.write(7, "hold", "next")
        await process.until(lambda: len(controlled.began) == process.ownership.number)

    async def buries(process):
        await process.until(lambda: "next" in controlled.ended)
        await process.settled()
        (letter,) = await dead_letters(process)
        assert letter["error"].startswith("ProcessDiedError")
        assert letter["attempts"] == 4

    for epoch in (1, 2, 3):
        play(controlled.router, dies, epoch=epoch)
    play(controlled.router, buries, epoch=4)
    assert controlled.began == ["hold", "hold", "hold", "next"]


def test_three_restarts_that_cut_a_slow_handler_off_make_no_dead_letter(play, controlled, telegram):
    """Each update of the service drained for its time and then cancelled: that was counted as an attempt."""

    async def drains(process):
        if process.ownership.number == 1:
            await process.write(7, "hold")
        await process.until(lambda: len(controlled.began) == process.ownership.number)
        await process.chats.drain()
        process.chats._nursery.cancel_scope.cancel()
        await trio.sleep_forever()

    async def goes_on(process):
        controlled.let_go("hold")
        await process.said(7, "1 hold")
        return await dead_letters(process)

    for epoch in (1, 2, 3, 4):
        play(controlled.router, drains, epoch=epoch, policy=replace(QUICK, drain_seconds=0.05))
    assert play(controlled.router, goes_on, epoch=5) == []
    assert [attempt for attempt, _ in controlled.turns] == [1] * 5


def test_an_owner_past_its_time_asks_the_fence_before_each_call(play, controlled, telegram):
    async def scenario(process):
        await process.write(7, "hold")
        await process.until(lambda: controlled.began)
        process.ownership.in_doubt = True
        controlled.let_go("hold")
        await process.said(7, "1 hold")
        await process.write(8, "the fence stands")
        await process.said(8, "1 the fence stands")
        await process.write(9, "hold 9")
        await process.until(lambda: len(controlled.began) == 3)
        await aio(partial(process.mailboxes.raise_fences, [Chat("shop", "9").partition], 2))
        controlled.let_go("hold 9")
        await process.until(process.chats.lost.is_set, "the loss to be noticed")

    play(controlled.router, scenario)
    assert telegram.texts(9) == []


def test_mbx_p4_after_the_last_attempt_there_is_a_dead_letter_an_apology_and_the_next_message(
    play, controlled, telegram
):
    controlled.failures["bad"] = 99

    async def scenario(process):
        await process.write(7, "bad", "next")
        await process.until(lambda: "next" in controlled.ended)
        await process.settled()
        return await dead_letters(process)

    (letter,) = play(controlled.router, scenario)
    assert letter["attempts"] == 3
    assert letter["epoch"] == 1
    assert "RuntimeError: bad fails" in letter["traceback"]
    assert json.loads(letter["payload"])["message"]["text"] == "bad"
    assert letter["trace"] == controlled.turns[0][1]
    apology, answer = telegram.texts(7)
    assert apology.startswith("Something went wrong")
    assert answer == "1 next", "what the dead message wrote is forgotten"


class Mute(Exception):  # noqa: N818 - an error of somebody else's
    def __str__(self):
        raise RuntimeError("not my text")

    __repr__ = __str__


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (Mute(), "Mute: <Mute whose text cannot be had: RuntimeError>"),
        (ValueError("cut \ud83d off"), "ValueError: cut \N{REPLACEMENT CHARACTER} off"),
        (ValueError("a\0b"), "ValueError: a\N{REPLACEMENT CHARACTER}b"),
        (ValueError("x" * 100_000), f"ValueError: {'x' * 1000} … {'x' * 1000}"),
    ],
    ids=["refuses to be told", "half a surrogate pair", "NUL", "long"],
)
def test_an_error_that_cannot_be_told_or_kept_is_a_dead_letter_and_the_chat_goes_on(
    play, telegram, error, kept
):
    router = Router()

    @router.message()
    async def handle(message: Message) -> None:
        if message.text == "bad":
            await message.answer("once")
            raise error
        await message.answer(f"{message.text}!")

    async def scenario(process):
        await process.write(7, "bad", "next")
        await process.until(lambda: "next!" in telegram.texts(7))
        await process.settled()
        line = process.mailboxes._work
        (letter,) = await aio(DeadLetters(line).find, Wanted(), 10)
        assert await aio(DeadLetters(line).requeue, letter.id) == "requeued"
        return letter

    letter = play(router, scenario, parks=False)
    assert letter.error == kept
    assert "in handle" in letter.traceback
    assert [text[:4] for text in telegram.texts(7)] == ["once", "Some", "next"]


def test_mbx_p6_a_new_owner_reads_what_the_old_one_committed(play, telegram):
    async def before(process):
        await process.write(7, "x")
        await process.said(7, "1 x a", "1 x b")

    async def after(process):
        await process.write(7, "y")
        await process.until(lambda: "2 y b" in telegram.texts())

    play(counter_bot(), before)
    play(counter_bot(), after, epoch=2, first_update_id=FIRST_UPDATE_ID + 10)


# Flow


def test_mbx_f2_a_flooded_chat_lets_the_others_have_their_turns(play, controlled, telegram):
    async def scenario(process):
        await process.write(7, *(str(number) for number in range(60)))
        await process.until(lambda: controlled.began)
        done_by_then = len(controlled.began)
        await process.write(8, "quiet")
        await process.until(lambda: len(controlled.ended) == 61)
        return controlled.began.index("quiet") - done_by_then

    passed_over = play(controlled.router, scenario, policy=replace(QUICK, turns_max=1, quantum=4))
    # Two chats with a quantum of four each, and what began while the message was on its way.
    assert passed_over <= 2 * 4 + 4


def test_mbx_f3_the_chats_in_memory_are_bounded_and_none_of_the_others_is_forgotten(play, controlled):
    async def scenario(process):
        most = 0
        for chat_id in range(1, 13):
            await process.write(chat_id, f"of {chat_id}")
            most = max(most, len(process.chats.residents))
        await process.until(lambda: len(controlled.ended) == 12, "everybody to be served")
        return max(most, len(process.chats.residents))

    assert play(controlled.router, scenario, policy=replace(QUICK, resident_max=3)) <= 3


def test_mbx_f3_an_idle_chat_leaves_memory_and_comes_back_with_its_state(play, controlled):
    async def scenario(process):
        await process.write(7, "one")
        await process.said(7, "1 one")
        await process.until(lambda: len(process.chats.residents) == 0, "the chat to leave memory")
        await process.write(7, "two")
        await process.said(7, "1 one", "2 two")

    play(controlled.router, scenario, policy=replace(QUICK, idle_seconds=0.05))


def test_mbx_f3_a_message_longer_in_line_than_the_window_is_not_lost(play, controlled):
    async def scenario(process):
        await process.write(7, "hold", *(str(number) for number in range(30)))
        controlled.let_go("hold")
        await process.until(lambda: len(controlled.ended) == 31)
        assert controlled.ended == ["hold", *(str(number) for number in range(30))]

    play(controlled.router, scenario, policy=replace(QUICK, window=4))


def test_mbx_f4_after_the_traffic_the_store_holds_what_it_held_before(play, controlled):
    async def scenario(process):
        controlled.failures["bad"] = 1
        await process.write(7, "a", "bad", "b")
        await process.until(lambda: len(controlled.ended) == 3)
        await process.settled()
        keys = await aio(process.mailboxes._work.command, "KEYS", "mailroom:*")
        names = {key.decode().split(":", 2)[2].split(":")[0] for key in keys}
        assert names <= {"fence", "seen", "seq", "state"}

    play(controlled.router, scenario)


# Operate


@pytest.mark.parametrize("whom", ["shop:7", "shop", "*"])
def test_mbx_x1_a_suspended_chat_waits_and_goes_on_in_order_when_resumed(play, controlled, whom):
    async def scenario(process):
        await suspended(process, whom)
        await process.write(7, "one", "two")
        process.chats.wake(ANN)
        await process.until(lambda: process.chats.get(ANN).suspended)
        assert controlled.began == []
        await suspended(process, whom, yes=False)
        process.chats.wake(ANN, reload=True)
        await process.said(7, "1 one", "2 two")

    play(controlled.router, scenario)


def test_mbx_x1_a_suspension_outlives_the_process(play, controlled):
    async def before(process):
        await suspended(process, "shop:7")
        await process.write(7, "one")

    async def after(process):
        await process.until(lambda: process.chats.get(ANN) and process.chats.get(ANN).suspended)
        assert controlled.began == []
        await suspended(process, "shop:7", yes=False)
        process.chats.wake(ANN, reload=True)
        await process.said(7, "1 one")

    play(controlled.router, before)
    play(controlled.router, after, epoch=2)


def test_mbx_x4_a_drain_finishes_what_runs_and_begins_nothing(play, controlled, telegram):
    async def scenario(process):
        await process.write(7, "hold", "next")
        await process.until(lambda: controlled.began)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(process.chats.drain)
            await process.until(lambda: process.chats.draining)
            controlled.let_go("hold")
        assert controlled.ended == ["hold"]
        assert (await aio(process.mailboxes.load, ANN, 1, 10)).depth == 1

    play(controlled.router, scenario)
    assert controlled.began == ["hold"]


def test_mbx_x5_a_timer_set_by_a_handler_comes_through_the_mailbox_after_a_restart(play, telegram):
    router = Router()

    @router.message()
    async def remind_me(message: Message, turn: Turn) -> None:
        turn.set_timer("reminder", int(time.time() * 1000) - 1, "buy milk")
        await message.answer("will do")

    @chat_event(router, "reminder")
    async def remind(event: ChatEvent, bot: Bot) -> None:
        await bot.send_message(event.chat_id, event.data)

    async def before(process):
        await process.write(7, "remind me")
        await process.said(7, "will do")

    async def after(process):
        assert await run_once(process.chats) == 1
        await process.said(7, "will do", "buy milk")
        assert await run_once(process.chats) == 0

    play(router, before)
    play(router, after, epoch=2)


def test_mbx_x6_the_trace_id_of_the_accept_is_the_handlers_also_after_a_restart(play, controlled):
    async def before(process):
        await process.write(7, "hold")
        await process.until(lambda: controlled.began)
        return (await aio(process.mailboxes.load, ANN, 1, 1)).box[0].trace

    async def after(process):
        await process.until(lambda: len(controlled.began) == 2)

    trace = play(controlled.router, before)
    play(controlled.router, after, epoch=2)
    assert len(trace) >= 16
    assert [seen for _, seen in controlled.turns] == [trace, trace]


# Accidents


def test_a_message_read_from_the_mailbox_before_its_arrival_was_told_is_handled_once(
    play, controlled, telegram
):
    # Seen: accepted and read in the same moment, it stood in the window twice: every reply was doubled.
    async def scenario(process):
        await process.write(7, "hold")
        await process.until(lambda: controlled.began)
        told, process.intake._arrived = process.intake._arrived, lambda *told: late.append(told)
        late = []
        await process.write(7, "two")
        process.chats.wake(ANN, reload=True)
        controlled.let_go("hold")
        await process.until(lambda: "two" in controlled.began)
        for chat, receipt in late:
            told(chat, receipt)
        await process.said(7, "1 hold", "2 two")
        await process.write(8, "a round through the loop")
        await process.until(lambda: "a round through the loop" in controlled.ended)

    play(controlled.router, scenario)
    assert controlled.began.count("two") == 1


def test_an_expedited_query_overtakes_a_slow_handler_and_counts_no_attempt_at_its_message(play, controlled):
    # Seen: the commit of the query counted an attempt at the message being handled, whose next attempt then
    # began with a journal from before its replies.
    async def scenario(process):
        await process.write(7, "hold")
        await process.until(lambda: controlled.began)
        await process.offer(pre_checkout(7, FIRST_UPDATE_ID + 1))
        await process.until(lambda: "pre_checkout" in controlled.began, "the query to overtake")
        actor = process.chats.get(ANN)
        await process.until(lambda: len(actor.window.running) == 1)
        tries = await aio(process.mailboxes._work.command, "HVALS", prefix(ANN.partition) + f"tries:{ANN}")
        assert [one.split()[0] for one in tries] == [b"1"]
        controlled.let_go("hold")
        await process.said(7, "1 hold")

    play(controlled.router, scenario)


def test_a_message_whose_accept_got_no_answer_is_handled_before_the_one_after_it(play, controlled):
    # Seen: Redis was killed after it had stored a message and before it said so; the chat went on without it.
    async def scenario(process):
        await process.write(7, "hold")
        await process.until(lambda: controlled.began)
        real = process.mailboxes.accept

        async def stored_but_not_told(*args, **options):
            await real(*args, **options)
            raise StoreUnavailable("killed")

        process.mailboxes.accept = stored_but_not_told
        with pytest.raises(StoreUnavailable):
            await process.offer(message(7, "two", FIRST_UPDATE_ID + 1))
        process.mailboxes.accept = real
        assert await process.offer(message(7, "two", FIRST_UPDATE_ID + 1)) == "duplicate"
        await process.offer(message(7, "three", FIRST_UPDATE_ID + 2))
        controlled.let_go("hold")
        await process.said(7, "1 hold", "2 two", "3 three")

    play(controlled.router, scenario)
