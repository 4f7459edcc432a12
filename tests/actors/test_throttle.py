"""Throttles count when a message arrived, not when its turn came."""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram import BaseMiddleware, F, Router
from aiogram.types import CallbackQuery, Message

from mailroom.actors.hosting.throttle import Throttle, arrival
from mailroom.actors.turn import Turn
from tests.actors.bot_process import FIRST_UPDATE_ID, message

HOUR_SECONDS = 3600


def bot_with(throttle: BaseMiddleware, handled: list[str]) -> Router:
    router = Router()
    router.message.middleware(throttle)
    router.callback_query.middleware(throttle)

    @router.message()
    async def handle(message: Message) -> None:
        handled.append(message.text or "")

    @router.callback_query(F.data)
    async def tap(query: CallbackQuery) -> None:
        handled.append(query.data or "")

    return router


def sent(text: str, update_id: int, ago: float, **more: Any) -> dict[str, Any]:
    update = message(7, text, update_id)
    update["message"] |= {"date": int(time.time() - ago), **more}
    return update


def tapped(data: str, update_id: int) -> dict[str, Any]:
    person = {"id": 7, "is_bot": False, "first_name": "Ann"}
    return {
        "update_id": update_id,
        "callback_query": {"id": str(update_id), "from": person, "chat_instance": "1", "data": data},
    }


def offer_all(*updates: dict[str, Any]) -> Any:
    async def scenario(process: Any) -> None:
        for update in updates:
            await process.offer(update)
        await process.settled()

    return scenario


def test_a_backlog_fetched_after_an_outage_counts_against_nobody(play):
    # Seen: messages sent a minute apart were handled within a second, and all but one were dropped.
    handled: list[str] = []
    backlog = [sent(f"{n}", FIRST_UPDATE_ID + n, HOUR_SECONDS - 60 * n) for n in range(5)]
    taps = [tapped(f"tap {n}", FIRST_UPDATE_ID + 5 + n) for n in range(3)]
    play(bot_with(Throttle(1, 10), handled), offer_all(*backlog, *taps))
    assert handled == ["0", "1", "2", "3", "4", "tap 0", "tap 1", "tap 2"]


def test_what_was_sent_too_fast_is_dropped_also_when_it_is_handled_slowly(play):
    handled: list[str] = []
    backlog = [sent(f"{n}", FIRST_UPDATE_ID + n, HOUR_SECONDS - n) for n in range(5)]
    play(bot_with(Throttle(2, 30), handled), offer_all(*backlog))
    assert handled == ["0", "1"]


def test_taps_that_come_too_fast_are_dropped_and_the_user_may_be_told(play):
    handled: list[str] = []
    told: Counter[str] = Counter()

    async def tell(event: Any, data: dict[str, Any]) -> None:
        told[event.data] += 1

    taps = [tapped(f"tap {n}", FIRST_UPDATE_ID + n) for n in range(4)]
    play(bot_with(Throttle(2, 30, dropped=tell), handled), offer_all(*taps))
    assert handled == ["tap 0", "tap 1"]
    assert told == {"tap 2": 1, "tap 3": 1}


def test_a_message_that_is_tried_again_is_not_counted_again(play):
    router, attempts = Router(), []
    router.message.middleware(Throttle(1, 30))

    @router.message()
    async def handle(message: Message, turn: Turn) -> None:
        attempts.append((message.text, turn.attempt))
        if turn.attempt < 3:
            raise RuntimeError("try again")

    play(router, offer_all(message(7, "one", FIRST_UPDATE_ID)))
    assert attempts == [("one", 1), ("one", 2), ("one", 3)]


def test_an_album_counts_once(play):
    handled: list[str] = []
    parts = [sent(f"part {n}", FIRST_UPDATE_ID + n, 0, media_group_id="9") for n in range(3)]
    play(bot_with(Throttle(1, 30), handled), offer_all(*parts))
    assert sorted(handled) == ["part 0", "part 1", "part 2"]


def test_users_are_counted_apart_and_forgotten_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr("mailroom.actors.hosting.throttle.USERS_MAX", 2)
    throttle, passed = Throttle(1, 30), []

    async def handler(event: Any, data: dict[str, Any]) -> None:
        passed.append(event)

    async def send(*users: int) -> None:
        for user in users:
            who = type("User", (), {"id": user})()
            await throttle(handler, user, {"event_from_user": who})  # type: ignore[arg-type]

    asyncio.run(send(1, 1, 2, 3))
    assert passed == [1, 2, 3]
    assert list(throttle._users) == [2, 3]


@pytest.mark.parametrize(
    ("kind", "event", "counts"),
    [
        ("message", {"date": 900}, 900.0),
        ("message", {"date": 999}, 1000.5),
        ("message", {"date": 2000}, 1000.5),
        ("edited_message", {"date": 100, "edit_date": 900}, 900.0),
        ("callback_query", {"message": {"date": 100}}, 1000.5),
        ("callback_query", {"date": 100}, 1000.5),
        ("message", {"date": "900"}, 1000.5),
        ("event", "no object", 1000.5),
    ],
)
def test_a_message_arrived_when_it_was_taken_in_or_when_it_began_to_wait_at_telegram(kind, event, counts):
    assert arrival(kind, {"update_id": 1, kind: event}, 1_000_500) == datetime.fromtimestamp(counts, UTC)


def test_handlers_and_middlewares_are_given_the_arrival(play):
    router, seen = Router(), []

    @router.message.outer_middleware()
    async def look(handler: Any, event: Any, data: dict[str, Any]) -> Any:
        seen.append(data["arrived_at"])
        return await handler(event, data)

    @router.message()
    async def handle(message: Message, arrived_at: datetime, turn: Turn) -> None:
        assert turn.accepted_at is not None
        assert 0 <= time.time() - turn.accepted_at.timestamp() < HOUR_SECONDS
        seen.append(arrived_at)

    play(router, offer_all(sent("old", FIRST_UPDATE_ID, HOUR_SECONDS)))
    assert seen[0] == seen[1]
    assert HOUR_SECONDS - 5 < time.time() - seen[0].timestamp() < HOUR_SECONDS + 60
