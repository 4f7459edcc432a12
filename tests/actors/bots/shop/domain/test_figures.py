"""The figures of a day."""

from datetime import date, timedelta

import pytest

from mailroom.actors.bots.shop.checkout import begin_refund, finish_refund
from mailroom.actors.bots.shop.figures import Revenue, read_figures, today
from mailroom.actors.bots.shop.orders import mark_delivered
from mailroom.actors.texts.language import Language
from tests.rooms import transaction_on


def test_the_figures_of_a_day_are_its_orders_its_money_and_its_model(play):
    async def scenario(domain):
        rubles, dollars = await domain.product(20), await domain.product(20, price_minor=300, currency="USD")
        ann = await domain.customer(balance_minor=4_000)
        delivered = await domain.order((rubles, 2), user_id=ann, use_balance=True)
        refunded = await domain.order((rubles, 1))
        abroad = await domain.order((dollars, 5))
        await domain.order((rubles, 1))
        for order in (delivered, refunded, abroad):
            assert await domain.pays(order) == "paid"
        await mark_delivered(domain.pool, delivered.number)
        async with transaction_on(domain.pool) as tx:
            await begin_refund(tx, refunded.number, "owner", goods_back=True)
            await finish_refund(tx, refunded.number)
        for cost in (120, 30):
            await domain.sql(
                "INSERT INTO shop.model_usage (bot, user_id, model, purpose, prompt_tokens, "
                "completion_tokens, cost_micro_usd) VALUES ('shop', 7, 'm', 'answer', 10, 10, $1)",
                cost,
            )
        day = await today(domain.pool)
        figures = await read_figures(domain.pool, "shop", day)
        assert (figures.placed, figures.placed_and_paid, figures.paid) == (4, 3, 3)
        assert (figures.delivered, figures.refunded, figures.conversion_percent) == (1, 1, 75.0)
        assert figures.revenue == (Revenue("RUB", 26_000, 4_000, 10_000), Revenue("USD", 1_500, 0, 0))
        assert [revenue.net_minor for revenue in figures.revenue] == [16_000, 1_500]
        assert [(one.product_id, one.sold, one.sold_minor) for one in figures.top_products] == [
            (dollars, 5, 1_500),
            (rubles, 2, 20_000),
        ]
        assert figures.top_products[0].title(Language("ru")) == figures.top_products[0].title_ru
        assert (figures.model_calls, figures.model_cost_micro_usd) == (2, 150)
        nothing = await read_figures(domain.pool, "other", day)
        assert (nothing.placed, nothing.revenue, nothing.conversion_percent) == (0, (), None)

    play(scenario)


def test_a_day_begins_and_ends_at_midnight_utc_whatever_the_servers_clock_shows(play):
    async def scenario(domain):
        id_ = await domain.product(9)
        moments = {
            "2026-03-01 00:00:00+00": 1,
            "2026-03-01 23:59:59.999+00": 1,
            "2026-03-02 02:59:59+03": 1,
            "2026-03-02 00:00:00+00": 2,
        }
        for moment in moments:
            order = await domain.order((id_, 1))
            await domain.pays(order)
            await domain.sql(
                "UPDATE shop.orders SET created_at = $2::text::timestamptz, paid_at = $2::text::timestamptz "
                "WHERE id = $1",
                order.number, moment,
            )  # fmt: skip
        await domain.sql("SELECT set_config('TimeZone', 'Asia/Tokyo', false)")
        first, second = date(2026, 3, 1), date(2026, 3, 2)
        counted = []
        for span in ((first,), (second,), (first, second), (second + timedelta(1),)):
            figures = await read_figures(domain.pool, "shop", *span)
            counted.append((figures.placed, figures.paid, sum(r.paid_minor for r in figures.revenue)))
        assert counted == [(3, 3, 30_000), (1, 1, 10_000), (4, 4, 40_000), (0, 0, 0)]
        with pytest.raises(ValueError, match="earlier day first"):
            await read_figures(domain.pool, "shop", second, first)

    play(scenario, 1)
