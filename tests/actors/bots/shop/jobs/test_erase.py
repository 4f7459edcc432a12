"""A customer who wants to be forgotten, while orders of theirs are still under way."""

from dataclasses import replace
from functools import partial

from mailroom.actors.bots.shop import erasure
from mailroom.actors.bots.shop.erasure import ERASURE
from mailroom.actors.kit.erasure.wish import Wish
from mailroom.actors.runtime.bridge import aio
from tests.actors.bots.shop.conftest import StubTurn
from tests.rooms import named


async def asks(shop, person):
    assert await aio(ERASURE.ask, shop.services, named("ask"), person, person, "en")
    return await shop.value("SELECT max(id) FROM shop.erasures")


async def is_forgotten(shop, number):
    wish = Wish(erasure=number, language="en")
    room = replace(shop.services, erases=erasure.forget)
    return await aio(partial(ERASURE.erase, room, StubTurn(1), wish))


def test_the_chat_is_told_once_nothing_of_an_order_is_to_come_any_more(play):
    async def scenario(shop):
        person = await shop.person()
        order = await shop.order((await shop.product(1), 1), buyer=person)
        await shop.sql("UPDATE shop.orders SET status = 'refunding' WHERE id = $1", order.number)
        number = await asks(shop, person)
        await shop.quiet()
        assert "shop.erased" not in shop.names(person)
        assert not await is_forgotten(shop, number)
        await shop.sql("UPDATE shop.orders SET status = 'refunded' WHERE id = $1", order.number)
        await shop.sql(
            "UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now() WHERE name = 'shop.erase'"
        )
        shop.queues.listener.wake("shop.delivery")
        await shop.quiet()
        assert ("shop.erased", {"erasure": number, "language": "en"}) in shop.events(person)

    play(scenario)


def test_what_is_paid_after_all_for_an_order_of_nobody_goes_back_and_nothing_is_sold(play):
    async def scenario(shop):
        person, product = await shop.person(), await shop.product(1)
        order = await shop.order((product, 1), buyer=person)
        payment = await shop.pay(order, notice=False)
        number = await asks(shop, person)
        await shop.quiet()
        assert await is_forgotten(shop, number)
        before = len(shop.told)
        await shop.notice(payment)
        await shop.quiet()
        (row,) = await shop.payments(order)
        assert row.status == "refunded"
        assert await shop.free(product) == 1
        assert shop.told[before:] == []
        assert (await shop.find(order.number)).chat_id == 0

    play(scenario)


def test_two_who_ask_at_once_are_one_wish(play):
    async def scenario(shop):
        person = await shop.person()
        await asks(shop, person)
        assert not await aio(ERASURE.ask, shop.services, named("ask"), person, person, "en")
        await shop.quiet()
        assert shop.names(person) == ["shop.erased"]

    play(scenario)
