"""A room writes through one transaction, whoever began it: a message, a visit, a job that it does not end.
Whatever is handled again has its effects once, and what is undone reaches nobody.
"""

import asyncio
import json
import time
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest
from pydantic import BaseModel

from mailroom.actors.events import Event
from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.kind import Kind
from mailroom.actors.jobs.queue import Queue
from mailroom.actors.jobs.transaction import TELL
from mailroom.actors.journal import Journal
from mailroom.actors.pages.visit import Proof, Visit
from mailroom.actors.turn import Turn
from mailroom.storage.clock import REAL_TIME
from mailroom.storage.errors import Fenced, StoreUnavailable
from mailroom.storage.postgres.deeds import deeds
from mailroom.storage.postgres.outbox.claim import Claimer
from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.storage.postgres.schemas import SchemaPool
from mailroom.storage.redis.entry import Chat, Entry
from tests.actors.jobs.conftest import jobs_url  # noqa: F401 - a fixture
from tests.rooms import room_of


class Wish(BaseModel):
    number: int


QUEUE = Queue("gifts")
GIVE = Kind("gifts.give", Wish, queue=QUEUE)
GIVEN = Event("gifts.given", Wish)
JOBS = "SELECT name FROM mailroom.outbox_job ORDER BY id"
TAKE = "INSERT INTO {schema}.gift (effect) VALUES ($1) ON CONFLICT (effect) DO NOTHING"


class Toys:
    """A room whose bot gives things away, over a real Postgres."""

    def __init__(self, pool):
        self.woken = []
        self.room = room_of(bot="toys", database=SchemaPool(pool, "toys", REAL_TIME), wake=self.woken.append)
        self.pool = pool

    async def give(self, cause, *, effect="gift"):
        """What the room does for whoever wants something."""
        async with self.room.transaction(cause) as tx:
            await tx.connection.execute(TAKE, tx.once(effect))
            await tx.enqueue(GIVE(Wish(number=1), bot="toys"))
            await tx.tell(7001, GIVEN(Wish(number=1)))
            await tx.note("give", "a gift", {"given": 1})
            assert not self.woken, "nobody is woken for what is not there yet"

    async def fail(self, cause):
        """It enqueues, tells and notes, and then something is wrong."""
        async with self.room.transaction(cause) as tx:
            await tx.connection.execute(TAKE, tx.once("gift"))
            await tx.enqueue(GIVE(Wish(number=1), bot="toys"))
            await tx.tell(7001, GIVEN(Wish(number=1)))
            await tx.note("give", "a gift")
            raise ZeroDivisionError

    async def there(self):
        """How many gifts there are, jobs, and lines of the log."""
        gifts = await self.pool.fetchval("SELECT count(*) FROM toys.gift")
        return gifts, [row[0] for row in await self.pool.fetch(JOBS)], len(await deeds(self.pool, "toys"))


@pytest.fixture
def toys(jobs_url):  # noqa: F811
    """`toys(test)` runs a test with a room."""

    def run(test):
        async def main():
            async with asyncpg.create_pool(jobs_url, min_size=1, max_size=3) as pool, asyncio.timeout(20):
                await pool.execute("CREATE SCHEMA toys; CREATE TABLE toys.gift (effect text UNIQUE)")
                await test(Toys(pool))

        asyncio.run(main())

    return run


def turn(text="a", epoch=1):
    """A message being handled: twice with the same text is the same message."""
    entry = Entry(1, 100, int(time.time() * 1000), "message", "message", f"trace-{text}", b"{}")
    return Turn(Chat("toys", "7001"), entry, epoch, 1, False, {}, Journal("toys", None))


def visit(key="k" * 16, trace="t1"):
    proofs = frozenset({Proof("telegram", "tg:7001")})
    return Visit(
        bot="toys", interface="page", person="tg:7001", name="Anna", proofs=proofs, key=key, trace=trace
    )


async def claimed(toys, attempt=1):
    """A job of the room's in hand, as its handler sees it."""
    claimer = Claimer(toys.pool, QUEUE.of("toys"), "worker", lease_seconds=0.05)
    while not (jobs := await claimer.claim(1)):  # noqa: ASYNC110
        await asyncio.sleep(0.01)  # until the lease of whoever had it has run out
    return JobContext(jobs[0], None, toys.pool, toys.pool, "worker", 0.0)


ONCE = (1, ["gifts.give", "notify"], 1)


def test_what_a_message_does_is_written_enqueued_told_and_noted_and_then_its_workers_are_woken(toys):
    async def test(toys):
        await toys.give(turn())
        assert await toys.there() == ONCE
        assert sorted(toys.woken) == ["toys.gifts", "toys.notification"]
        (deed,) = await deeds(toys.pool, "toys")
        assert (deed.who, deed.action, deed.target, deed.outcome, deed.trace) == (
            "chat 7001", "give", "a gift", {"given": 1}, "trace-a",
        )  # fmt: skip
        told = await toys.pool.fetchrow("SELECT * FROM mailroom.outbox_job WHERE name = 'notify'")
        assert json.loads(told["payload"])["chat"] == 7001
        assert (told["trace"], told["attempts_max"]) == ("trace-a", TELL.patience.attempts_max)

    toys(test)


def test_killed_between_the_commit_and_the_answer_a_message_that_is_handled_again_has_its_effects_once(toys):
    async def test(toys):
        await toys.give(turn("a"))
        toys.woken.clear()
        await toys.give(turn("a", epoch=2))  # by the next owner, from its first line
        gifts, jobs, _ = await toys.there()
        assert (gifts, jobs) == ONCE[:2]
        toys.woken.clear()
        await toys.give(turn("b"))
        assert (await toys.there())[:2] == (2, ONCE[1] * 2)

    toys(test)


def test_jobs_that_are_alike_are_as_many_as_one_run_of_the_message_enqueues(toys):
    """Two reminders of one thing carry the same; so do those of two transactions."""

    async def handle(toys, of, *, killed=False):
        async with toys.room.transaction(of) as tx:
            await tx.enqueue(*(GIVE(Wish(number=1), bot="toys", delay_seconds=wait) for wait in (60, 3600)))
        if not killed:
            async with toys.room.transaction(of) as tx:
                await tx.enqueue(GIVE(Wish(number=1), bot="toys"), GIVE(Wish(number=2), bot="toys"))

    async def test(toys):
        await handle(toys, turn(), killed=True)
        for _ in range(2):
            await handle(toys, turn())
        waits = "SELECT payload::jsonb ->> 'number', round(extract(epoch FROM run_at - created_at))::int"
        rows = await toys.pool.fetch(f"{waits} FROM mailroom.outbox_job ORDER BY id")
        assert [tuple(row) for row in rows] == [("1", 60), ("1", 3600), ("1", 0), ("2", 0)]

    toys(test)


def test_what_was_undone_is_not_counted_as_enqueued_when_the_handler_tries_once_more(toys):
    async def test(toys):
        first, again = turn(), turn()
        with pytest.raises(ZeroDivisionError):
            await toys.fail(first)
        for handled in (first, again):
            async with toys.room.transaction(handled) as tx:
                await tx.enqueue(GIVE(Wish(number=1), bot="toys"))
        assert (await toys.there())[1] == ["gifts.give"]

    toys(test)


def test_an_owner_that_has_lost_the_chat_writes_nothing(toys):
    async def test(toys):
        lease = "INSERT INTO mailroom.partition_lease (partition, epoch) VALUES ($1, 5)"
        await toys.pool.execute(lease, Chat("toys", "7001").partition)
        with pytest.raises(Fenced):
            await toys.give(turn(epoch=4))
        assert await toys.there() == (0, [], 0)
        assert toys.woken == []
        await toys.give(turn(epoch=5))
        assert await toys.there() == ONCE

    toys(test)


def test_what_the_block_raises_undoes_all_of_it_and_reaches_nobody(toys):
    async def test(toys):
        for cause in (turn(), visit()):
            with pytest.raises(ZeroDivisionError):
                await toys.fail(cause)
        assert await toys.there() == (0, [], 0)
        assert toys.woken == []

    toys(test)


def test_a_page_that_sends_an_act_twice_has_it_done_once(toys):
    async def test(toys):
        await toys.give(visit(trace="t1"))
        toys.woken.clear()
        await toys.give(visit(trace="t2"))
        assert (await toys.there())[:2] == ONCE[:2]
        toys.woken.clear()
        await toys.give(visit(key="another act's key"))
        assert (await toys.there())[0] == 2

    toys(test)


def test_without_a_key_each_question_is_an_act_of_its_own(toys):
    async def test(toys):
        for trace in ("t1", "t2"):
            await toys.give(visit(key="", trace=trace))
            toys.woken.clear()
        assert (await toys.there())[:2] == (2, ONCE[1] * 2)
        assert [deed.trace for deed in await deeds(toys.pool, "toys")] == ["t2", "t1"]

    toys(test)


def test_who_acts_and_why_is_noted_as_whoever_knows_it_best_says(toys):
    async def test(toys):
        await toys.give(replace(visit(), why="the customer called"))
        toys.woken.clear()
        await toys.give(turn().cause.by("Мария (telegram 7003)", "sold out"))
        noted = await toys.room.deeds()
        assert [(deed.who, deed.why) for deed in noted] == [
            ("Мария (telegram 7003)", "sold out"), ("Anna (page)", "the customer called"),
        ]  # fmt: skip
        assert await toys.room.deeds(1) == noted[:1]
        assert await toys.room.deeds(before=noted[0].id) == noted[1:]

    toys(test)


def test_a_job_that_is_run_again_has_the_effects_once_that_it_had_before_its_end(toys):
    """Its lease is lost after it has committed something, and the next worker runs it from its beginning."""

    async def test(toys):
        async with toys.room.transaction(turn()) as tx:
            await tx.enqueue(GIVE(Wish(number=1), bot="toys"))
        toys.woken.clear()
        for _ in range(2):
            job = await claimed(toys)
            async with toys.room.transaction(job) as tx:
                await tx.connection.execute(TAKE, tx.once("gift"))
                await tx.tell(7001, GIVEN(Wish(number=1)))
        gifts, jobs, _ = await toys.there()
        assert (gifts, jobs) == (1, ["gifts.give", "notify"])
        assert job.job.claims == 2

    toys(test)


def test_a_postgres_that_goes_away_is_said_in_the_words_of_the_stores(toys):
    async def cut(toys):
        async with toys.room.transaction(turn()) as tx:
            pid = await tx.connection.fetchval("SELECT pg_backend_pid()")
            await toys.pool.execute("SELECT pg_terminate_backend($1)", pid)
            await tx.connection.execute(TAKE, tx.once("gift"))

    async def test(toys):
        with pytest.raises(StoreUnavailable, match="Postgres does not answer"):
            await cut(toys)
        assert await toys.there() == (0, [], 0)

    toys(test)


def test_what_is_wrong_with_the_room_is_no_outage(toys):
    async def test(toys):
        with pytest.raises(FileNotFoundError):
            async with toys.room.transaction(turn()):
                Path("/nowhere/at/all").read_text()  # noqa: ASYNC240
        with pytest.raises(asyncpg.UndefinedTableError):
            async with toys.room.transaction(turn()) as tx:
                await tx.connection.execute("SELECT FROM {schema}.no_table")

    toys(test)


def test_a_job_keeps_the_trace_and_the_origin_that_it_was_given(toys):
    async def test(toys):
        handled = turn()
        mine = NewJob("toys.gifts", "gifts.give", trace="mine", origin=handled.origin("mine"))
        async with toys.room.transaction(handled) as tx:
            await tx.enqueue(mine)
        row = await toys.pool.fetchrow("SELECT trace, effect FROM mailroom.outbox_job")
        assert tuple(row) == ("mine", handled.effect_id("mine"))

    toys(test)
