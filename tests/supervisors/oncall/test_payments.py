"""Lost payments as on-call sees them: seen, counted, and ended once, by a name and with a reason."""

import asyncio

import asyncpg
import pytest
from prometheus_client import REGISTRY

from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.lost_payments import note_lost
from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.oncall import OnCall
from mailroom.supervisors.oncall.reports import By
from mailroom.supervisors.payment_gauges import count_lost
from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures
from tests.supervisors.oncall.conftest import SyncOnCall

BY = By("ann", "seen in the chat")
LOST = {
    "provider": "yookassa", "provider_id": "p-1", "ref": "m-1", "state": "paid", "amount_minor": 149_000,
    "currency": "RUB", "refunded_minor": 49_000, "made_at": None, "about": {"for": "shop.order 1042"},
}  # fmt: skip


async def connect(url):
    return await asyncpg.create_pool(url, min_size=1, max_size=2)


@pytest.fixture
def oncall(clean_postgres_url, clean_redis_url):
    asyncio.run(apply_migrations(clean_postgres_url))
    one = SyncOnCall(clean_redis_url)
    one.pool = one.runner.run(connect(clean_postgres_url))
    one.wrapped = OnCall.over(one.line, database=one.pool)
    one.does = one.runner.run
    yield one
    one.runner.run(one.pool.close())
    one.close()


def test_a_lost_payment_is_ended_once_by_somebody_who_says_why(oncall):
    oncall.does(note_lost(oncall.pool, **LOST))
    (lost,) = oncall.does(oncall.wrapped.payments.lost())
    assert (lost.ref, lost.money, lost.about) == ("m-1", "1000.00 RUB", {"for": "shop.order 1042"})
    with pytest.raises(OnCallError, match="delivered, credited, given_back, not as 'lost'"):
        oncall.does(oncall.wrapped.payments.end("m-1", "lost", BY))
    with pytest.raises(OnCallError, match="Say why"):
        oncall.does(oncall.wrapped.payments.end("m-1", "credited", By("ann", "")))
    outcome = oncall.does(oncall.wrapped.payments.end("m-1", "given_back", BY))
    assert outcome.says == "m-1 is given back."
    assert oncall.does(oncall.wrapped.payments.lost()) == []
    with pytest.raises(UnknownTargetError, match="No lost payment"):
        oncall.does(oncall.wrapped.payments.end("m-1", "credited", BY))
    (ended,) = oncall.does(oncall.wrapped.payments.lost(ended_too=True))
    assert (ended.ending, ended.ended_by, ended.why) == ("given_back", "ann", "seen in the chat")


def test_lost_payments_are_counted_until_they_are_ended(play, jobs_url):  # noqa: F811
    def counted():
        return REGISTRY.get_sample_value("mailroom_payments_lost", {"account": "yookassa"})

    async def scenario(queues):
        await aio(lambda: note_lost(queues.pool, **LOST))
        await aio(lambda: note_lost(queues.pool, **{**LOST, "provider_id": "p-2", "state": "pending"}))
        await count_lost(queues.pool)
        assert counted() == 1
        await queues.execute("DELETE FROM mailroom.payment_lost")
        await count_lost(queues.pool)
        assert counted() == 0

    play(scenario)
