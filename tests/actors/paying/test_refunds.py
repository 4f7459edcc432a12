"""Money that is to go back goes back once, or its bot learns that it owes it."""

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from mailroom.actors.paying.kinds import REFUNDING, Noticed
from mailroom.actors.paying.noticed import noticed_job
from mailroom.actors.providers.payments import ProviderRefusedError, ProviderUnavailableError
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.payments import mark_paid
from mailroom.storage.postgres.refunds import finish_refund, pending_refund
from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures
from tests.actors.paying.memory_provider import DOWN, PRICE, MemoryProvider, Shop, give_back

OWED = [("owed owner", PRICE.amount_minor)]
BACK = [("back owner", PRICE.amount_minor)]


def counted(outcome, provider="yoomoney"):
    labels = {"account": provider, "outcome": outcome}
    return REGISTRY.get_sample_value("mailroom_refunds_total", labels) or 0.0


@pytest.fixture
def shop():
    return Shop()


@pytest.fixture
def tell(play):  # noqa: F811
    """Play a scenario whose refunds end so, told in one line for each attempt."""

    def tell(scenario, *outcomes):
        before = {outcome: counted(outcome) for outcome in outcomes}
        with capture_logs() as lines:
            play(scenario)
        told = [line for line in lines if line["event"] == "payment_refund"]
        assert [line["outcome"] for line in told] == list(outcomes)
        assert all(counted(one) == before[one] + outcomes.count(one) for one in before)
        return told

    return tell


async def paid(shop, queues):
    id_ = await shop.open(queues)
    shop.provider.becomes(f"p-{id_}", "paid")
    assert await aio(mark_paid, queues.pool, id_)
    return id_


def test_money_goes_back_and_the_bot_learns_of_it(tell, shop):
    async def scenario(queues):
        id_ = await paid(shop, queues)
        await give_back(queues, id_)
        assert await shop.status(queues, id_) == "refunding"
        await shop.work(queues)
        assert await shop.told(queues) == BACK
        assert await shop.status(queues, id_) == "refunded"
        refund = await shop.refund(queues, id_)
        assert (refund.status, refund.provider_id) == ("done", f"r-refund-{refund.ref}")
        (order,) = shop.provider.refund_calls
        assert (order.idempotency_key, order.reference) == (f"refund-{refund.ref}", refund.ref)

    (line,) = tell(scenario, "done")
    assert (line["money"], line["reason"], line["reference"]) == ("1490.00 RUB", "owner", "1042")


def test_money_goes_back_once_however_often_it_is_asked_for(tell, shop):
    async def scenario(queues):
        id_ = await paid(shop, queues)
        for _ in range(3):
            await give_back(queues, id_)
        await shop.work(queues)
        assert await give_back(queues, id_) == []
        assert (await shop.told(queues), len(shop.provider.asked_for)) == (BACK, 1)

    tell(scenario, "done")


def test_what_nobody_has_paid_does_not_go_back(tell, shop):
    async def scenario(queues):
        assert await give_back(queues, await shop.open(queues)) == []

    tell(scenario)


@pytest.mark.parametrize("can_refund", [True, False])
def test_what_the_provider_cannot_give_back_is_owed_by_the_bot(tell, can_refund):
    shop = Shop(MemoryProvider(can_refund=can_refund))
    shop.provider.on_refund.answers = [ProviderRefusedError("too old", "final")]

    async def scenario(queues):
        id_ = await paid(shop, queues)
        await give_back(queues, id_)
        await shop.work(queues)
        assert await shop.told(queues) == OWED
        assert (await shop.refund(queues, id_)).status == "impossible"
        assert await shop.status(queues, id_) == "refunded"
        assert len(shop.provider.refund_calls) == can_refund

    (line,) = tell(scenario, "impossible")
    assert line["why"] == ("too old" if can_refund else "yoomoney gives no money back by API")
    assert line["log_level"] == "error"


def test_a_refund_that_the_provider_cancels_is_owed_by_the_bot(tell, shop):
    shop.provider.refund_state = "canceled"

    async def scenario(queues):
        await give_back(queues, await paid(shop, queues))
        await shop.work(queues)
        assert await shop.told(queues) == OWED

    tell(scenario, "impossible")


def test_an_outage_is_waited_out_for_a_day_with_the_same_key(tell, shop):
    shop.provider.on_refund.answers = [DOWN, ProviderUnavailableError("busy", retry_after=600)]

    async def scenario(queues):
        id_ = await paid(shop, queues)
        (job,) = await give_back(queues, id_)
        lives = await shop.start(queues)
        await queues.until_true(lambda: tried(queues, job, 1))
        await again(queues, job)
        await queues.until_true(lambda: tried(queues, job, 2))
        seen = await queues.seen(job)
        assert (seen.run_at - seen.claimed_at).total_seconds() > 500
        await again(queues, job)
        await queues.until_true(lambda: over(queues, id_))
        for life in lives:
            await life.stop()
        ref = (await shop.refund(queues, id_)).ref
        assert {order.idempotency_key for order in shop.provider.refund_calls} == {f"refund-{ref}"}
        assert await shop.told(queues) == BACK

    async def tried(queues, job, times):
        return len(shop.provider.refund_calls) == times and (await queues.seen(job)).state == "retrying"

    async def again(queues, job):
        await aio(queues.on_call().retry, [job])
        queues.listener.wake("shop.payment")

    async def over(queues, id_):
        return await shop.status(queues, id_) == "refunded"

    tell(scenario, "unavailable", "unavailable", "done")


def test_a_refund_has_the_patience_of_a_day():
    most, least = (
        sum(REFUNDING.backoff.delay_seconds(tried, chance) for tried in range(1, REFUNDING.attempts_max))
        for chance in (0.0, 1.0)
    )
    assert 18 * 3600 < least < 24 * 3600 < most < 28 * 3600


def test_a_provider_that_stays_away_for_good_leaves_a_dead_letter(tell, shop, monkeypatch):
    monkeypatch.setattr("mailroom.actors.jobs.context.JobContext.is_last_attempt", True)
    shop.provider.on_refund.answers = [DOWN]

    async def scenario(queues):
        await give_back(queues, await paid(shop, queues))
        await shop.work(queues)

    tell(scenario, "dead")


def test_a_refund_on_its_way_is_looked_after_until_it_has_arrived(tell, shop):
    shop.provider.refund_state = "pending"

    async def scenario(queues):
        id_ = await paid(shop, queues)
        (job,) = await give_back(queues, id_)
        await shop.work(queues)
        id_at_provider = (await shop.refund(queues, id_)).provider_id
        assert id_at_provider in shop.provider.listed
        assert await shop.told(queues) == []
        seen = await queues.seen(job)
        assert (seen.state, seen.attempts) == ("retrying", 0)
        shop.provider.note_refund(f"p-{id_}", id_at_provider, PRICE, "done")
        await aio(queues.on_call().retry, [job])
        await shop.work(queues)
        assert (await shop.told(queues), await shop.status(queues, id_)) == (BACK, "refunded")

    tell(scenario, "pending", "done")


def test_a_refund_that_never_arrives_is_for_a_person_to_see(tell, shop):
    shop.provider.refund_state = "pending"

    async def scenario(queues):
        (job,) = await give_back(queues, await paid(shop, queues))
        await shop.work(queues)
        await aio(queues.on_call().retry, [job])
        await queues.execute("UPDATE mailroom.payment_refund SET tried_at = now() - interval '15 days'")
        await shop.work(queues)
        assert "has been pending for 14 days" in (await queues.seen(job)).last_error

    tell(scenario, "pending", "dead")


def test_a_notice_of_our_own_refund_ends_it_before_its_job_hears_of_it(tell, shop):
    shop.provider.after_refund.answers = [DOWN]

    async def scenario(queues):
        id_ = await paid(shop, queues)
        (job,) = await give_back(queues, id_)
        await shop.work(queues)  # the call took effect, and its answer was lost
        noticed = Noticed(provider="yoomoney", provider_id=f"p-{id_}")
        await shop.work(queues, noticed_job(noticed, digest="x"))
        await aio(queues.on_call().retry, [job])
        await shop.work(queues)
        assert await shop.told(queues) == BACK
        assert await shop.status(queues, id_) == "refunded"

    tell(scenario, "unavailable")


def test_a_notice_that_ends_our_refund_while_it_is_asked_for_is_told_once(tell, shop, monkeypatch):
    async def scenario(queues):
        id_ = await paid(shop, queues)
        refund = shop.provider.refund

        async def and_meanwhile(order):
            made = await refund(order)
            assert await finish_refund(queues.pool, (await pending_refund(queues.pool, id_)).id, "done")
            return made

        monkeypatch.setattr(shop.provider, "refund", and_meanwhile)
        await give_back(queues, id_)
        await shop.work(queues)
        assert (await shop.told(queues), await shop.status(queues, id_)) == ([], "refunded")

    tell(scenario)


def test_what_the_bot_writes_and_the_end_of_the_refund_are_one(tell, shop):
    tries = []
    told = shop._tell

    async def fails_once(connection, what, payment, amount_minor):
        await told(connection, what, payment, amount_minor)
        tries.append(what)
        if len(tries) == 1:
            raise RuntimeError("the shop is ill")

    shop._tell = fails_once

    async def scenario(queues):
        id_ = await paid(shop, queues)
        (job,) = await give_back(queues, id_)
        await shop.work(queues)
        assert (await shop.status(queues, id_), await shop.told(queues)) == ("refunding", [])
        await aio(queues.on_call().retry, [job])
        await shop.work(queues)
        assert await shop.told(queues) == BACK
        assert len(shop.provider.asked_for) == 1

    tell(scenario, "done")
