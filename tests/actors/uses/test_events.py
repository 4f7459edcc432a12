"""What people do, as bots tell it: kept by a real Postgres a moment later, of nobody known, at no cost."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import asyncpg
import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from mailroom.actors.uses import events as telling
from mailroom.actors.uses.events import Events, RoomEvents
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.room_events import KEPT_DAYS, RoomEventRows, prune
from mailroom.storage.vault import Vault

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
VAULT = Vault([Vault.new_key()])
ALL = "SELECT bot, name, pseudonym, properties, at FROM mailroom.room_event ORDER BY id"
DEADLINE_SECONDS = 20


def told(name, outcome, bot="mine"):
    labels = {"bot": bot, "name": name, "outcome": outcome}
    return REGISTRY.get_sample_value("mailroom_events_total", labels) or 0


@pytest.fixture
def kept(clean_postgres_url):
    """`kept(test)` runs a test with a database that has the table."""
    asyncio.run(apply_migrations(clean_postgres_url))

    def run(test):
        async def main():
            async with asyncpg.create_pool(clean_postgres_url, min_size=0, max_size=3) as pool:
                async with asyncio.timeout(DEADLINE_SECONDS):
                    return await test(pool)

        return asyncio.run(main())

    return run


def test_what_was_told_is_written_with_a_pseudonym_in_place_of_the_person(kept):
    async def test(pool):
        events = Events(RoomEventRows(pool))
        mine, other = (RoomEvents(events, VAULT, bot) for bot in ("mine", "other"))
        mine.add("order", "tg:7001", {"lines": 3, "promo": None, "total": Decimal("9.50")}, NOW)
        mine.add("order", "tg:7001", {}, NOW)
        mine.add("order", "tg:7002", {}, NOW)
        mine.add("restart", None, {}, NOW)
        other.add("order", "tg:7001", {}, NOW)
        await events.close()
        rows = await pool.fetch(ALL)
        tallies = [
            (one.bot, one.name, one.events, one.people) for one in await RoomEventRows(pool).tallied(3650)
        ]
        return rows, tallies, await RoomEventRows(pool).tallied(3650, "other")

    rows, tallies, of_other = kept(test)
    first, again, another, nobodys, elsewhere = [row["pseudonym"] for row in rows]
    assert first == again
    assert nobodys is None
    assert len({first, another, elsewhere}) == 3
    assert b"7001" not in first
    assert json.loads(rows[0]["properties"]) == {"lines": 3, "promo": None, "total": "9.50"}
    assert rows[0]["at"] == NOW
    assert tallies == [("mine", "order", 3, 2), ("mine", "restart", 1, 0), ("other", "order", 1, 1)]
    assert [one.bot for one in of_other] == ["other"]


def test_whatever_it_is_told_nobody_is_failed_by_it_and_what_is_kept_has_an_end(kept):
    class Unspeakable:
        def __str__(self):
            raise ZeroDivisionError

    wrong = told("", "wrong")

    async def test(pool):
        events = Events(RoomEventRows(pool))
        mine = RoomEvents(events, VAULT, "mine")
        with capture_logs():
            for name in ("", "Order", "an order", "x" * 65, None, 7):
                mine.add(name, "tg:7001", {}, NOW)
        mine.add(
            "odd", "\ud83d\0", {"a": float("nan"), "b": 2**80, "c": "x" * 9_000, "d": Unspeakable()}, NOW
        )
        mine.add("odd", "tg:7001", {"\0" + "k" * 90: "\ud83d\0", "text": b"\0"}, NOW)
        mine.add("odd", "tg:7001", {f"p{number}": number for number in range(90)}, NOW)
        await events.close()
        return [json.loads(row["properties"]) for row in await pool.fetch(ALL)]

    odd, texts, many = kept(test)
    assert told("", "wrong") == wrong + 6
    assert odd["a"] is None
    assert odd["b"] == str(2**80)
    assert len(odd["c"]) < 250
    assert "Unspeakable" in odd["d"]
    assert len(max(texts, key=len)) < 50
    assert len(many) == 20


async def written(events):
    """Wait until nothing waits."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while events._writing is not None:  # noqa: ASYNC110 - nobody is told of it
            await asyncio.sleep(0)


class Rows:
    """Rows that a test looks at, which are away while it says so."""

    def __init__(self):
        self.batches = []
        self.away = None

    async def write(self, events):
        if self.away is not None:
            raise self.away
        self.batches.append([one.properties for one in events])


def test_they_are_written_many_at_once_and_in_their_order(monkeypatch):
    monkeypatch.setattr(telling, "WRITTEN_AT_ONCE_MAX", 4)
    monkeypatch.setattr(telling, "GATHERED_SECONDS", 0.01)

    async def main():
        rows = Rows()
        events = Events(rows)
        mine = RoomEvents(events, VAULT, "mine")
        for number in range(10):
            mine.add("step", None, {"n": number}, NOW)
        await written(events)
        mine.add("step", None, {"n": 10}, NOW)
        await events.close()
        return rows.batches

    batches = asyncio.run(main())
    assert [len(batch) for batch in batches] == [4, 4, 2, 1]
    assert [json.loads(one)["n"] for batch in batches for one in batch] == list(range(11))


def test_while_postgres_is_away_they_wait_and_those_past_the_limit_are_dropped_and_counted(monkeypatch):
    monkeypatch.setattr(telling, "WAITING_MAX", 3)
    monkeypatch.setattr(telling, "GATHERED_SECONDS", 0.01)
    monkeypatch.setattr(telling, "AGAIN_SECONDS", 0.01)
    dropped, kept_before = told("step", "dropped"), told("step", "kept")

    async def main():
        rows = Rows()
        rows.away = StoreUnavailable("gone")
        events = Events(rows)
        mine = RoomEvents(events, VAULT, "mine")
        for number in range(5):
            mine.add("step", None, {"n": number}, NOW)
        with capture_logs() as logs:
            async with asyncio.timeout(DEADLINE_SECONDS):
                while len(logs) < 2:  # noqa: ASYNC110 - logs have no event
                    await asyncio.sleep(0.01)
                rows.away = None
                await written(events)
        return rows.batches

    assert asyncio.run(main()) == [['{"n":0}', '{"n":1}', '{"n":2}']]
    assert told("step", "dropped") == dropped + 2
    assert told("step", "kept") == kept_before + 3


def test_what_cannot_be_written_at_the_end_is_counted_as_lost_and_keeps_nobody(monkeypatch):
    monkeypatch.setattr(telling, "CLOSE_SECONDS", 0.05)
    lost = told("step", "lost")

    async def main():
        for away in (StoreUnavailable("gone"), None):
            rows = Rows()
            rows.away = away
            if away is None:
                rows.write = lambda _events: asyncio.Event().wait()
            events = Events(rows)
            mine = RoomEvents(events, VAULT, "mine")
            mine.add("step", None, {}, NOW)
            with capture_logs():
                await events.close()
            mine.add("step", None, {}, NOW)  # nobody writes any more, and nobody minds

    asyncio.run(main())
    assert told("step", "lost") == lost + 2


def test_a_batch_that_the_database_does_not_take_is_lost_alone(monkeypatch):
    monkeypatch.setattr(telling, "GATHERED_SECONDS", 0.01)
    lost = told("step", "lost")

    async def main():
        rows = Rows()
        rows.away = ZeroDivisionError()
        events = Events(rows)
        mine = RoomEvents(events, VAULT, "mine")
        mine.add("step", None, {}, NOW)
        with capture_logs():
            await written(events)
        rows.away = None
        mine.add("step", None, {"n": 1}, NOW)
        await events.close()
        return rows.batches

    assert asyncio.run(main()) == [['{"n":1}']]
    assert told("step", "lost") == lost + 1


def test_metrics_have_so_many_names_of_a_bot_and_no_more(monkeypatch):
    monkeypatch.setattr(telling, "NAMES_MAX", 2)
    mine = RoomEvents(Events(), VAULT, "careless")
    for number in range(5):
        mine.add(f"order_{number}", None, {}, NOW)
    assert told("order_1", "kept", "careless") == 1
    assert told("order_2", "kept", "careless") == 0
    assert told("other", "kept", "careless") == 3


def test_they_are_let_go_of_after_three_months(kept):
    async def test(pool):
        events = Events(RoomEventRows(pool))
        mine = RoomEvents(events, VAULT, "mine")
        now = datetime.now(UTC)
        for name, days in (("old", KEPT_DAYS + 1), ("young", KEPT_DAYS - 1)):
            mine.add(name, None, {}, now - timedelta(days=days))
        await events.close()
        await prune(pool)
        return [row["name"] for row in await pool.fetch(ALL)]

    assert kept(test) == ["young"]
