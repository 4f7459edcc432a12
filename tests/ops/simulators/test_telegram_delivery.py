"""The sending side of webhooks, with a clock and a chance of our own; no sockets."""

import random

import pytest

from mailroom.ops.simulators.telegram.backlog import UPDATE_BYTES_MAX, UPDATES_MAX, Backlog
from mailroom.ops.simulators.telegram.delivery import Delivery, Shipment
from mailroom.ops.simulators.telegram.kinds import (
    DAY_SECONDS,
    KINDS,
    QUEUE_STRIDE,
    expiry_of,
    kind_of,
    queue_of,
)

UNIX = 1_700_000_000.0
CHAT, USER = 77, 77


class DeliveryDriver:
    """A backlog, a delivery and the time."""

    def __init__(self, max_connections: int = 40, first_id: int = 100) -> None:
        self.now = 1000.0
        self.backlog = Backlog(first_id)
        self.delivery = Delivery(
            self.backlog,
            max_connections,
            clock=lambda: self.now,
            unix_clock=lambda: UNIX + self.now,
            chance=random.Random(7),
        )

    def push(self, queue_id: int, lifetime: float = DAY_SECONDS) -> int:
        update_id = self.backlog.push(b'"message":{}', queue_id, UNIX + self.now + lifetime)
        assert update_id is not None
        return update_id

    def step(self) -> list[Shipment]:
        return self.delivery.step()

    def warm_up(self) -> None:
        """One success, after which connections open quickly."""
        self.push(-1)
        [shipment] = self.step()
        self.delivery.accepted(shipment.connection)

    def ids(self) -> list[int]:
        return [shipment.update_id for shipment in self.step()]


@pytest.fixture
def driver() -> DeliveryDriver:
    return DeliveryDriver()


def test_a_queue_has_one_update_in_flight_and_goes_on_after_2xx(driver):
    driver.warm_up()
    first, second = driver.push(CHAT), driver.push(CHAT)
    [shipment] = driver.step()
    assert shipment.update_id == first
    assert driver.step() == []
    driver.delivery.accepted(shipment.connection)
    assert driver.ids() == [second]


def test_a_text_and_a_tap_of_one_chat_travel_in_parallel(driver):
    driver.warm_up()
    text = driver.push(queue_of("message", {"chat": {"id": CHAT}}))
    tap = driver.push(queue_of("callback_query", {"from": {"id": USER}}))
    assert sorted(driver.ids()) == [text, tap]


def test_other_queues_go_on_while_one_fails(driver):
    driver.warm_up()
    driver.push(1)
    [bad] = driver.step()
    driver.delivery.refused(bad.connection, retry_after_seconds=30)
    good = driver.push(2)
    assert driver.ids() == [good]


def test_retries_come_at_once_then_after_2_4_8_and_at_most_120_seconds(driver):
    driver.warm_up()
    driver.push(CHAT)
    waits = []
    for _ in range(9):
        asked_at = driver.now
        while not (shipments := driver.step()):
            assert driver.delivery.wakeup_at is not None
            driver.now = max(driver.now, driver.delivery.wakeup_at)
        waits.append(driver.now - asked_at)
        driver.delivery.refused(shipments[0].connection)
    assert waits[1:6] == [0, 2, 4, 8, 16]
    assert waits[6] == 32
    assert all(60 <= wait <= 120 for wait in waits[7:])


def test_retry_after_is_honoured_and_clamped_to_an_hour(driver):
    driver.warm_up()
    driver.push(CHAT)
    [shipment] = driver.step()
    driver.delivery.refused(shipment.connection, retry_after_seconds=7)
    asked_at = driver.now
    assert driver.step() == []
    assert driver.delivery.wakeup_at == asked_at + 7
    driver.now += 7
    [shipment] = driver.step()
    driver.delivery.refused(shipment.connection, retry_after_seconds=999_999)
    driver.step()
    assert driver.delivery.wakeup_at == driver.now + 3600


def test_a_retry_beyond_the_lifetime_drops_the_update_and_the_queue_goes_on(driver):
    driver.warm_up()
    driver.push(CHAT, lifetime=150)
    later = driver.push(CHAT)
    [shipment] = driver.step()
    driver.delivery.refused(shipment.connection, retry_after_seconds=151)
    assert driver.delivery.expired == 1
    assert driver.ids() == [later]


def test_an_update_that_expired_in_the_backlog_is_never_sent(driver):
    driver.push(CHAT, lifetime=30)
    later = driver.push(CHAT)
    driver.now += 31
    assert driver.ids() == [later]


def test_without_a_success_in_ten_seconds_there_is_one_connection_and_a_new_one_every_two(driver):
    for queue_id in range(5):
        driver.push(queue_id)
    [shipment] = driver.step()
    driver.delivery.hung_up(shipment.connection)
    assert driver.step() == []
    assert driver.delivery.wakeup_at == driver.now + 2
    driver.now += 2
    assert len(driver.step()) == 1


def test_while_healthy_ten_connections_open_at_once_and_then_one_per_50_ms(driver):
    driver.warm_up()
    for queue_id in range(60):
        driver.push(queue_id)
    opened = len(driver.step())
    assert opened in (10, 11)  # ten new ones, and the one from before
    assert driver.delivery.wakeup_at == pytest.approx(driver.now + 0.05)
    driver.now += 0.1
    assert len(driver.step()) == 2
    driver.now += 60
    driver.delivery._last_success_at = driver.now
    for _ in range(60):
        driver.step()
        driver.now += 0.05
    assert driver.delivery.connections == 40


def test_at_most_two_queues_a_connection_are_loaded():
    driver = DeliveryDriver(max_connections=2)
    for queue_id in range(10):
        driver.push(queue_id)
    driver.step()
    assert len(driver.delivery._queues) == 4


def test_four_failing_queues_stall_a_bot_with_two_connections():
    driver = DeliveryDriver(max_connections=2)
    driver.warm_up()
    poisoned = [driver.push(queue_id) for queue_id in range(4)]
    healthy = driver.push(99)
    for _ in range(20):
        for shipment in driver.step():
            assert shipment.update_id in poisoned
            driver.delivery.refused(shipment.connection, retry_after_seconds=60)
        driver.now += 1
    assert len(driver.backlog) == 5
    assert healthy in {update.update_id for update in driver.backlog.read(0, 10, UNIX)}


def test_a_backlog_arrives_queue_by_queue_texts_before_buttons():
    driver = DeliveryDriver(max_connections=1)
    driver.warm_up()
    texts, taps = [], []
    for _ in range(5):
        texts.append(driver.push(CHAT))
        taps.append(driver.push(USER + 3 * QUEUE_STRIDE))
    order = []
    while shipments := driver.step():
        order.append(shipments[0].update_id)
        driver.delivery.accepted(shipments[0].connection)
    assert sorted(order) == sorted(texts + taps)
    assert order != sorted(order)
    assert [update_id for update_id in order if update_id in texts] == texts


def test_a_lost_answer_sends_the_same_update_again_at_once(driver):
    driver.warm_up()
    driver.push(CHAT)
    [first] = driver.step()
    driver.delivery.answer_lost(first.connection)
    [again] = driver.step()
    assert (again.update_id, again.attempt) == (first.update_id, 2)


def test_an_idle_connection_that_broke_makes_room_for_another(driver):
    driver.warm_up()
    assert driver.delivery.connections == 1
    driver.delivery.hung_up(1)
    assert driver.delivery.connections == 0
    driver.push(CHAT)
    assert len(driver.step()) == 1


def test_ids_are_consecutive_and_a_confirmed_one_is_never_given_twice():
    backlog = Backlog(5)
    ids = [backlog.push(b'"poll":{}', 1, UNIX) for _ in range(3)]
    assert ids == [5, 6, 7]
    backlog.forget(6)
    backlog.forget_before(6)
    assert [update.update_id for update in backlog.read(0, 10, 0)] == [7]
    backlog.clear()
    assert backlog.push(b'"poll":{}', 1, UNIX) == 8


def test_overflow_is_dropped_without_consuming_an_id():
    backlog = Backlog(1)
    assert backlog.push(b'"x":"' + b"a" * UPDATE_BYTES_MAX + b'"', 1, UNIX) is None
    for _ in range(UPDATES_MAX):
        backlog.push(b"", 1, UNIX)
    assert backlog.push(b"", 1, UNIX) is None
    assert backlog.dropped == 2
    assert len(backlog) == UPDATES_MAX
    assert backlog.tail == 1 + UPDATES_MAX


def test_ids_are_reseeded_only_when_nothing_is_pending(driver):
    driver.warm_up()
    pending = driver.push(CHAT)
    with pytest.raises(ValueError, match="pending"):
        driver.backlog.reseed(10)
    [shipment] = driver.step()
    driver.delivery.accepted(shipment.connection)
    driver.backlog.reseed(10)
    assert driver.push(CHAT) == 10 < pending
    assert driver.ids() == [10]


@pytest.mark.parametrize(
    ("kind", "payload", "queue_id"),
    [
        ("message", {"chat": {"id": -5}}, -5),
        ("edited_message", {"chat": {"id": 5}}, 5),
        ("callback_query", {"from": {"id": 5}}, 5 + 3 * 2**33),
        ("pre_checkout_query", {"from": {"id": 5}}, 5 + 4 * 2**33),
        ("shipping_query", {"from": {"id": 5}}, 5 + 4 * 2**33),
        ("inline_query", {"from": {"id": 5}}, 5 + 2**33),
        ("chosen_inline_result", {"from": {"id": 5}}, 5 + 2 * 2**33),
        ("my_chat_member", {"chat": {"id": 5}, "from": {"id": 6}}, 5 + 5 * 2**33),
        ("chat_join_request", {"chat": {"id": 5}, "from": {"id": 6}}, 6 + 6 * 2**33),
        ("message_reaction", {"chat": {"id": 5}, "user": {"id": 6}}, 5 + 8 * 2**33),
        ("purchased_paid_media", {"from": {"id": 5}}, 5 + 12 * 2**33),
        ("poll", {"id": "5"}, 5),
        ("poll_answer", {"poll_id": "5", "user": {"id": 6}}, 5),
    ],
)
def test_every_kind_travels_in_its_queue(kind, payload, queue_id):
    assert queue_of(kind, payload) == queue_id


def test_lifetimes_count_from_the_message_but_from_now_for_queries():
    assert expiry_of("message", {"date": 1000}, UNIX) == 1000 + DAY_SECONDS
    assert expiry_of("edited_message", {"date": 1000, "edit_date": 2000}, UNIX) == 2000 + DAY_SECONDS
    assert expiry_of("callback_query", {}, UNIX) == UNIX + 150
    assert expiry_of("pre_checkout_query", {}, UNIX) == UNIX + 150
    assert expiry_of("inline_query", {}, UNIX) == UNIX + 30


def test_an_update_of_no_known_kind_belongs_to_no_queue():
    with pytest.raises(ValueError, match="needs one of"):
        kind_of({"update_id": 1, "news": {}})
    with pytest.raises(ValueError, match="no chat"):
        queue_of("message", {"chat": {}})


def test_three_kinds_come_only_when_asked_for():
    assert {name for name, kind in KINDS.items() if not kind.by_default} == {
        "chat_member",
        "message_reaction",
        "message_reaction_count",
    }
