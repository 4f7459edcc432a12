"""What on-call does to a chat that is at work, with the real Redis."""

from dataclasses import replace

from aiogram import Router
from aiogram.types import Message

import mailroom.supervisors.chats.crashes
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.runtime.waiting import ReentrancyError
from mailroom.actors.turn import Turn
from mailroom.storage.redis.dead_letters import DeadLetters, Wanted
from mailroom.storage.redis.entry import Chat, prefix
from mailroom.storage.redis.suspensions import Suspensions
from mailroom.supervisors.chats.crashes import CRASHES_MAX
from mailroom.supervisors.chats.handle import Handle
from mailroom.supervisors.otp.spec import Backoff
from tests.actors.bot_process import QUICK

ANN = Chat("shop", "7")


def only(chat):
    return lambda other: other == chat


def test_mbx_p5_a_handler_that_waits_for_its_own_chat_gets_an_error_at_once(play, telegram):
    router, said = Router(), []

    async def scenario(process):
        @router.message()
        async def asks_itself(message: Message) -> None:
            try:
                await process.chats.run_in_line(ANN, nothing)
            except ReentrancyError as error:
                said.append(str(error))
            await message.answer("done")

        async def nothing() -> None: ...

        await process.write(7, "hi")
        await process.said(7, "done")

    play(router, scenario)
    assert said == ["a handler of shop:7 would wait for shop:7 to finish that very handler"]


def test_a_restarted_chat_leaves_its_handler_and_begins_the_message_anew(play, controlled, telegram):
    async def scenario(process):
        await process.write(7, "hold", "next")
        await process.write(8, "hold as well")
        await process.until(lambda: len(controlled.began) == 2)
        assert Handle(process.chats).restart(only(ANN)) == 1
        await process.until(lambda: controlled.began.count("hold") == 2, "the second attempt")
        assert controlled.began.count("hold as well") == 1
        controlled.let_go("hold")
        controlled.let_go("hold as well")
        await process.said(7, "1 hold", "2 next")

    play(controlled.router, scenario)
    assert (max(attempt for attempt, _ in controlled.turns), controlled.ended.count("hold")) == (2, 1)


def test_mbx_v7_a_drained_chat_commits_nothing_until_it_is_resumed(play, controlled, telegram):
    async def scenario(process):
        suspensions = Suspensions(process.mailboxes._work)
        await process.write(7, "hold", "next")
        await process.until(lambda: controlled.began)
        await aio(suspensions.put, f"chat/{ANN}", "ann", "to look")
        assert await Handle(process.chats).quiesce(only(ANN), 0.05) == 1, "it still runs"
        controlled.let_go("hold")
        assert await Handle(process.chats).quiesce(only(ANN), 5) == 0
        await process.write(7, "last")
        await process.write(8, "others")
        await process.until(lambda: "others" in controlled.ended)
        assert telegram.texts(7) == ["1 hold"]
        assert (await aio(process.mailboxes.load, ANN, 1, 10)).depth == 2
        await aio(suspensions.lift, f"chat/{ANN}")
        Handle(process.chats).reload(only(ANN))
        await process.said(7, "1 hold", "2 next", "3 last")

    play(controlled.router, scenario)


def test_a_message_on_call_skips_while_it_waits_for_its_next_attempt_is_not_begun_again(
    play, controlled, telegram
):
    async def scenario(process):
        letters = DeadLetters(process.mailboxes._work)
        controlled.failures["bad"] = 100
        await process.write(7, "bad", "good")
        await process.until(lambda: controlled.began.count("bad") == 1)
        (letter,) = await aio(letters.skip, ANN, None, "skipped by on-call: poison", "ann")
        Handle(process.chats).reload(only(ANN))
        await process.until(lambda: "good" in controlled.ended)
        assert controlled.began.count("bad") <= 2
        controlled.failures.clear()
        assert await aio(letters.requeue, letter) in ("requeued", "accepted")
        Handle(process.chats).reload(only(ANN))
        await process.said(7, "1 good", "2 bad")

    play(controlled.router, scenario, policy=replace(QUICK, backoff_seconds=0.3))


def test_a_requeued_message_has_the_effects_it_had_before(play, telegram):
    # Seen: the effect's name held the message's number in line, and a requeued order was placed twice.
    router, effects = Router(), []

    @router.message()
    async def places_an_order(message: Message, turn: Turn) -> None:
        effects.append(turn.effect_id("order"))
        await message.answer("placed")
        if len(effects) < 2:
            raise RuntimeError("after the effect")

    async def scenario(process):
        letters = DeadLetters(process.mailboxes._work)
        await process.write(7, "order")
        await process.until(lambda: effects)
        await process.settled()
        (letter,) = await aio(letters.find, Wanted(), 10)
        await aio(letters.requeue, letter.id)
        Handle(process.chats).reload(only(ANN))
        await process.until(lambda: len(effects) == 2)
        await process.settled()

    play(router, scenario, policy=replace(QUICK, attempts_max=1))
    assert effects[0] == effects[1]
    assert telegram.texts(7).count("placed") == 1, "the reply it had sent is not sent again"


def test_a_chat_whose_message_died_waits_for_on_call_where_its_bot_says_so(play, controlled, telegram):
    async def scenario(process):
        suspensions = Suspensions(process.mailboxes._work)
        controlled.failures["bad"] = 100
        await process.write(7, "bad", "good")
        await process.write(8, "others")
        await process.until(lambda: "others" in controlled.ended)
        await process.until(lambda: len(controlled.began) >= 4)
        held = await aio(suspensions.all)
        while not held:
            held = await aio(suspensions.all)
        assert list(held) == [f"chat/{ANN}"]
        assert held[f"chat/{ANN}"].who == "supervisor"
        assert "bad fails" in held[f"chat/{ANN}"].why
        assert "good" not in controlled.began
        await aio(suspensions.lift, f"chat/{ANN}")
        Handle(process.chats).reload(only(ANN))
        await process.until(lambda: "good" in controlled.ended)

    play(controlled.router, scenario, parks=True)


def test_a_chat_that_crashes_again_and_again_is_parked_and_comes_back_when_it_is_resumed(
    play,
    controlled,
    monkeypatch,
):
    monkeypatch.setattr(mailroom.supervisors.chats.crashes, "BACKOFF", Backoff(0.01, 0.01))
    parked = []

    async def scenario(process):
        async def park(chat, why):
            parked.append((chat, why))

        process.chats.crashes._park = park
        box = prefix(ANN.partition) + f"box:{ANN}"
        command = process.mailboxes._work.command
        await aio(command, "RPUSH", box, "not an entry")
        process.chats.wake(ANN)
        await process.until(lambda: parked, "the park")
        ((chat, why),) = parked
        assert (chat, why.split(":")[0]) == (ANN, f"crashed {CRASHES_MAX} times in a row")
        process.chats.wake(ANN)
        assert process.chats.get(ANN) is None
        assert Handle(process.chats).describe(ANN)["crashes"] == CRASHES_MAX
        await process.write(8, "others")
        await process.until(lambda: "others" in controlled.ended)
        await aio(command, "DEL", box)
        Handle(process.chats).forgive(only(ANN))
        await process.write(7, "hello")
        await process.until(lambda: "hello" in controlled.ended)

    play(controlled.router, scenario)
