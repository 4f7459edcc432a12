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
from tests.actors.jobs.conftest import jobs_template, jobs_url, play  # noqa: F401 - fixtures
from tests.actors.paying.test_notices import notice
from tests.actors.paying.till import DOWN, MemoryProvider, Shop

NOW = "UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now()"
BY = By("ann", "the customer wished so")


async def loses(stand, shop):
    """A paid payment that no row knows; what its gateway calls it."""
    id_ = await shop.open(stand)
    ref = (await aio(find_payment, stand.pool, id_)).ref
    shop.provider.put("p-lost", "paid", reference=ref)
    await stand.execute("TRUNCATE mailroom.payment RESTART IDENTITY CASCADE")
    await shop.work(stand, notice("p-lost"))
    (lost,) = await aio(lost_payments, stand.pool)
    return lost


async def gives_back(stand, shop, lost):
    (job,) = await stand.enqueue(lost_back_job(lost, by=BY.who, why=BY.why))
    await shop.work(stand)
    return await stand.seen(job)


async def waiting(stand):
    return await aio(lost_payments, stand.pool)


def test_what_is_left_goes_back_once_though_the_answer_is_lost_and_a_part_was_given_back_before(play):  # noqa: F811
    shop = Shop()

    async def scenario(stand):
        lost = await loses(stand, shop)
        shop.provider.in_the_cabinet("p-lost", 49_000)
        shop.provider.after_refund.answers += [DOWN]
        assert (await gives_back(stand, shop, lost)).state == "retrying"
        assert len(await waiting(stand)) == 1
        await stand.execute(NOW)
        await shop.work(stand)
        assert [one.money for one in shop.provider.refund_calls] == [Money(100_000, "RUB")]
        assert shop.provider.payments["p-lost"].state == "refunded"
        assert await waiting(stand) == []
        assert (
            await stand.fetch("SELECT ended_by || ': ' || why FROM mailroom.payment_lost")
            == f"{BY.who}: {BY.why}"
        )
        await gives_back(stand, shop, lost)
        assert len(shop.provider.refund_calls) == 1

    play(scenario)


def test_a_refund_on_its_way_is_waited_for_and_not_asked_for_again(play):  # noqa: F811
    shop = Shop()

    async def scenario(stand):
        lost = await loses(stand, shop)
        shop.provider.refund_state = "pending"
        for _ in range(2):
            assert (await gives_back(stand, shop, lost)).state in ("scheduled", "retrying")
            await stand.execute(NOW)
        assert len(shop.provider.refund_calls) == 1
        assert len(await waiting(stand)) == 1

    play(scenario)


def test_what_is_ours_again_or_a_gateway_cannot_give_back_does_not_move(play):  # noqa: F811
    async def found_again(stand, shop, lost):
        await shop.open(stand, create=False)
        await stand.execute("UPDATE mailroom.payment SET ref = $1", lost.ref)
        return "is ours by now"

    async def without_refunds(_stand, shop, _lost):
        shop.provider.can_refund = False
        return "in its cabinet"

    async def scenario(stand):
        for happens in (found_again, without_refunds):
            shop = Shop(MemoryProvider())
            lost = await loses(stand, shop)
            why = await happens(stand, shop, lost)
            dead = await gives_back(stand, shop, lost)
            assert dead.state == "dead"
            assert why in dead.last_error
            assert shop.provider.refund_calls == []
            await stand.execute(
                "TRUNCATE mailroom.payment, mailroom.payment_lost, mailroom.outbox_dedup CASCADE"
            )

    play(scenario)


def test_on_call_gives_all_back_at_once_and_names_what_there_is_not(play):  # noqa: F811
    shop = Shop()

    async def scenario(stand):
        lost = await loses(stand, shop)
        desk = OnCall.over(None, database=stand.pool)
        desk.context._write_down = _written
        with pytest.raises(UnknownTargetError, match='No lost payment "m-x" waits'):
            await aio(desk.payments.give_back, ["m-x"], BY)
        said = await aio(desk.payments.give_back, [], BY)
        assert said.says.startswith("1 payment will go back")
        assert await aio(desk.payments.give_back, [lost.ref], BY)  # twice is once
        await shop.work(stand)
        assert len(shop.provider.refund_calls) == 1
        assert await waiting(stand) == []

    play(scenario)


async def _written(*_):
    return True
