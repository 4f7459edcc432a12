"""Media groups in the mailbox: which parts are one turn, and when (conformance E, G1-G3, G5, G6)."""

import time

import pytest

from mailroom.storage.redis.entry import Entry
from mailroom.storage.redis.mailbox import Changes, Early, Following, Incomplete
from tests.storage.redis.box import EPOCH, dead_letter

OLD_ENTRY = b"7 100 1700000000000 message chat trace\n{}"
GATHER_SECONDS = 0.5


def parts(box, *orders, **more):
    return [box.accept(order, group="9", **more).entry for order in orders]


def numbers(begun):
    return [part.entry.order for part in begun.parts]


def complete(box, order=99):
    """A later message of the same queue."""
    return box.accept(order).entry


def begin_at_once(box, head):
    begun = box.begin(head)
    assert not isinstance(begun, Incomplete), begun
    return begun


def test_an_entry_of_the_version_before_is_read_and_belongs_to_no_group():
    entry = Entry.parse(OLD_ENTRY)
    assert (entry.queue, entry.group, entry.trace, entry.payload) == ("chat", "", "trace", b"{}")


def test_g1_the_entry_in_the_mailbox_says_which_group_it_is_of(box):
    (accepted,) = parts(box, 10)
    assert box.waiting() == [accepted]
    assert (accepted.queue, accepted.group) == ("chat", "9")


def test_g2_a_group_is_begun_half_a_second_after_its_last_part(box):
    first, second = parts(box, 10, 11)
    waits = box.begin(first)
    assert isinstance(waits, Incomplete)
    assert 0 < waits.wait_ms <= 1000 * GATHER_SECONDS
    deadline = time.monotonic() + 10
    while isinstance(begun := box.begin(first), Incomplete):
        assert time.monotonic() < deadline
        time.sleep(begun.wait_ms / 1000)
    assert (begun.attempt, numbers(begun)) == (1, [second.order])


def test_g2_a_group_is_complete_with_ten_parts_and_no_more_belong_to_it(box):
    first, *_ = parts(box, *range(10, 21))
    assert numbers(begin_at_once(box, first)) == list(range(11, 20))


def test_g2_a_group_is_complete_with_a_later_message_of_the_same_queue(box):
    first, *_ = parts(box, 10, 11)
    box.accept(12, group="10")
    assert numbers(begin_at_once(box, first)) == [11]


@pytest.mark.parametrize("other", [{"queue": "callback"}, {"queue": "business", "kind": "business_message"}])
def test_g2_what_comes_through_another_queue_proves_nothing(box, other):
    first, _ = parts(box, 10, 11)
    box.accept(12, **other)
    box.accept(None, kind="event", queue="timer")
    assert isinstance(box.begin(first), Incomplete)


def test_g2_what_stands_between_the_parts_proves_nothing(box):
    first = parts(box, 10)[0]
    box.accept(11)
    parts(box, 12)
    assert isinstance(box.begin(first), Incomplete)


def test_g2_a_group_is_never_begun_with_its_accept(box):
    receipt = box.accept(10, group="9", early=Early(EPOCH, "early"))
    assert (receipt.status, receipt.begun) == ("accepted", None)
    assert not box.raw.exists(box.key("tries:shop:7"))


def test_g2_a_group_is_never_begun_with_a_commit(box):
    before = box.accept(9).entry
    first, _ = parts(box, 10, 11)
    complete(box)
    box.begin(before)
    assert box.commit(before, following=Following(first, "next")).next is None
    assert begin_at_once(box, first).attempt == 1


def test_g1_what_stands_between_the_parts_is_no_part(box):
    first = parts(box, 10)[0]
    for order, more in (
        (11, {"queue": "callback"}),
        (12, {"group": "8"}),
        (13, {"kind": "channel_post", "group": "9"}),
    ):
        box.accept(order, **more)
    parts(box, 14)
    complete(box)
    assert numbers(begin_at_once(box, first)) == [14]


def test_g3_a_retry_takes_the_same_parts_and_one_that_came_since_while_nothing_is_recorded(box):
    first, second = parts(box, 10, 11)
    complete(box)
    begin_at_once(box, first)
    parts(box, 12)
    begun = begin_at_once(box, first)
    assert (begun.attempt, numbers(begun)) == (2, [11, 12])
    box.journal(second, 0, b"sent")
    parts(box, 13)
    begun = begin_at_once(box, first)
    assert (begun.attempt, numbers(begun)) == (3, [11, 12])
    assert begun.parts[0].journal == {0: b"sent"}


def test_g3_the_same_attempt_once_more_takes_the_same_parts(box):
    first, _ = parts(box, 10, 11)
    complete(box)
    begin = lambda: box.call(box.mailboxes.begin(box.chat, EPOCH, first.seq, "one"))  # noqa: E731 - short
    begun = begin()
    parts(box, 12)
    assert begin() == begun
    assert begun.attempt == 1


def test_g3_a_wait_takes_the_attempt_back_and_forgets_no_part(box):
    first, second = parts(box, 10, 11)
    complete(box)
    begin_at_once(box, first)
    box.park(first, 5, take_back=True, outage=True)
    box.journal(second, 0, b"sent")
    parts(box, 12)
    begun = begin_at_once(box, first)
    assert (begun.attempt, begun.outages, numbers(begun)) == (1, 1, [11])


def test_g3_a_part_that_came_before_the_others_is_a_turn_of_its_own_once_something_is_recorded(box):
    first, _ = parts(box, 10, 11)
    complete(box)
    begin_at_once(box, first)
    box.journal(first, 0, b"sent")
    (earlier,) = parts(box, 9)
    assert box.begin(first) == "behind"
    begun = begin_at_once(box, earlier)
    assert (begun.attempt, numbers(begun)) == (1, [])
    box.commit(earlier)
    begun = begin_at_once(box, first)
    assert (begun.attempt, begun.journal, numbers(begun)) == (2, {0: b"sent"}, [11])


def test_g3_the_attempts_go_with_the_group_when_a_part_comes_before_the_others(box):
    first, _ = parts(box, 10, 11)
    complete(box)
    begin_at_once(box, first)
    (earlier,) = parts(box, 9)
    begun = begin_at_once(box, earlier)
    assert (begun.attempt, numbers(begun)) == (2, [10, 11])
    assert box.raw.hlen(box.key("tries:shop:7")) == 1


def test_g5_one_commit_finishes_all_parts_and_leaves_nothing_behind(box):
    entries = parts(box, 10, 11, 12)
    complete(box)
    begin_at_once(box, entries[0])
    box.journal(entries[1], 0, b"sent")
    box.park(entries[0], 5)
    finish = {"parts": [(entry, None) for entry in entries[1:]]}
    committed = box.commit(entries[0], Changes(set={"n": "1"}, timers=[("t", 2**40, "")]), **finish)
    assert (committed.gone, committed.depth) == (False, 1)
    assert (box.orders(), box.state()) == ([99], {"n": "1"})
    assert box.left_behind() == {
        box.key(name) for name in ("box:shop:7", "ready", "state:shop:7", "timers", "timer")
    }
    again = box.commit(entries[0], Changes(set={"n": "2"}), **finish)
    assert (again.gone, again.torn, box.state()) == (True, False, {"n": "1"})


@pytest.mark.parametrize("taken", [0, 1])
def test_g5_a_group_that_on_call_took_a_part_of_commits_nothing_and_the_rest_is_run_again(box, taken):
    entries = parts(box, 10, 11, 12)
    complete(box)
    begin_at_once(box, entries[0])
    box.journal(entries[2], 0, b"sent")
    box.call(box.letters.skip(box.chat, entries[taken].seq, "no", "ann"))
    parts(box, 13)
    committed = box.commit(
        entries[0], Changes(set={"n": "1"}), parts=[(entry, None) for entry in entries[1:]]
    )
    assert (committed.torn, box.state()) == (True, {})
    rest = [entry for entry in entries if entry is not entries[taken]]
    begun = begin_at_once(box, rest[0])
    assert (begun.attempt, numbers(begun)) == (2, [rest[1].order])
    assert begun.parts[0].journal == {0: b"sent"}


def die(box, entries):
    together = {"group": [entry.seq for entry in entries]}
    letters = [dead_letter(box.chat, entry, "no", **together) for entry in entries]
    box.commit(entries[0], dead=letters[0], parts=list(zip(entries[1:], letters[1:], strict=True)))
    return [f"{box.chat}:{entry.seq}" for entry in entries]


def test_g6_a_dead_group_comes_back_as_a_whole_with_what_it_sent(box):
    entries = parts(box, 10, 11, 12)
    after = complete(box)
    begin_at_once(box, entries[0])
    box.journal(entries[1], 0, b"sent")
    ids = die(box, entries)
    assert box.orders() == [99]
    assert box.call(box.letters.bring_back(ids[1])) == ("requeued", ids)
    assert box.call(box.letters.bring_back(ids[2])) == ("gone", [])
    assert box.orders() == [10, 11, 12, 99]
    begun = begin_at_once(box, box.waiting()[0])
    assert (begun.attempt, numbers(begun), begun.parts[0].journal) == (1, [11, 12], {0: b"sent"})
    assert after.seq < box.waiting()[0].seq


def test_g6_a_part_that_was_dropped_does_not_come_back_with_the_others(box):
    entries = parts(box, 10, 11, 12)
    complete(box)
    ids = die(box, entries)
    box.call(box.letters.drop(ids[0]))
    assert box.call(box.letters.requeue(ids[2])) == "requeued"
    assert box.orders() == [11, 12, 99]


def test_g6_a_dead_group_that_has_no_room_stays_where_it_is_as_a_whole(box, monkeypatch):
    entries = parts(box, 10, 11, 12)
    complete(box)
    ids = die(box, entries)
    monkeypatch.setattr("mailroom.storage.redis.dead_letters.MAILBOX_CAP", 3)
    assert box.call(box.letters.requeue(ids[0])) == "full"
    assert box.orders() == [99]
    assert box.raw.hlen(box.key("dead")) == 3


def test_g6_a_skip_takes_the_group_that_would_be_next_and_a_requeue_brings_it_back(box):
    entries = parts(box, 10, 11, 12)
    complete(box)
    ids = box.call(box.letters.skip(box.chat, None, "it blocks", "ann"))
    assert ids == [f"{box.chat}:{entry.seq}" for entry in entries]
    assert box.orders() == [99]
    assert not box.raw.exists(box.key("tries:shop:7"))
    assert box.call(box.letters.bring_back(ids[0])) == ("requeued", ids)
    assert [entry.group for entry in box.waiting()] == ["9", "9", "9", ""]


def test_g8_parts_are_begun_one_by_one_where_they_are_wanted_apart(box):
    first, second = parts(box, 10, 11)
    assert box.begin(first, apart=True).parts == ()
    box.commit(first)
    assert box.begin(second, apart=True).attempt == 1


def test_the_last_group_of_a_chat_leaves_no_depth_behind(box):
    entries = parts(box, 10, 11)
    box.begin(entries[0], apart=True)
    box.commit(entries[0], parts=[(entries[1], None)])
    assert box.left_behind() == set()


def test_g5_the_attempts_of_a_group_go_to_a_part_that_is_still_there(box):
    entries = parts(box, 10, 11, 12)
    complete(box)
    begin_at_once(box, entries[0])
    for taken in entries[:2][::-1]:
        box.call(box.letters.skip(box.chat, taken.seq, "no", "ann"))
    assert box.raw.hkeys(box.key("tries:shop:7")) == [str(entries[2].seq).encode()]
    assert begin_at_once(box, entries[2]).attempt == 2
