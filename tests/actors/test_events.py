"""Kinds of events as values: what is put into a mailbox, and read from it."""

import pytest

from mailroom.actors.bots.shop import events
from mailroom.actors.bots.shop.erasure import ERASURE
from mailroom.actors.bots.shop.events import DELIVERED, RECEIPT, AboutOrder, Receipt
from mailroom.actors.bots.shop.routes import events as routes
from mailroom.actors.events import Event, EventError
from mailroom.actors.hosting.events import OBSERVER
from mailroom.actors.kit.erasure.dialogue import erasure_router
from tests.imports import imports

MONEY = '"why":"twice","amount_minor":100,"currency":"RUB"'
WAITING = {
    "shop.delivered": '{"order":1042}',
    "shop.receipt": '{"order":1042,"payment":null}',
    "shop.expired": '{"order":1042}',
    "shop.refunding": f'{{"order":1042,{MONEY}}}',
    "shop.refunded": f'{{"order":1042,{MONEY},"to_balance":false}}',
    "shop.bonus": '{"order":1042,"level":1,"amount_minor":100,"currency":"RUB","friend":"Аня"}',
    "shop.turned": '{"order":1042}',
    "shop.complaint": '{"order":1042,"message":7}',
    "shop.answered": '{"order":1042,"message":7}',
    "shop.replaced": '{"order":1042,"item":5}',
    "shop.erased": '{"erasure":3,"language":"ru"}',
}
"""As events waited in mailboxes before their kinds were values."""
SHOPS = {event.name: event for event in vars(events).values() if isinstance(event, Event)}


@pytest.mark.parametrize("name", WAITING)
def test_an_event_is_put_as_it_was_and_one_that_waits_is_read(name):
    event, data = SHOPS[name], WAITING[name]
    assert event(event.read(data)) == (name, data)


def test_no_event_that_may_wait_is_forgotten_and_each_has_its_handler():
    routers = (routes.build(), erasure_router("erasure", ERASURE))
    handled = [router.observers[OBSERVER].handlers for router in routers]
    assert sum(map(len, handled)) == len(WAITING)
    assert set(SHOPS) == set(WAITING)


def test_an_event_that_carries_something_else_is_refused():
    with pytest.raises(EventError, match=r"shop\.receipt carries Receipt, and was given AboutOrder"):
        RECEIPT(AboutOrder(order=1))
    assert DELIVERED(Receipt(order=1)).name == "shop.delivered"


def test_a_bots_events_import_nothing_of_their_bot():
    of_events = [one for one in imports() if one.importer == "mailroom.actors.bots.shop.events"]
    assert of_events
    assert not [one.imported for one in of_events if ".bots." in one.imported]
