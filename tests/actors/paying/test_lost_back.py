"""A lost payment goes back when a person says so: what is left of it, once, whatever has happened before."""

import pytest

from mailroom.actors.paying.lost_back import lost_back_job
from mailroom.actors.providers.payments import Money
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.lost_payments import lost_payments
from mailroom.storage.postgres.payments import find_payment
from mailroom.supervisors.oncall.errors import UnknownTargetError
from mailroom.supervisors.oncall.oncall import OnCall
from mailroom.supervisors.oncall.reports import By
from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures
from tests.actors.paying.memory_provider import DOWN, MemoryProvider, Shop
from tests.actors.paying.test_notices import notice

NOW = "UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now()"
BY = By("ann", "the customer wished so")


async def loses(queues, shop):
    """A paid payment that no row knows; what its gateway calls it."""
    id_ = await shop.open(queues)
    ref = (await aio(find_payment, queues.pool, id_)).ref
    shop.provider.put("p-lost", "paid", reference=ref)
    await queues.execute("TRUNCATE mailroom.payment RESTART IDENTITY CASCADE")
    await shop.work(queues, notice("p-lost"))
    (lost,) = await aio(lost_payments, queues.pool)
    return lost


async def gives_back(queues, shop, lost):
    (job,) = await queues.enqueue(lost_back_job(lost, by=BY.who, why=BY.why))
    await shop.work(queues)
    return await queues.seen(job)


async def waiting(queues):
    return await aio(lost_payments, queues.pool)


def test_what_is_left_goes_back_once_though_the_answer_is_lost_and_a_part_was_given_back_before(play):  # noqa: F811
    shop = Shop()

    async def scenario(queues):
        lost = await loses(queues, shop)
        shop.provider.in_the_cabinet("p-lost", 49_000)
        shop.provider.after_refund.answers += [DOWN]
        assert (await gives_back(queues, shop, lost)).state == "retrying"
        assert len(await waiting(queues)) == 1
        await queues.execute(NOW)
        await shop.work(queues)
        assert [one.money for one in shop.provider.refund_calls] == [Money(100_000, "RUB")]
        assert shop.provider.payments["p-lost"].state == "refunded"
        assert await waiting(queues) == []
        assert (
            await queues.fetch("SELECT ended_by || ': ' || why FROM mailroom.payment_lost")
            == f"{BY.who}: {BY.why}"
        )
        await gives_back(queues, shop, lost)
        assert len(shop.provider.refund_calls) == 1

    play(scenario)


def test_a_refund_on_its_way_is_waited_for_and_not_asked_for_again(play):  # noqa: F811
    shop = Shop()

    async def scenario(queues):
        lost = await loses(queues, shop)
        shop.provider.refund_state = "pending"
        for _ in range(2):
            assert (await gives_back(queues, shop, lost)).state in ("scheduled", "retrying")
            await queues.execute(NOW)
        assert len(shop.provider.refund_calls) == 1
        assert len(await waiting(queues)) == 1

    play(scenario)


def test_what_is_ours_again_or_a_gateway_cannot_give_back_does_not_move(play):  # noqa: F811
    async def found_again(queues, shop, lost):
        await shop.open(queues, create=False)
        await queues.execute("UPDATE mailroom.payment SET ref = $1", lost.ref)
        return "is ours by now"

    async def without_refunds(_queues, shop, _lost):
        shop.provider.can_refund = False
        return "in its cabinet"

    async def scenario(queues):
        for happens in (found_again, without_refunds):
            shop = Shop(MemoryProvider())
            lost = await loses(queues, shop)
            why = await happens(queues, shop, lost)
            dead = await gives_back(queues, shop, lost)
            assert dead.state == "dead"
            assert why in dead.last_error
            assert shop.provider.refund_calls == []
            await queues.execute(
                "TRUNCATE mailroom.payment, mailroom.payment_lost, mailroom.outbox_dedup CASCADE"
            )

    play(scenario)


def test_on_call_gives_all_back_at_once_and_names_what_there_is_not(play):  # noqa: F811
    shop = Shop()

    async def scenario(queues):
        lost = await loses(queues, shop)
        oncall = OnCall.over(None, database=queues.pool)
        oncall.context._write_down = _written
        with pytest.raises(UnknownTargetError, match='No lost payment "m-x" waits'):
            await aio(oncall.payments.give_back, ["m-x"], BY)
        said = await aio(oncall.payments.give_back, [], BY)
        assert said.says.startswith("1 payment will go back")
        assert await aio(oncall.payments.give_back, [lost.ref], BY)  # twice is once
        await shop.work(queues)
        assert len(shop.provider.refund_calls) == 1
        assert await waiting(queues) == []

    play(scenario)


async def _written(*_):
    return True
