"""The parts of an album are one turn of their chat (conformance E, G1-G8)."""

import asyncio
import json
from collections import Counter

import pytest
import trio
from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from mailroom.actors.policy import Policy
from mailroom.actors.turn import Turn
from tests.actors.bot_process import FIRST_UPDATE_ID, message
from tests.actors.photos import SlowTelegram, album, offer_all, photo
from tests.actors.test_replies import count_of
from tests.compat.bots.albums import IDIOMS

FIRST = FIRST_UPDATE_ID
PARTS = list(range(FIRST, FIRST + 4))
COLLECTED = {"the first goes on", "the first goes on after a while", "the last goes on"}
COLLECTED |= {"asks Telegram, then collects", "opens a session, then collects"}


@pytest.fixture
def telegram():
    return SlowTelegram()


def data_of(state):
    """What the handlers keep for the one person there is."""
    (name,) = [name for name in state if name.startswith("data:")]
    return json.loads(state[name])


def play_album(play, router, said, **options):
    """An album of four; returns the state at the end."""

    async def scenario(process):
        await offer_all(process, album())
        await process.until(lambda: len(process.telegram.texts()) >= said, "the answers")
        await process.settled()
        return await process.state(7)

    return play(router, scenario, **options)


@pytest.mark.parametrize("idiom", sorted(COLLECTED))
def test_g4_a_collector_sees_the_whole_album(play, telegram, idiom):
    state = play_album(play, IDIOMS[idiom](), 1)
    assert telegram.texts() == ["album of 4"]
    assert data_of(state) == {"albums": 1, "photos": 4}


def test_g4_a_collector_in_the_handler_sees_the_whole_album(play, telegram):
    play_album(play, IDIOMS["collects in the handler"](), 1)
    (group,) = [args for name, args in telegram.calls if name == "sendMediaGroup"]
    assert [one["media"] for one in group["media"]] == [f"f{number}" for number in PARTS]


def test_g4_an_album_that_is_kept_in_the_data_is_there_as_a_whole(play, telegram):
    state = play_album(play, IDIOMS["keeps the album in the data"](), 1)
    assert telegram.texts() == ["album of 4"]
    assert data_of(state) == {"photos": PARTS}


def test_g4_a_task_that_a_collector_leaves_behind_sees_the_whole_album(play, telegram):
    async def scenario(process):
        await offer_all(process, album())
        await process.said(7, "album of 4")

    play(IDIOMS["leaves a task behind"](), scenario)


def test_g4_parts_that_answer_between_reading_and_writing_come_one_after_another(play, telegram):
    state = play_album(play, IDIOMS["each, with an answer between"](), 4)
    assert telegram.texts() == [f"saved {number}" for number in PARTS]
    assert data_of(state) == {"photos": PARTS}


def test_g4_no_photo_is_lost_by_parts_that_download_between_reading_and_writing(play, telegram):
    state = play_album(play, IDIOMS["each, with a download between"](), 4)
    assert telegram.texts() == [f"have {number}" for number in (1, 2, 3, 4)]
    assert sorted(data_of(state)["photos"]) == PARTS


def test_g4_a_form_that_an_album_fills_in_takes_one_step_after_another(play, telegram):
    state = play_album(play, IDIOMS["each, a step of a form"](), 4)
    assert telegram.texts() == ["first step", "text please", "text please", "text please"]
    assert "text" in state.values()


def saved():
    return IDIOMS["each, with an answer between"]()


def test_g1_what_came_between_the_parts_comes_after_them(play, telegram):
    router = saved()

    @router.message(F.text)
    async def said(heard: Message) -> None:
        await heard.answer(heard.text or "")

    async def scenario(process):
        first, *others = album()
        await process.offer(first)
        # Of another queue, with an id of its own between those of the parts.
        for one in others:
            one["update_id"] += 1
        event = message(7, "between", FIRST + 1)
        event["business_message"] = event.pop("message") | {"business_connection_id": "b"}
        router.business_message()(said)
        await process.offer(event)
        await offer_all(process, others)
        await process.said(7, *(f"saved {number}" for number in PARTS), "between")

    late = count_of("mailroom_messages_late_total")
    play(router, scenario)
    assert count_of("mailroom_messages_late_total") == late


def test_g6_a_part_that_raises_lets_the_others_end_and_the_album_is_run_again_without_a_second_answer(
    play, telegram
):
    router, ended, failures = Router(), Counter(), [1]

    @router.message()
    async def handle(part: Message, state: FSMContext) -> None:
        await part.answer(f"saved {part.message_id}")
        if part.message_id == FIRST + 1 and failures:
            failures.pop()
            raise RuntimeError("as arranged")
        data = await state.get_data()
        await state.update_data(photos=[*data.get("photos", []), part.message_id])
        ended[part.message_id] += 1

    state = play_album(play, router, 4)
    assert sorted(telegram.texts()) == sorted(f"saved {number}" for number in PARTS)
    assert ended == {FIRST: 2, FIRST + 1: 1, FIRST + 2: 2, FIRST + 3: 2}
    assert sorted(data_of(state)["photos"]) == PARTS


def test_g5_an_album_has_one_deadline(play, telegram):
    router, attempts = Router(), []

    @router.message()
    async def handle(part: Message, turn: Turn) -> None:
        attempts.append((turn.attempt, part.message_id))
        if part.message_id == FIRST + 2 and turn.attempt == 1:
            await asyncio.Event().wait()
        await part.answer(f"saved {part.message_id}")

    play_album(play, router, 4, policy=Policy(handler_timeout_seconds=0.5, backoff_seconds=0.01))
    assert Counter(telegram.texts()) == Counter(f"saved {number}" for number in PARTS)
    assert max(attempts)[0] == 2


def test_g7_the_answer_of_the_first_to_wake_up_is_not_sent_again_by_another_that_is_first(play, telegram):
    router, albums, attempts = Router(), [], []

    @router.message()
    async def handle(part: Message, turn: Turn) -> None:
        # Another part than last time is the one that answers for all.
        albums.append(part)
        await asyncio.sleep(0.01)
        chosen = FIRST + 4 - turn.attempt
        if part.message_id == chosen:
            await part.answer(f"album of {len(albums)}")
            attempts.append(chosen)
            albums.clear()
            if turn.attempt == 1:
                raise RuntimeError("after the answer")

    play_album(play, router, 1)
    assert (telegram.texts(), attempts) == (["album of 4"], [FIRST + 3, FIRST + 2])


def test_g8_what_the_parts_have_in_common_has_one_name_on_every_attempt(play, telegram):
    router, names = Router(), []

    @router.message()
    async def handle(part: Message, turn: Turn) -> None:
        names.append((turn.group_id, turn.effect_id("save")))
        if turn.attempt == 1 and part.message_id == FIRST + 3:
            raise RuntimeError("once")
        await part.answer("ok")

    async def scenario(process):
        await offer_all(process, [*album(), photo(FIRST + 4, group=None)])
        await process.until(lambda: len(names) == 9)
        await process.settled()

    play(router, scenario)
    groups = Counter(group for group, _ in names)
    assert sorted(groups.values()) == [1, 8]
    assert len({effect for _, effect in names}) == 5


@pytest.mark.parametrize("how", ["an isolation", "a setting"])
def test_g8_parts_are_messages_like_any_other_where_the_bot_wants_them_apart(
    play, telegram, how, monkeypatch
):
    if how == "an isolation":
        from aiogram.fsm.storage.memory import SimpleEventIsolation

        monkeypatch.setattr(
            "aiogram.fsm.middleware.FSMContextMiddleware.__init__", with_isolation(SimpleEventIsolation)
        )
    options = {"apart": True} if how == "a setting" else {}

    async def scenario(process):
        await offer_all(process, album())
        await process.said(7, *["album of 1"] * 4)

    play(IDIOMS["the first goes on"](), scenario, **options)


def with_isolation(isolation):
    from aiogram.fsm.middleware import FSMContextMiddleware

    real = FSMContextMiddleware.__init__

    def init(self, storage, events_isolation, **options):
        real(self, storage=storage, events_isolation=isolation(), **options)

    return init


def test_an_album_takes_one_slot(play, telegram):
    async def scenario(process):
        most = 0
        await offer_all(process, album())

        async def watch() -> None:
            nonlocal most
            while True:
                most = max(most, process.chats.slots.borrowed_tokens)
                await trio.sleep(0.001)

        process.chats.spawn(watch)
        await process.said(7, "album of 4")
        return most

    assert play(IDIOMS["the last goes on"](), scenario) == 1
