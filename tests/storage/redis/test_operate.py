"""Suspension and timers, as far as the scripts know of them (conformance B, Operate)."""

import pytest

from storage.redis.mailbox import MAILBOX_CAP, Changes

NEVER_MS = 4_000_000_000_000


@pytest.mark.parametrize("whom", ["shop:7", "shop", "*"])
def test_mbx_x1_a_suspended_chat_bot_or_service_begins_nothing(box, whom):
    entry = box.accept(10).entry
    box.suspend(whom)
    assert box.call(box.mailboxes.begin(box.chat, 5, entry.seq)) is None
    assert box.call(box.mailboxes.load(box.chat, 5, 10)).suspended
    assert not box.raw.exists(box.key("tries:shop:7"))


def test_mbx_x1_the_suspension_of_one_chat_leaves_the_others_alone(box):
    entry = box.accept(10).entry
    for whom in ("shop:8", "astral", "shop:77", "shop:"):
        box.suspend(whom)
    assert box.call(box.mailboxes.begin(box.chat, 5, entry.seq)).attempt == 1


def test_mbx_x1_what_runs_at_the_suspension_comes_to_its_end_and_nothing_follows_it(box):
    first, second = box.accept(10).entry, box.accept(11).entry
    box.call(box.mailboxes.begin(box.chat, 5, first.seq))
    box.suspend()
    committed = box.commit(first, following=second)
    assert (committed.gone, committed.next) == (False, None)
    assert box.call(box.mailboxes.begin(box.chat, 5, second.seq)) is None


def test_mbx_x1_messages_pile_up_to_the_cap_while_suspended_and_are_in_order_after(box):
    box.suspend()
    assert [box.accept(order, cap=3).status for order in (12, 10, 11)] == ["suspended"] * 3
    assert box.accept(13, cap=3).status == "full"
    box.resume()
    assert box.orders() == [10, 11, 12]
    assert MAILBOX_CAP == 1000


def test_mbx_x5_a_timer_never_fires_before_its_time_by_the_clock_of_the_store(box):
    box.commit(None, Changes(timers=[("remind", NEVER_MS, "data")]))
    fired, next_due = box.call(box.mailboxes.fire(box.chat.partition, 5))
    assert fired == []
    assert next_due == NEVER_MS
    assert box.waiting() == []


def test_mbx_x5_a_due_timer_stands_in_the_mailbox_behind_what_waits_there(box):
    box.accept(10)
    box.commit(None, Changes(timers=[("remind", 1, 'a "quoted"\nline')]))
    ((chat, entry),), next_due = box.call(box.mailboxes.fire(box.chat.partition, 5))
    assert (chat, next_due) == (box.chat, None)
    assert box.waiting()[1] == entry
    assert (entry.kind, entry.order) == ("event", None)
    assert entry.payload == rb'{"name":"remind","data":"a \"quoted\"\nline"}' or b"remind" in entry.payload


def test_mbx_x5_a_fired_timer_is_in_the_mailbox_until_it_is_handled_and_fires_once(box):
    box.commit(None, Changes(timers=[("remind", 1, "data")]))
    for _ in range(3):
        box.call(box.mailboxes.fire(box.chat.partition, 5))
    (entry,) = box.waiting()
    assert box.call(box.mailboxes.ready([box.chat.partition], 10)) == [box.chat]
    box.commit(entry)
    assert box.waiting() == []
    assert box.left_behind() == set()


def test_mbx_x5_a_timer_of_the_same_name_replaces_the_old_one_and_a_cancelled_one_never_fires(box):
    box.commit(None, Changes(timers=[("a", 1, "old"), ("b", 1, "x")]))
    box.commit(None, Changes(timers=[("a", 1, "new")], cancel=["b"]))
    fired, _ = box.call(box.mailboxes.fire(box.chat.partition, 5))
    assert [b"new" in entry.payload for _, entry in fired] == [True]


def test_mbx_x5_timers_fire_in_the_order_of_their_times(box):
    box.commit(None, Changes(timers=[(f"t{due}", due, "") for due in (30, 10, 20)]))
    fired, _ = box.call(box.mailboxes.fire(box.chat.partition, 5))
    assert [b"t10" in fired[0][1].payload, b"t20" in fired[1][1].payload, b"t30" in fired[2][1].payload] == [
        True
    ] * 3


def test_mbx_x6_the_trace_id_is_stored_with_the_message(box):
    box.accept(10)
    assert box.waiting()[0].trace == "trace-10"
