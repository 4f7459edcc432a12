import pytest

from mailroom.actors.jobs.kind import Kind
from mailroom.actors.jobs.queue import Queue, QueueError, bot_of, name_in_room
from tests.actors.jobs.test_kind import Order

DELIVERY = Queue("delivery")
DELIVER = Kind("shop.deliver", Order, queue=DELIVERY)


def test_a_bot_has_its_queues_for_itself():
    assert DELIVER(Order(number=1), bot="shop").queue == "shop.delivery"
    assert DELIVER(Order(number=1), bot="second-shop").queue == "second-shop.delivery"


def test_the_name_of_a_queue_says_whose_it_is():
    assert bot_of("shop.delivery") == "shop"
    assert name_in_room("shop.delivery") == "delivery"
    assert bot_of("payment") == ""
    assert name_in_room("payment") == "payment"


def test_a_job_that_is_nobodys_is_refused_where_it_is_made():
    with pytest.raises(QueueError, match="the queue delivery: every bot has its own: say of which bot"):
        DELIVER(Order(number=1))
    with pytest.raises(QueueError, match="the queue payment: it belongs to no bot"):
        Queue("payment", of_bots=False).of("shop")


def test_a_kind_that_carries_whose_it_is_needs_not_be_told():
    told = Kind("told", Order, queue=DELIVERY, bot_of=lambda order: f"bot-{order.number}")
    assert told(Order(number=7)).queue == "bot-7.delivery"


@pytest.mark.parametrize("name", ["", "two words", "shop.delivery", "x" * 36])
def test_a_queue_whose_name_does_not_fit_behind_a_bots_is_refused(name):
    with pytest.raises(QueueError, match="must be 1 to 35"):
        Queue(name)
