"""An attempt at a job has the consequences of its verdict: what `test_judge.py` says, with real jobs."""

import asyncio
from datetime import UTC, datetime
from math import inf
from types import SimpleNamespace
from typing import cast

import asyncpg
import pytest
from aiogram.exceptions import (
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import SendMessage

from mailroom.actors.hosting.errors import OWNERS
from mailroom.actors.hosting.hold import Hold
from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.held import Held, keep
from mailroom.actors.jobs.kind import Kind, Patience
from mailroom.actors.jobs.queue import Queue
from mailroom.actors.judge import Work, judge
from mailroom.actors.owners import Owner
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.outbox.outcome import Snoozed
from tests.actors.jobs.queue_harness import Letter

CALL = SendMessage(chat_id=7, text="x")
MAIL = Queue("mail")
LETTER = Kind("letter", Letter, Patience(attempts_max=2), queue=MAIL)
TOLD = {
    Owner.MESSAGE: RuntimeError("of the handler"),
    Owner.NOBODY: TelegramForbiddenError(CALL, "Forbidden: bot was blocked by the user"),
    # Seen: a 401 in a job of a room used its attempts up, and the bot did not hold.
    Owner.BOT: TelegramUnauthorizedError(CALL, "Unauthorized"),
    Owner.OUTSIDE: TelegramNetworkError(CALL, "Request timeout error"),
    Owner.WAIT: TelegramRetryAfter(CALL, "Too Many Requests", 3600),
    Owner.US: ExceptionGroup("", [RuntimeError("of another task"), StoreUnavailable("Redis is away")]),
}


@pytest.mark.parametrize("owner", TOLD, ids=lambda owner: owner.value)
def test_what_a_job_of_a_room_meets_has_the_consequences_of_its_verdict(play, owner):
    verdict = judge(owner, Work.JOB)
    handlers, bot = Handlers(MAIL, "shop"), SimpleNamespace(owners=OWNERS, hold=Hold())

    @handlers.job(LETTER)
    async def read(_letter, _context):
        raise TOLD[owner]

    async def scenario(queues):
        (id_,) = await queues.enqueue(LETTER(Letter(), bot="shop"))
        await queues.start(handlers)

        async def ended():
            return await queues.story(id_) == [verdict.word]

        await queues.until_true(ended)
        seen = await queues.seen(id_)
        assert seen.attempts == verdict.counted
        waits = (seen.run_at - datetime.now(UTC)).total_seconds()
        assert (waits > 3000) is (owner is Owner.WAIT)

    play(scenario, bots={"shop": bot})
    assert bool(bot.hold.why) is verdict.holds


def test_a_job_whose_lease_runs_out_because_postgres_is_away_was_no_attempt(monkeypatch):
    # Seen: in an outage longer than a lease, whatever took long lost an attempt.
    async def away(*_args):
        raise StoreUnavailable("Postgres does not answer")

    monkeypatch.setattr("mailroom.actors.jobs.held.heartbeat", away)
    job = SimpleNamespace(id=1, attempt=3, attempts_max=3, claims=3)
    context = SimpleNamespace(
        job=job, services=SimpleNamespace(bots={}), bot_name="", ended=False, late=False, deadline=inf
    )
    held = Held(cast(JobContext, context), keep_until=0.0)

    async def until_it_is_cut_off():
        held.task = asyncio.create_task(asyncio.sleep(60))
        keeping = asyncio.create_task(keep([held], cast(asyncpg.Pool, None), "worker", 0.04))
        with pytest.raises(asyncio.CancelledError):
            await held.task
        keeping.cancel()

    asyncio.run(until_it_is_cut_off())
    assert held.cut_off is not None
    assert isinstance(held.cut_off.outcome, Snoozed)
    assert "Postgres did not answer until the lease ran out" in held.cut_off.outcome.why
