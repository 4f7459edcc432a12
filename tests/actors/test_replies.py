"""What a chat hears: in order, once, and when Telegram lets it (conformance B, Replies)."""

import asyncio
import time

import pytest
import trio
from aiogram import Bot, Router
from aiogram.exceptions import TelegramForbiddenError
from aiogram.fsm.context import FSMContext
from aiogram.types import Message, PreCheckoutQuery
from prometheus_client import REGISTRY
from pydantic_core import to_json

from mailroom.actors.policy import Policy
from mailroom.actors.runtime.bridge import aio
from tests.actors.bot_process import FIRST_UPDATE_ID, LostAnswer, pre_checkout, refusal, too_many

BLOCKED = refusal(403, "Forbidden: bot was blocked by the user")


def count_of(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, {"bot": "shop", **labels}) or 0.0


def counter_bot() -> Router:
    router = Router()

    @router.message()
    async def count(message: Message, state: FSMContext) -> None:
        number = (await state.get_data()).get("n", 0) + 1
        await state.update_data(n=number)
        await message.answer(f"{number} {message.text} a")
        await message.answer(f"{number} {message.text} b")

    return router


def test_reply_r1_calls_go_out_while_the_handler_runs_with_real_results(play, telegram):
    router, seen = Router(), []

    @router.message()
    async def answer(message: Message) -> None:
        first = await message.answer("please wait")
        seen.append((first.message_id, telegram.texts()))
        await first.edit_text("done")

    async def scenario(process):
        await process.write(7, "hi")
        await process.said(7, "please wait", "done")

    play(router, scenario)
    assert seen == [(1, ["please wait"])]
    assert telegram.calls[1][1]["message_id"] == 1


def test_reply_r1_replies_follow_the_order_of_messages(play):
    async def scenario(process):
        await process.write(7, *"xyz")
        await process.said(7, "1 x a", "1 x b", "2 y a", "2 y b", "3 z a", "3 z b")

    play(counter_bot(), scenario)


def test_reply_r2_a_retry_gets_recorded_results_instead_of_sending_again(play, telegram):
    router, ids = Router(), []

    @router.message()
    async def fails_once(message: Message) -> None:
        ids.append((await message.answer("first")).message_id)
        if len(ids) == 1:
            raise RuntimeError("after the first answer")
        await message.answer("second")

    async def scenario(process):
        await process.write(7, "hi")
        await process.said(7, "first", "second")

    replayed = count_of("mailroom_journal_replayed_total")
    play(router, scenario)
    assert ids == [1, 1]
    assert count_of("mailroom_journal_replayed_total") == replayed + 1


def test_reply_r2_a_new_process_gets_what_the_old_one_recorded(play, telegram):
    router, hold = Router(), []

    @router.message()
    async def waits_once(message: Message) -> None:
        await message.answer("first")
        if not hold:
            hold.append(1)
            await asyncio.Event().wait()
        await message.answer("second")

    async def crash(process):
        await process.write(7, "hi")
        await process.until(lambda: hold)

    async def restart(process):
        await process.said(7, "first", "second")

    play(router, crash)
    play(router, restart, epoch=2)


def test_reply_r2_only_a_call_whose_answer_was_lost_is_doubled_and_it_is_counted(play, telegram):
    ambiguous = count_of("mailroom_journal_ambiguous_total")

    async def scenario(process):
        telegram.tell(LostAnswer, text="1 hi b")
        await process.write(7, "hi")
        await process.said(7, "1 hi a", "1 hi b", "1 hi b")

    play(counter_bot(), scenario, policy=Policy(backoff_max_seconds=0.05))
    assert count_of("mailroom_journal_ambiguous_total") == ambiguous + 1


def test_reply_r2_neither_an_apology_nor_a_call_made_for_the_first_time_is_counted_as_doubled(play):
    """Every dead letter's apology was counted, so nobody could believe the number."""
    ambiguous = count_of("mailroom_journal_ambiguous_total")
    router, attempts = Router(), []

    @router.message()
    async def fails_before_it_speaks(message: Message) -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise ValueError("before the first call")
        await message.answer("for the first time")
        raise ValueError("after it")

    async def scenario(process):
        await process.write(7, "hi")
        await process.until(lambda: len(process.telegram.texts(7)) == 2)

    play(router, scenario, policy=Policy(backoff_max_seconds=0.05, backoff_seconds=0.01))
    assert len(attempts) == Policy().attempts_max
    assert count_of("mailroom_journal_ambiguous_total") == ambiguous


def test_reply_r3_a_replay_that_takes_another_path_sends_anew_and_is_counted(play):
    router, attempts = Router(), []

    @router.message()
    async def changes_its_mind(message: Message) -> None:
        attempts.append(1)
        await message.answer(f"attempt {len(attempts)}")
        if len(attempts) == 1:
            raise RuntimeError

    async def scenario(process):
        await process.write(7, "hi")
        await process.said(7, "attempt 1", "attempt 2")

    diverged = count_of("mailroom_journal_diverged_total")
    play(router, scenario)
    assert count_of("mailroom_journal_diverged_total") == diverged + 1


def test_reply_r4_a_short_429_is_waited_for_and_keeps_the_order(play, telegram):
    async def scenario(process):
        telegram.tell(too_many(0.3), text="1 x b")
        await process.write(7, "x", "y")
        await process.write(8, "other")
        await process.until(lambda: telegram.texts(8) == ["1 other a", "1 other b"])
        others_done = telegram.tried[-1][2]
        await process.said(7, "1 x a", "1 x b", "2 y a", "2 y b")
        assert others_done < next(at for _, args, at in telegram.tried if args["text"] == "2 y a")

    play(counter_bot(), scenario)
    tries = [at for _, args, at in telegram.tried if args["text"] == "1 x b"]
    assert len(tries) == 2
    assert tries[1] - tries[0] >= 0.29  # the loop counts in whole milliseconds


def test_reply_r4_a_long_429_ends_the_turn_and_nothing_that_was_said_is_said_again(
    play, telegram, monkeypatch
):
    # Seen: with the attempt taken back, the replay got an empty journal and repeated the first answer.
    monkeypatch.setattr("mailroom.actors.hosting.session.INLINE_WAIT_SECONDS", 0.1)

    async def scenario(process):
        telegram.tell(too_many(0.4), text="1 x b")
        await process.write(7, "x")
        await process.said(7, "1 x a", "1 x b")

    play(counter_bot(), scenario)
    tries = [at for _, args, at in telegram.tried if args["text"] == "1 x b"]
    assert tries[1] - tries[0] >= 0.39


def test_reply_r4_a_wait_is_not_an_attempt(play, telegram, monkeypatch):
    monkeypatch.setattr("mailroom.actors.hosting.session.INLINE_WAIT_SECONDS", 0.05)

    async def scenario(process):
        for _ in range(5):
            telegram.tell(too_many(0.1), text="1 x a")
        await process.write(7, "x")
        await process.said(7, "1 x a", "1 x b")

    play(counter_bot(), scenario)


def test_reply_r4_the_wait_survives_a_restart(play, telegram, monkeypatch):
    monkeypatch.setattr("mailroom.actors.hosting.session.INLINE_WAIT_SECONDS", 0.1)

    async def before(process):
        telegram.tell(too_many(1), text="1 x a")
        await process.write(7, "x")
        await process.until(lambda: process.chats.get(("shop", "7")) and telegram.tried)
        parked = lambda: process.chats.get(("shop", "7"))._pause.not_before > 0  # noqa: E731
        await process.until(parked)

    async def after(process):
        await process.said(7, "1 x a", "1 x b")

    play(counter_bot(), before)
    play(counter_bot(), after, epoch=2)
    refused, again = [at for _, args, at in telegram.tried if args["text"] == "1 x a"]
    assert again - refused >= 0.95


def test_reply_r4_two_chats_refused_within_a_second_park_the_whole_bot(play, telegram):
    async def scenario(process):
        for chat_id in (7, 8):
            telegram.tell(too_many(0.5), chat_id=chat_id)
        await process.write(7, "x")
        await process.write(8, "x")
        await process.until(lambda: len(telegram.tried) == 2)
        await process.write(9, "y")
        await process.until(lambda: len(telegram.texts()) == 6)

    play(counter_bot(), scenario)
    third = next(at for _, args, at in telegram.tried if args["chat_id"] == 9)
    assert third - telegram.tried[1][2] >= 0.45


def poster(channel: object) -> Router:
    """A bot that posts for its chats to a channel, and then answers them."""
    router = Router()

    @router.message()
    async def post(message: Message, bot: Bot) -> None:
        if message.text == "post":
            await bot.send_message(channel, f"from {message.chat.id}")
        await message.answer("done")

    return router


def test_reply_r4_two_chats_that_post_to_one_channel_silence_no_third(play, telegram):
    # Seen: the 429 of @news was booked on the chats whose handlers had posted; two of them parked the bot.
    async def scenario(process):
        for _ in range(2):
            telegram.tell(too_many(1), chat_id="@News")
        await process.write(7, "post")
        await process.write(8, "post")
        await process.until(lambda: len(telegram.tried) == 2, "both refused")
        await process.write(9, "hello")
        await process.until(lambda: telegram.texts(9) == ["done"])
        assert telegram.texts(7) == telegram.texts(8) == []
        await process.settled()

    play(poster("@News"), scenario)
    refused, third = telegram.tried[1][2], next(at for _, args, at in telegram.tried if args["chat_id"] == 9)
    assert third - refused < 0.9


def test_reply_r4_the_answer_to_a_post_by_name_tells_the_id(play, telegram):
    router = Router()

    @router.message()
    async def post(message: Message, bot: Bot) -> None:
        await bot.send_message("@News" if message.text == "by name" else -100, f"{message.text}")

    channel = {"id": -100, "type": "channel", "title": "News", "username": "News"}
    posted = {"ok": True, "result": {"message_id": 1, "date": 1, "chat": channel, "text": "by name"}}

    async def scenario(process):
        telegram.tell((200, to_json(posted)), text="by name")
        await process.write(7, "by name")
        await process.until(lambda: telegram.tried)
        await process.settled()
        telegram.tell(too_many(0.5), chat_id=-100)
        telegram.tell(too_many(0.5), chat_id="@News")
        await process.write(7, "by id")
        await process.until(lambda: len(telegram.tried) == 2, "refused by id")
        await process.write(8, "by name")
        await process.write(9, "by id")
        await process.until(lambda: len(telegram.tried) == 3)

    play(router, scenario)
    assert telegram.tried[2][2] - telegram.tried[1][2] >= 0.49, (
        "it waited, though it was called by another name"
    )


def test_reply_r4_the_wait_of_a_target_survives_a_process_that_was_killed_in_it(play, telegram):
    # Seen: only the chat whose handler had called came back as waiting; others posted into the wait at once.
    async def before(process):
        telegram.tell(too_many(1.5), chat_id="@news")
        await process.write(7, "post")
        await process.until(lambda: telegram.tried)
        key = b"mailroom:bot:shop:parked_targets"
        while not await aio(process.mailboxes._work.command, "ZCARD", key):  # noqa: ASYNC110
            await trio.sleep(0.01)

    async def after(process):
        await process.write(8, "post")
        await process.until(lambda: len(telegram.texts("@news")) == 2)
        await process.settled()

    play(poster("@news"), before)
    play(poster("@news"), after, epoch=2, first_update_id=FIRST_UPDATE_ID + 10)
    first, *again = [at for _, args, at in telegram.tried if args["chat_id"] == "@news"]
    assert min(again) - first >= 1.4


def test_reply_r5_a_permanent_refusal_reaches_the_handler_as_aiograms_own_exception(play, telegram):
    router, caught = Router(), []

    @router.message()
    async def asks(message: Message) -> None:
        try:
            await message.answer("hello?")
        except TelegramForbiddenError as error:
            caught.append(error)

    async def scenario(process):
        telegram.tell(BLOCKED, chat_id=7)
        await process.write(7, "hi")
        await process.until(lambda: caught)
        await process.settled()

    play(router, scenario)
    assert len(caught) == 1


@pytest.mark.parametrize("refused", [BLOCKED, refusal(400, "Bad Request: chat not found")])
def test_reply_r5_unhandled_it_is_counted_not_retried_and_the_chat_goes_on(play, telegram, refused):
    async def scenario(process):
        telegram.tell(refused, text="1 x a")
        await process.write(7, "x", "y")
        await process.said(7, "2 y a", "2 y b")
        assert not await _dead_letters(process)

    before = count_of("mailroom_messages_handled_total", verdict="refused")
    play(counter_bot(), scenario)
    assert [args["text"] for _, args, _ in telegram.tried] == ["1 x a", "2 y a", "2 y b"]
    assert count_of("mailroom_messages_handled_total", verdict="refused") == before + 1


@pytest.mark.parametrize(
    "words", ["message is not modified", "message to delete not found", "not enough rights to pin a message"]
)
def test_reply_r5_what_was_written_before_a_refusal_is_kept_as_stock_keeps_it(play, telegram, words):
    # Seen: a second tap on the same button ("message is not modified") silently undid the step it was for.
    router, after = Router(), []

    @router.message()
    async def step(message: Message, state: FSMContext) -> None:
        after.append(await state.get_data())
        await state.update_data({message.text or "": len(after)})
        await message.answer(f"step {message.text}")

    async def scenario(process):
        telegram.tell(refusal(400, f"Bad Request: {words}"), text="step one")
        await process.write(7, "one", "two")
        await process.said(7, "step two")
        assert not await _dead_letters(process)

    play(router, scenario)
    assert after == [{}, {"one": 1}]


async def _dead_letters(process):
    from mailroom.storage.redis.entry import Chat, prefix

    return await aio(process.mailboxes._work.command, "HLEN", prefix(Chat("shop", "7").partition) + "dead")


def test_reply_r6_answers_that_cannot_wait_do_not_wait(play, telegram):
    router, took = Router(), []

    @router.pre_checkout_query()
    async def agree(query: PreCheckoutQuery) -> None:
        started = time.monotonic()
        await query.answer(ok=True)
        took.append(time.monotonic() - started)

    @router.message()
    async def hello(message: Message) -> None:
        await message.answer("hello")

    async def scenario(process):
        telegram.tell(too_many(1), text="hello")
        await process.write(7, "hi")
        await process.until(lambda: telegram.tried)
        await process.offer(pre_checkout(7, FIRST_UPDATE_ID + 50))
        await process.until(lambda: took)
        assert telegram.texts() == []
        await process.said(7, "hello")

    play(router, scenario)
    assert took[0] < 0.9, "what waits does so for a second"
