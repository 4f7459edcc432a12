"""A customer who wants to be forgotten, while orders of theirs are still under way."""

from dataclasses import replace
from functools import partial

from mailroom.actors.bots.shop import erasure
from mailroom.actors.bots.shop.domain.language import Language
from mailroom.actors.bots.shop.erasure import Erasure
from mailroom.actors.runtime.bridge import aio
from tests.actors.bots.shop.conftest import StubTurn
from tests.rooms import named


async def asks(world, person):
    assert await aio(erasure.ask, world.services, named("ask"), person, person, Language.EN)
    return await world.value("SELECT max(id) FROM shop.erasures")


async def is_forgotten(world, number):
    wish = Erasure(erasure=number, language=Language.EN)
    room = replace(world.services, erases=erasure.forget)
    return await aio(partial(erasure.erase, room, StubTurn(1), wish))


def test_the_chat_is_told_once_nothing_of_an_order_is_to_come_any_more(play):
    async def scenario(world):
        person = await world.person()
        order = await world.order((await world.product(1), 1), buyer=person)
        await world.sql("UPDATE shop.orders SET status = 'refunding' WHERE id = $1", order.number)
        number = await asks(world, person)
        await world.quiet()
        assert "shop.erased" not in world.names(person)
        assert not await is_forgotten(world, number)
        await world.sql("UPDATE shop.orders SET status = 'refunded' WHERE id = $1", order.number)
        await world.sql(
            "UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now() WHERE name = 'shop.erase'"
        )
        world.stand.ears.wake("shop.delivery")
        await world.quiet()
        assert ("shop.erased", {"erasure": number, "language": "en"}) in world.events(person)

    play(scenario)


def test_what_is_paid_after_all_for_an_order_of_nobody_goes_back_and_nothing_is_sold(play):
    async def scenario(world):
        person, product = await world.person(), await world.product(1)
        order = await world.order((product, 1), buyer=person)
        payment = await world.pay(order, notice=False)
        number = await asks(world, person)
        await world.quiet()
        assert await is_forgotten(world, number)
        before = len(world.told)
        await world.notice(payment)
        await world.quiet()
        (row,) = await world.payments(order)
        assert row.status == "refunded"
        assert await world.free(product) == 1
        assert world.told[before:] == []
        assert (await world.find(order.number)).chat_id == 0

    play(scenario)


def test_two_who_ask_at_once_are_one_wish(play):
    async def scenario(world):
        person = await world.person()
        await asks(world, person)
        assert not await aio(erasure.ask, world.services, named("ask"), person, person, Language.EN)
        await world.quiet()
        assert world.names(person) == ["shop.erased"]

    play(scenario)
