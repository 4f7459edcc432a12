"""Parts that come torn, late, beside others and by the thousand (conformance E, G1-G3, G5, G6, G8)."""

import gc
import random

import pytest
import trio
from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from mailroom.actors import running
from mailroom.actors.group import Group
from mailroom.actors.policy import Policy
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.turn import Turn
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.dead_letters import DeadLetters, Wanted
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.suspensions import Suspensions
from tests.actors.bot_process import FIRST_UPDATE_ID, message
from tests.actors.photos import SlowTelegram, album, keys_left, offer_all, photo, tap
from tests.actors.test_replies import count_of
from tests.compat.bots.albums import IDIOMS, FirstGoesOn

FIRST = FIRST_UPDATE_ID
ANN = Chat("shop", "7")
LATE_PARTS = "mailroom_album_parts_late_total"
TOO_LATE_SECONDS = 0.7
ALBUMS = 1000
CONNECTIONS = 40
"""Telegram's own number: it sends the next part of a chat on one of these once the one before is answered."""


@pytest.fixture
def telegram():
    return SlowTelegram()


def naming(*, fails=0):
    """A collector whose answer says which photos it has."""
    router, failures = Router(), [None] * fails
    router.message.middleware(FirstGoesOn())

    @router.message(F.photo)
    async def handle(part: Message, album: list | None = None) -> None:
        if failures:
            failures.pop()
            raise RuntimeError("as arranged")
        photos = sorted(one.message_id - FIRST for one in album or [part])
        await part.answer(" ".join(map(str, photos)))

    @router.message(F.text)
    async def said(heard: Message) -> None:
        await heard.answer(heard.text or "")

    @router.callback_query()
    async def tapped(query: CallbackQuery) -> None:
        await query.bot.send_message(query.from_user.id, "tapped")

    return router


def told_by_another_process(process):
    """As a `worker` beside a `web`: it hears that something has come, and not what."""
    process.intake._arrived = lambda chat, _receipt: process.chats.look_again(chat)
    process.intake._eager = lambda *_: None


@pytest.fixture(params=["one process", "two processes"])
def shaped(request):
    return told_by_another_process if request.param == "two processes" else lambda _process: None


@pytest.mark.parametrize("seed", range(4))
def test_g2_parts_that_come_apart_are_each_in_one_album_and_in_their_order(play, telegram, shaped, seed):
    chance = random.Random(seed)
    gaps = [chance.choice((0.0, 0.1, chance.uniform(0.0, 0.6))) for _ in range(3)]

    async def scenario(process):
        shaped(process)
        for update, gap in zip(album(), [*gaps, 0.0], strict=True):
            await process.offer(update)
            await trio.sleep(gap)
        await process.settled()

    before = count_of(LATE_PARTS)
    play(naming(), scenario)
    photos = [list(map(int, said.split())) for said in telegram.texts()]
    assert [one for photo in photos for one in photo] == [0, 1, 2, 3], (gaps, photos)
    assert count_of(LATE_PARTS) - before == sum(map(len, photos[1:]))
    if max(gaps) < 0.2:
        assert photos == [[0, 1, 2, 3]]


def test_g8_a_part_that_comes_later_is_a_turn_of_its_own_and_counted(play, telegram, shaped):
    async def scenario(process):
        shaped(process)
        await offer_all(process, album(parts=3))
        await process.said(7, "0 1 2")
        await trio.sleep(TOO_LATE_SECONDS)
        await process.offer(photo(FIRST + 3))
        await process.said(7, "0 1 2", "3")

    before = count_of(LATE_PARTS)
    play(naming(), scenario)
    assert count_of(LATE_PARTS) == before + 1


def test_g2_a_button_behind_an_album_does_not_make_it_complete(play, telegram, shaped):
    async def scenario(process):
        shaped(process)
        await offer_all(process, album(parts=2))
        # Its id is between those of the parts, and it comes through another queue.
        await process.offer(tap(FIRST + 2))
        await trio.sleep(0.2)
        third, fourth = photo(FIRST + 2), photo(FIRST + 3)
        third["update_id"], fourth["update_id"] = FIRST + 3, FIRST + 4
        await offer_all(process, [third, fourth])
        await process.said(7, "0 1 2 3", "tapped")

    play(naming(), scenario)


def test_g2_a_message_behind_an_album_makes_it_complete_at_once(play, telegram, shaped):
    async def scenario(process):
        shaped(process)
        await offer_all(process, [*album(), message(7, "next", FIRST + 4)])
        began = trio.current_time()
        await process.until(telegram.texts)
        return trio.current_time() - began

    assert play(naming(), scenario) < 0.45
    assert telegram.texts()[0] == "0 1 2 3"


def test_g1_a_message_between_the_parts_of_a_backlog_comes_after_the_album(play, telegram, shaped):
    async def scenario(process):
        shaped(process)
        updates = [
            photo(FIRST),
            message(7, "between", FIRST + 1),
            *album(FIRST + 2, 3),
            message(7, "end", FIRST + 5),
        ]
        process.chats.draining = True
        await offer_all(process, updates)
        process.chats.draining = False
        process.chats.look_again(ANN)
        await process.said(7, "0 2 3 4", "between", "end")

    play(naming(), scenario)


def test_g1_the_parts_of_two_albums_of_one_chat_are_two_turns(play, telegram, shaped):
    async def scenario(process):
        shaped(process)
        await offer_all(process, [*album(), *album(FIRST + 4, 2, group="10")])
        await process.said(7, "0 1 2 3", "4 5")

    play(naming(), scenario)


def test_an_album_further_back_than_the_window_is_whole(play, telegram):
    async def scenario(process):
        process.chats.draining = True
        await offer_all(process, [message(7, f"m{n}", FIRST + n) for n in range(6)])
        await offer_all(process, [*album(FIRST + 6), message(7, "end", FIRST + 10)])
        process.chats.draining = False
        process.chats.look_again(ANN)
        await process.said(7, *(f"m{n}" for n in range(6)), "6 7 8 9", "end")

    play(naming(), scenario, policy=Policy(window=3, quantum=2))


def test_g6_an_album_that_fails_for_good_is_four_dead_letters_with_one_apology_and_comes_back_whole(
    play, telegram, clean_redis_url
):
    async def scenario(process):
        line = Line(clean_redis_url)
        letters = DeadLetters(line)
        await offer_all(process, album())
        await process.until(lambda: telegram.texts(7), "the apology")
        await process.settled()
        (said,) = telegram.texts(7)
        assert said.startswith("Something went wrong")
        found = await aio(letters.find, Wanted(), 10)
        assert sorted(one.order for one in found) == [FIRST + n for n in range(4)]
        assert {one.attempts for one in found} == {3}
        assert await aio(letters.requeue, found[1].id) == "requeued"
        process.chats.look_again(ANN)
        await process.said(7, said, "0 1 2 3")
        assert await aio(letters.count, Wanted()) == 0
        await aio(line.close)
        return await keys_left(process)

    assert play(naming(fails=3), scenario) == set()


def test_x1_an_album_that_came_while_its_chat_was_suspended_is_whole(play, telegram, clean_redis_url):
    async def scenario(process):
        line = Line(clean_redis_url)
        suspensions = Suspensions(line)
        await aio(suspensions.put, "chat/shop:7", "ann", "why")
        await offer_all(process, album())
        process.chats.look_again(ANN)
        await aio(suspensions.lift, "chat/shop:7")
        process.chats.wake(ANN, reload=True)
        await process.said(7, "0 1 2 3")
        await aio(line.close)

    play(naming(), scenario)


def test_x3_a_skip_takes_the_whole_album_and_a_requeue_brings_it_back(play, telegram, clean_redis_url):
    async def scenario(process):
        line = Line(clean_redis_url)
        letters = DeadLetters(line)
        process.chats.draining = True
        await offer_all(process, [*album(), message(7, "next", FIRST + 4)])
        ids = await aio(letters.skip, ANN, None, "it blocks", "ann")
        assert len(ids) == 4
        process.chats.draining = False
        process.chats.look_again(ANN)
        await process.said(7, "next")
        assert await aio(letters.requeue, ids[3]) == "requeued"
        process.chats.look_again(ANN)
        await process.said(7, "next", "0 1 2 3")
        await aio(line.close)

    play(naming(), scenario)


def test_g5_an_album_that_on_call_takes_a_part_of_commits_nothing_and_the_rest_runs_again(
    play, telegram, clean_redis_url
):
    async def scenario(process):
        line = Line(clean_redis_url)
        letters = DeadLetters(line)
        await offer_all(process, [*album(), message(7, "next", FIRST + 4)])
        await process.until(lambda: telegram.texts(7))
        actor = process.chats.get(ANN)
        second = next(one for one in actor.window.box if one.order == FIRST + 1)
        await aio(letters.skip, ANN, second.seq, "no", "ann")
        await process.until(lambda: "next" in telegram.texts(7))
        await process.settled()
        await aio(line.close)
        return await process.state(7)

    state = play(each_saved(), scenario)
    assert [said for said in telegram.texts() if said != "next"] == [f"saved {FIRST + n}" for n in range(4)]
    assert f"[{FIRST},{FIRST + 2},{FIRST + 3}]" in "".join(state.values()).replace(" ", "")


def each_saved():
    router = Router()

    @router.message(F.text)
    async def said(heard: Message) -> None:
        await heard.answer(heard.text or "")

    router.include_router(IDIOMS["each, with an answer between"]())
    return router


def test_a_thousand_albums_at_once_are_whole_and_nothing_of_them_stays(play, telegram):
    known = [one for one in gc.get_objects() if isinstance(one, Turn | Group)]  # the trace of a failed test

    async def scenario(process):
        connections = trio.CapacityLimiter(CONNECTIONS)

        async def deliver(chat_id: int) -> None:
            async with connections:
                await offer_all(
                    process, album(FIRST + 4 * (chat_id - 1), chat_id=chat_id, group=str(chat_id))
                )

        async with trio.open_nursery() as nursery:
            for chat_id in range(1, ALBUMS + 1):
                nursery.start_soon(deliver, chat_id)
        await process.until(lambda: len(telegram.calls) >= ALBUMS, "all albums")
        await process.settled()
        assert not process.chats.slots.borrowed_tokens
        return await keys_left(process)

    assert play(IDIOMS["the last goes on"](), scenario) == set()
    assert set(telegram.texts()) == {"album of 4"}
    assert len(telegram.texts()) == ALBUMS
    assert not running._turns
    gc.collect()
    left = [one for one in gc.get_objects() if isinstance(one, Turn | Group)]
    assert len(left) == sum(any(one is old for old in known) for one in left)
