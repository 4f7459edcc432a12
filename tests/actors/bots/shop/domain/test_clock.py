"""What the shop decides by the time it decides by the clock of its room: here that is a day ahead."""

from datetime import UTC, datetime, timedelta

import pytest

from mailroom.actors.bots.shop.catalog import find_product
from mailroom.actors.bots.shop.erasure import ERASURE
from mailroom.actors.bots.shop.figures import read_figures, today
from mailroom.actors.bots.shop.leaderboard import boards
from mailroom.actors.bots.shop.offers import add_offer, list_offers
from mailroom.actors.bots.shop.orders import SoldOut
from mailroom.actors.bots.shop.promo_refusal import why_refused
from mailroom.actors.bots.shop.waiting import minutes_left
from mailroom.actors.kit.erasure.wish import Wish
from mailroom.actors.kit.owners.deeds import By
from mailroom.actors.texts.language import Language
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.schemas import SchemaPool
from tests.rooms import named

DAY = timedelta(days=1)
NEAR = timedelta(minutes=5)
"""Of moments that are written and read in one test."""


def a_day_later(domain):
    """The same shop, seen by processes for which it is tomorrow."""
    later = type(domain)(SchemaPool(domain.pool.bare, domain.pool.schema, Clock(DAY)), domain.vault)
    later._numbers = domain._numbers
    return later


def test_a_reservation_is_over_when_it_is_for_the_room_and_its_goods_are_sold_to_others(play):
    async def scenario(domain):
        later = a_day_later(domain)
        id_ = await domain.product(1)
        order = await domain.order((id_, 1))
        assert (await domain.available(id_), await later.available(id_)) == (0, 1)
        assert await minutes_left(domain.pool, order.number) == 15
        assert await minutes_left(later.pool, order.number) is None
        with pytest.raises(SoldOut):
            await domain.order((id_, 1), quote=await later.quote((id_, 1)))
        assert await domain.expire(order.number) is None, "it waits for its payment"
        second = await later.order((id_, 1))
        assert abs(second.created_at - datetime.now(UTC) - DAY) < NEAR
        assert second.reserved_until - second.created_at == timedelta(minutes=15)
        assert (await later.expire(order.number)).status == "expired"

    play(scenario)


def test_a_job_that_is_wanted_when_a_reservation_is_over_is_waited_for_in_real_time(play):
    async def scenario(domain):
        later = a_day_later(domain)
        await later.order((await domain.product(1), 1))
        run_at = await domain.value("SELECT run_at FROM mailroom.outbox_job WHERE name = 'shop.expire'")
        assert abs(run_at - datetime.now(UTC) - timedelta(minutes=15)) < NEAR

    play(scenario)


def test_what_a_day_has_cost_is_forgotten_when_it_is_over_for_the_room(play):
    async def scenario(domain):
        later = a_day_later(domain)
        customer = await later.customer()
        assert await ERASURE.ask(later.room, named("ask"), customer, customer, "en")
        wish = Wish(
            erasure=await domain.value("SELECT id FROM shop.erasures WHERE done_at IS NULL"), language="en"
        )
        assert await ERASURE.erase(later.room, named("erase"), wish)
        run_at = await domain.value("SELECT run_at FROM mailroom.outbox_job WHERE name = 'shop.erase_usage'")
        assert datetime.now(UTC) < run_at <= datetime.now(UTC) + DAY, "not at the end of the day after it"
        [(asked, done)] = await domain.sql("SELECT asked_at, done_at FROM shop.erasures")
        assert datetime.now(UTC) + DAY - NEAR < asked <= done

    play(scenario)


def test_a_discount_and_a_promo_code_are_over_when_they_are_for_the_room(play):
    async def scenario(domain):
        later = a_day_later(domain)
        id_ = await domain.product(1)
        number = await add_offer(later.room, By("shop", "Olga", "effect"), '-5% all code SALE5 "С" "S"')
        [offer] = [one for one in await list_offers(later.pool) if one.id == number]
        assert offer.in_force
        assert abs(offer.starts_at - datetime.now(UTC) - DAY) < NEAR
        [offer] = [one for one in await list_offers(domain.pool) if one.id == number]
        assert not offer.in_force, "it begins tomorrow"
        assert await why_refused(domain.pool, "SALE5") == "not_yet"
        assert await why_refused(later.pool, "SALE5") is None
        await domain.discount(50, product_id=id_, ends_at=datetime.now(UTC) + timedelta(hours=1))

        async def percents(of):
            return {one.percent for one in (await find_product(of.pool, Language("ru"), id_)).discounts}

        assert 50 in await percents(domain)
        assert 50 not in await percents(later)
        assert 5 in await percents(later) - await percents(domain)
        await domain.sql("DELETE FROM shop.discounts WHERE promo_code = 'SALE5'")

    play(scenario)


def test_a_day_and_its_figures_are_those_of_the_room(play):
    async def scenario(domain):
        later = a_day_later(domain)
        order = await later.order((await domain.product(1), 1))
        assert await later.pays(order) == "paid"
        day = await today(later.pool)
        assert day == (datetime.now(UTC) + DAY).date()
        assert (await boards(later.pool, "shop"))[0] == day
        figures = await read_figures(later.pool, "shop", day)
        assert (figures.placed, figures.paid) == (1, 1)
        assert (await read_figures(domain.pool, "shop", day - DAY)).placed == 0
        paid, sold = (
            await domain.value("SELECT paid_at FROM shop.orders WHERE id = $1", order.number),
            (await domain.value("SELECT sold_at FROM shop.stock_items WHERE order_id = $1", order.number)),
        )
        assert min(paid, sold) > datetime.now(UTC) + DAY - NEAR

    play(scenario)
