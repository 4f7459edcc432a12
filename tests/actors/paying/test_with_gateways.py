"""Money that goes back by our own providers at simulated gateways: cabinet, crash, failure, dispute."""

from contextlib import asynccontextmanager
from types import SimpleNamespace

import httpx
import pytest

from mailroom.actors.paying.kinds import Noticed
from mailroom.actors.paying.link import made_at
from mailroom.actors.paying.noticed import noticed_job
from mailroom.actors.payment import begin_giving_back
from mailroom.actors.runtime.bridge import aio
from mailroom.ops.simulators.payments.serving import simulator
from mailroom.storage.postgres.payments import find_payment, open_payment
from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures
from tests.actors.paying.memory_provider import PRICE, Shop
from tests.actors.providers.test_payment_simulators import PROVIDERS
from tests.rooms import transaction_on

PAID = PRICE.amount_minor


@asynccontextmanager
async def opened(queues, name):
    """A shop that takes payments at a gateway, one of which is paid; and the gateway's controls."""
    running = simulator()
    sim = await aio(running.__aenter__)
    http = httpx.AsyncClient(trust_env=False)
    provider = PROVIDERS[name](http, sim.url)
    shop = Shop(provider)
    await queues.execute(
        "CREATE TABLE IF NOT EXISTS told (id serial, what text, payment bigint, amount bigint)"
    )

    async def control(control, **given):
        answer = await http.post(f"{sim.url}/sim/{control}", json=given)
        assert answer.status_code == 200, answer.text

    async def made():
        payment = await open_payment(
            queues.pool, bot="shop", provider=name, purpose="shop.order", reference="1042",
            amount_minor=PAID, currency=PRICE.currency,
        )  # fmt: skip
        return await made_at(
            provider, payment, queues.pool, description="Order 1042", return_url="https://shop.example"
        )

    async def act(deed, **more):
        await aio(lambda: control("act", id=payment.provider_id, act=deed, **more))

    async def notice(state, digest):
        wanted = Noticed(provider=name, provider_id=payment.provider_id, state=state)
        await shop.work(queues, noticed_job(wanted, digest=digest))

    async def give_back():
        async def begin():
            async with transaction_on(queues.pool) as tx:
                await begin_giving_back(tx, payment.id, "owner")

        await aio(begin)
        await shop.work(queues)

    async def again():
        await queues.execute("UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now()")
        await shop.work(queues)

    async def status():
        return (await aio(find_payment, queues.pool, payment.id)).status

    try:
        payment = await aio(made)
        await act("pay")
        await notice("paid", "paid")
        yield SimpleNamespace(
            shop=shop, provider=provider, act=act, notice=notice, give_back=give_back, again=again,
            control=lambda what, **given: aio(lambda: control(what, **given)), status=status,
            rows=lambda: shop.rows(queues, payment.id), told=lambda: shop.told(queues),
            refunds=lambda: aio(provider.refunds, payment.provider_id),
        )  # fmt: skip
    finally:
        await aio(http.aclose)
        await aio(running.__aexit__, None, None, None)


both = pytest.mark.parametrize("name", ["yookassa", "stripe"])


@both
def test_what_the_cabinet_gave_back_is_not_given_back_again_at_a_gateway(play, name):  # noqa: F811
    async def scenario(queues):
        async with opened(queues, name) as seller:
            for amount_minor in (40_000, 9_000):
                await seller.act("refund", amount_minor=amount_minor)
                await seller.notice(None, str(amount_minor))
            await seller.give_back()
            assert await seller.rows() == [
                ("gateway", 40_000, "done"), ("gateway", 9_000, "done"), ("ours", 100_000, "done"),
            ]  # fmt: skip
            assert sum(one.money.amount_minor for one in await seller.refunds()) == PAID

    play(scenario)


@both
@pytest.mark.parametrize("days", [0, 2])
def test_a_refund_whose_answer_is_lost_is_made_once_at_a_gateway(play, name, days):  # noqa: F811
    async def scenario(queues):
        async with opened(queues, name) as seller:
            await seller.control("faults", rules=[{"kind": "cut_after", "method": "refund", "times": 1}])
            await seller.give_back()
            assert [row[2] for row in await seller.rows()] == ["pending"]
            if days:  # and the gateway forgets what was asked for under the key
                await seller.control("clock", ahead_seconds=days * 86_400)
            await seller.again()
            assert await seller.rows() == [("ours", PAID, "done")]
            assert len(await seller.refunds()) == 1

    play(scenario)


@both
def test_a_refund_refused_for_want_of_money_goes_through_another_day_at_a_gateway(play, name):  # noqa: F811
    reason = {"yookassa": "insufficient_funds", "stripe": "balance_insufficient"}[name]

    async def scenario(queues):
        async with opened(queues, name) as seller:
            await seller.control("faults", rules=[{"kind": "refused", "reason": reason, "times": 1}])
            await seller.give_back()
            assert (await seller.told())[1:] == [("refund_waits", PAID)]
            await seller.again()
            assert (await seller.told())[2:] == [("back owner", PAID)]
            assert [row[2] for row in await seller.rows()] == ["failed", "done"]

    play(scenario)


@both
def test_a_refund_that_is_on_its_way_for_days_and_fails_is_owed(play, name):  # noqa: F811
    async def scenario(queues):
        async with opened(queues, name) as seller:
            await seller.control("faults", rules=[{"kind": "pending", "delay_ms": 3_600_000, "times": 1}])
            await seller.give_back()
            assert [row[2] for row in await seller.rows()] == ["pending"]
            await seller.act("fail_refund")
            await seller.again()
            assert (await seller.told())[1:] == [("owed owner", PAID)]
            assert await seller.rows() == [("ours", PAID, "impossible")]

    play(scenario)


def test_a_refund_that_fails_after_three_days_at_stripe_is_owed(play):  # noqa: F811
    async def scenario(queues):
        async with opened(queues, "stripe") as seller:
            await seller.give_back()
            await seller.control("clock", ahead_seconds=3 * 86_400)
            await seller.act("fail_refund")
            await seller.notice(None, "refund.failed")
            assert (await seller.told())[1:] == [("back owner", PAID), ("owed owner", PAID)]

    play(scenario)


@pytest.mark.parametrize(
    ("ends", "status", "told"),
    [("win_dispute", "paid", "dispute_won"), ("lose_dispute", "charged_back", "dispute_lost all")],
)
def test_a_dispute_at_stripe_ends_in_the_books(play, ends, status, told):  # noqa: F811
    async def scenario(queues):
        async with opened(queues, "stripe") as seller:
            await seller.act("dispute")
            await seller.notice(None, "created")
            await seller.notice(None, "funds_withdrawn")
            assert await seller.status() == "disputed"
            await seller.act(ends)
            await seller.notice(None, "closed")
            assert await seller.status() == status
            assert (await seller.told())[1:] == [("dispute", PAID), (told, PAID)]

    play(scenario)
