"""How far customers come is told step by step, in the chat and on the page, once for each step they take."""

from dataclasses import replace

from prometheus_client import REGISTRY

from mailroom.actors.bots.shop.page import ordering
from mailroom.actors.bots.shop.page.asked import Quoted
from mailroom.actors.bots.shop.page.browsing import start
from mailroom.actors.pages.ask import Asked
from tests.actors.bots.shop.jobs.conftest import play  # noqa: F401 - a fixture
from tests.actors.bots.shop.test_chat_and_page import Page
from tests.rooms import Told


def steps(told):
    return [name for name, _, _ in told.events]


def test_in_the_chat_each_step_is_told_of_its_customer(ann, boris):
    ann.writes("/start")
    ann.presses("Catalogue")
    ann.presses("Work tools (6)")
    ann.presses("Glider")
    ann.presses("Add to cart")
    ann.presses("Cart (1)")
    ann.presses("Place the order")
    ann.presses("Use @ann_smith")
    ann.writes("-")
    ann.presses("Confirm")
    assert steps(ann.funnel) == ["start", "catalogue", "product", "cart", "order"]
    assert {person for _, person, _ in ann.funnel.events} == {f"tg:{ann.id}"}
    about = {name: more for name, _, more in ann.funnel.events}
    assert about["cart"] == {"door": "chat", "product": "planer"}
    assert about["order"] == {"items": 1, "total_minor": 149_000, "currency": "RUB"}
    boris.writes("/start")
    assert [person for _, person, _ in boris.funnel.events] == [f"tg:{boris.id}"]


def test_an_order_that_is_asked_for_twice_is_told_once(ann):
    ann.writes("/start")
    ann.presses("Catalogue")
    ann.presses("Work tools (6)")
    ann.presses("Glider")
    card = ann.newest
    ann.presses("Buy now for ₽1,490", card)
    ann.presses("Buy now for ₽1,490", card)
    assert steps(ann.funnel).count("order") == 1


def test_on_the_page_the_same_steps_are_told(ann, payments, options, vault):
    page = Page(ann, payments, options, vault)
    page.room = replace(page.room, events=Told())
    ann.run(start(page.room, page.visit, Asked()))
    ann.run(ordering.quote(page.room, page.visit, Quoted(lines=())))
    assert steps(page.room.events) == ["start", "catalogue"]
    page.order()
    assert steps(page.room.events) == ["start", "catalogue", "cart", "order"]
    assert {person for _, person, _ in page.room.events.events} == {f"tg:{ann.id}"}


def test_what_is_paid_and_what_is_delivered_is_told_too(play):  # noqa: F811
    def told(name):
        labels = {"bot": "shop", "name": name, "outcome": "kept"}
        return REGISTRY.get_sample_value("mailroom_events_total", labels) or 0

    before = told("paid"), told("delivered")

    async def scenario(shop):
        order = await shop.order((await shop.product(1), 1))
        await shop.pay(order)
        await shop.quiet()
        assert await shop.status(order) == "delivered"

    play(scenario)
    assert (told("paid"), told("delivered")) == (before[0] + 1, before[1] + 1)
