"""A shop says of itself who waits for goods, for money, for an answer, and what is sold out."""

import pytest
from prometheus_client import REGISTRY

from mailroom.actors.bots.shop import complaints
from mailroom.actors.bots.shop.monitoring.gauges import REFUND_STATES, SQL, measure
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.providers.payments import ProviderRefusedError
from mailroom.actors.providers.sums import Sums
from mailroom.actors.runtime.bridge import aio
from mailroom.supervisors.bot_gauges import BotGauges
from tests.actors.bots.shop.jobs.test_money_back import give_back
from tests.actors.paying.memory_provider import DOWN, MemoryProvider

DAY = 86_400


class Shown:
    """What the shop `shop` shows after it was counted."""

    def of(self, name, **labels):
        return REGISTRY.get_sample_value(f"mailroom_shop_{name}", {"bot": "shop", **labels})

    def refunds(self):
        """How many there are, in the states that have any."""
        found = {state: self.of("refunds_waiting", state=state) for state in REFUND_STATES}
        return {state: refunds for state, refunds in found.items() if refunds}


async def counted(shop) -> Shown:
    await BotGauges("shop", measure(shop.services)).count()
    assert REGISTRY.get_sample_value("mailroom_bot_measured", {"bot": "shop"}) == 1
    return Shown()


async def paid_while_nothing_is_delivered(shop):
    """An order that is paid, whose job nobody does."""
    order = await shop.order((await shop.product(2), 1))
    await shop.value(
        "INSERT INTO mailroom.outbox_queue VALUES ('shop.delivery', now(), 'test', 'a test') RETURNING 1"
    )
    await shop.pay(order)

    async def paid():
        return await shop.status(order) == "paid"

    await shop.queues.until_true(paid, "the payment")
    return order


def test_a_shop_where_all_is_well_shows_noughts(play):
    async def scenario(shop):
        await shop.sql("DELETE FROM shop.stock_items")
        await shop.sql("UPDATE shop.products SET active = false")
        await shop.pay(await shop.order((await shop.product(2), 1)))
        await shop.quiet()
        shown = await counted(shop)
        assert shown.of("products_on_sale") == 1
        noughts = ("products_sold_out", "orders_undelivered", "undelivered_age_seconds", "orders_unpayable")
        more = ("complaints_open", "complaint_age_seconds", "suppliers_untold")
        assert {name: shown.of(name) for name in noughts + more} == dict.fromkeys(noughts + more, 0)
        assert [shown.of("refund_age_seconds", state=state) for state in REFUND_STATES] == [0, 0, 0, 0]
        assert shown.refunds() == {}

    play(scenario)


def test_a_product_is_sold_out_when_the_last_one_is_ordered_and_not_when_it_is_off_sale(play):
    async def scenario(shop):
        before = (await counted(shop)).of("products_sold_out")
        product = await shop.product(1)
        assert (await counted(shop)).of("products_sold_out") == before
        await shop.order((product, 1))
        assert (await counted(shop)).of("products_sold_out") == before + 1
        await shop.sql("UPDATE shop.products SET active = false WHERE id = $1", product)
        assert (await counted(shop)).of("products_sold_out") == before

    play(scenario)


def test_a_paid_order_whose_goods_do_not_come_is_counted_once_it_is_late(play):
    async def scenario(shop):
        order = await paid_while_nothing_is_delivered(shop)
        assert (await counted(shop)).of("orders_undelivered") == 0
        await shop.sql("UPDATE shop.orders SET paid_at = now() - interval '1 h' WHERE id = $1", order.number)
        shown = await counted(shop)
        assert shown.of("orders_undelivered") == 1
        assert shown.of("undelivered_age_seconds") == pytest.approx(3600, abs=60)

    play(scenario)


def test_orders_of_another_bot_are_that_bots(play):
    async def scenario(shop):
        order = await paid_while_nothing_is_delivered(shop)
        await shop.sql(
            "UPDATE shop.orders SET paid_at = now() - interval '1 h', bot = 'other' WHERE id = $1",
            order.number,
        )
        assert (await counted(shop)).of("orders_undelivered") == 0

    play(scenario)


def test_a_refund_that_the_gateway_refuses_waits_as_refused_and_is_over_when_it_has_gone(play):
    async def scenario(shop):
        order = await shop.order((await shop.product(1), 1))
        await shop.pay(order)
        await shop.quiet()
        shop.provider.on_refund.answers = [ProviderRefusedError("too little money", refusal="passes")]
        await give_back(shop, order)
        await shop.sql(
            "UPDATE mailroom.payment_refund SET over_at = now() - interval '1 day' WHERE status = 'failed'"
        )
        shown = await counted(shop)
        assert shown.refunds() == {"refused": 1}
        assert shown.of("refund_age_seconds", state="refused") == pytest.approx(DAY, abs=60)
        await shop.sql(
            "UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now() WHERE name = 'payment.refund'"
        )
        shop.queues.listener.wake("shop.payment")
        await shop.quiet()
        assert await shop.status(order) == "refunded"
        assert (await counted(shop)).refunds() == {}

    play(scenario)


@pytest.mark.parametrize(
    ("answers", "state"), [([], "pending"), ([ProviderRefusedError("no", refusal="person")], "dead")]
)
def test_a_refund_is_under_way_or_nobody_tries_any_more(play, answers, state):
    async def scenario(shop):
        order = await shop.order((await shop.product(1), 1))
        await shop.pay(order)
        await shop.quiet()
        shop.provider.refund_state = "pending"
        shop.provider.on_refund.answers = list(answers)
        await give_back(shop, order)
        assert (await counted(shop)).refunds() == {state: 1}

    play(scenario, dead=["payment.refund"] if state == "dead" else [])


def test_a_refund_that_waits_for_the_payers_bank_is_nobodys_fault(play):
    async def scenario(shop):
        order = await shop.order((await shop.product(1), 1))
        await shop.pay(order)
        await shop.quiet()
        shop.provider.on_fetch.answers = [DOWN]
        await give_back(shop, order)
        await shop.sql(
            "INSERT INTO mailroom.payment_dispute (payment_id, provider_id, amount_minor, currency, state,"
            " withdrawn, reason) SELECT id, 'd-1', 1, 'RUB', 'open', true, 'fraud' FROM mailroom.payment"
        )
        assert (await counted(shop)).refunds() == {"disputed": 1}

    play(scenario)


def test_a_problem_waits_from_when_it_was_written_until_it_is_answered(play):
    async def scenario(shop):
        order = await shop.order((await shop.product(1), 1))
        await shop.pay(order)
        await shop.quiet()
        await shop.sql("INSERT INTO shop.complaints (order_id, bot) VALUES ($1, 'shop')", order.number)
        await shop.sql("UPDATE shop.complaints SET opened_at = now() - interval '1 day'")
        shown = await counted(shop)
        assert shown.of("complaints_open") == 1
        assert shown.of("complaint_age_seconds") == pytest.approx(DAY, abs=60)
        await shop.sql(complaints.SQL["close"], order.number)
        assert (await counted(shop)).of("complaints_open") == 0

    play(scenario)


@pytest.mark.parametrize(("answer", "dead"), [(503, []), (404, ["shop.tell_supplier"])])
def test_a_supplier_who_could_not_be_told_is_counted_once_for_all_that_was_missed(play, answer, dead):
    async def scenario(shop):
        supplier = await shop.new_supplier(call=True)
        shop.supplier.answers = [answer] * 99
        for _ in range(2):
            await shop.pay(await shop.order((await shop.product(1, supplier=supplier), 1)))
            await shop.quiet()
        assert (await counted(shop)).of("suppliers_untold") == 1
        shop.supplier.answers.clear()
        await shop.sql(
            "UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now() WHERE last_error IS NOT NULL"
        )
        shop.queues.listener.wake("shop.delivery")
        await shop.quiet()
        assert (await counted(shop)).of("suppliers_untold") == len(dead)

    play(scenario, dead=dead * 2)


class Dear(MemoryProvider):
    """Takes no sum below a million."""

    def sums(self, currency):
        return Sums(100_000_000, 10**12)


@pytest.mark.parametrize(
    ("provider", "payments", "unpayable"),
    [(MemoryProvider(), None, 0), (Dear(), None, 1), (Dear(), (), 0)],
    ids=["somebody takes it", "nobody takes the sum", "paid by hand"],
)
def test_an_order_that_no_account_takes_is_counted_unless_the_shop_is_paid_by_hand(
    play, provider, payments, unpayable
):
    async def scenario(shop):
        await shop.order((await shop.product(1), 1))
        assert (await counted(shop)).of("orders_unpayable") == unpayable

    play(scenario, provider=provider, options=Options(payments=payments))


def test_counting_every_few_seconds_reads_no_order_that_is_over(play):
    async def scenario(shop):
        await shop.sql(
            "INSERT INTO shop.orders (effect_id, bot, chat_id, user_id, language, contact, total_minor,"
            " currency, status) SELECT 'old-' || n, 'shop', 1, 1, 'en', '', 1, 'RUB', 'delivered'"
            " FROM generate_series(1, 5000) AS n"
        )
        await shop.sql("ANALYZE shop.orders")
        for name, values in (("counts", "'shop', 300, 'q', 'n'"), ("awaited", "'shop'")):
            plan = await aio(_plan, shop.pool, SQL[name], values)
            assert "orders_unfinished" in plan
            assert "Seq Scan on orders" not in plan

    play(scenario)


async def _plan(pool, statement, values):
    statement = statement.replace("{now}", "now()")
    async with pool.acquire() as connection:
        await connection.execute(f"PREPARE counting AS {statement}")
        rows = await connection.fetch(f"EXPLAIN EXECUTE counting ({values})")
        await connection.execute("DEALLOCATE counting")
    return "\n".join(row[0] for row in rows)
