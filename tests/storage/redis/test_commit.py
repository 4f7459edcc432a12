"""Finishing messages: attempts, journal, commit, dead letters, waits (conformance B, Process)."""

import json
import time

from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Changes, Early, Following


def test_mbx_p2_a_commit_writes_state_and_timers_and_takes_the_message_away_in_one_step(box):
    first, second = box.accept(10).entry, box.accept(11).entry
    changes = Changes(set={"state": "form"}, timers=[("remind", 4_000_000_000_000, "data")])
    committed = box.commit(first, changes, following=second)
    assert (committed.gone, committed.depth) == (False, 1)
    assert box.orders() == [11]
    assert box.state() == {"state": "form"}
    assert box.raw.zscore(box.key("timers"), "shop:7:remind") == 4_000_000_000_000
    assert committed.next is not None
    assert committed.next.attempt == 1


def test_mbx_p2_a_commit_that_went_through_already_writes_nothing_the_second_time(box):
    first = box.accept(10).entry
    box.accept(11)
    box.commit(first, Changes(set={"n": "1"}))
    box.commit(None, Changes(set={"n": "2"}))
    again = box.commit(first, Changes(set={"n": "1"}), dead={"error": "late"})
    assert again.gone
    assert box.state() == {"n": "2"}
    assert box.orders() == [11]
    assert not box.raw.exists(box.key("dead"))


def test_mbx_p2_the_chat_is_ready_exactly_while_something_waits(box):
    ready = lambda: box.call(box.mailboxes.ready([box.chat.partition], 10))  # noqa: E731
    first, fast = box.accept(10).entry, box.accept(11, expedited=True).entry
    assert ready() == [box.chat]
    box.commit(first)
    assert ready() == [box.chat]
    box.commit(fast)
    assert ready() == []
    box.accept(12)
    assert ready() == [box.chat]


def test_mbx_p2_a_message_from_the_middle_can_be_finished(box):
    for order in (10, 11, 12):
        box.accept(order)
    box.commit(box.waiting()[1])
    assert box.orders() == [10, 12]


def test_mbx_p2_deleted_fields_are_gone_and_the_state_of_other_chats_is_untouched(box):
    other = next(
        chat
        for n in range(10_000)
        if (chat := Chat("shop", str(n))).partition == box.chat.partition and n != 7
    )
    box.commit(None, Changes(set={"a": "1", "b": "2"}))
    box.commit(None, Changes(set={"a": "other"}), chat=other)
    box.commit(None, Changes(delete=["a"]))
    assert box.state() == {"b": "2"}
    assert box.state(other) == {"a": "other"}


def test_mbx_p3_attempts_are_counted_before_the_handler_runs_and_are_kept_in_the_store(box):
    entry = box.accept(10).entry
    attempts = [box.begin(entry).attempt for _ in range(3)]
    assert attempts == [1, 2, 3]


def test_mbx_h7_three_lost_answers_of_a_begin_are_one_attempt(box):
    """They made a dead letter of a message that nobody had tried."""
    entry = box.accept(10).entry
    for _ in range(3):
        begun = box.call(box.mailboxes.begin(box.chat, 5, entry.seq, "same"))
    assert begun.attempt == 1
    assert box.begin(entry).attempt == 2


def test_mbx_h7_an_attempt_begun_with_an_accept_or_a_commit_is_not_begun_again(box):
    first = box.accept(10, early=Early(5, "one")).entry
    assert box.call(box.mailboxes.begin(box.chat, 5, first.seq, "one")).attempt == 1
    second = box.accept(11).entry
    box.commit(first, following=Following(second, "two"))
    assert box.call(box.mailboxes.begin(box.chat, 5, second.seq, "two")).attempt == 1


def test_mbx_h7_an_attempt_is_taken_back_once_however_often_it_is_asked_for(box):
    entry = box.accept(10).entry
    box.begin(entry)
    box.begin(entry)
    for _ in range(3):
        box.park(entry, 0, take_back=True)
    assert box.begin(entry).attempt == 2


def test_mbx_r8_outages_are_counted_in_the_store_and_since_when(box):
    entry = box.accept(10).entry
    before = box.call(box.mailboxes.load(box.chat, 5, 1))
    for outages in range(3):
        begun = box.begin(entry)
        assert (begun.attempt, begun.outages) == (1, outages)
        box.park(entry, 1, take_back=True, outage=True)
    since = box.begin(entry).outage_since_ms
    assert since >= before.box[0].accepted_ms
    box.park(entry, 1, take_back=True)  # another wait is no outage
    begun = box.begin(entry)
    assert (begun.outages, begun.outage_since_ms) == (3, since)


def test_attempts_counted_by_the_version_before_go_on(box):
    entry = box.accept(10).entry
    box.raw.hset(box.key("tries:shop:7"), entry.seq, 2)
    assert box.begin(entry).attempt == 3


def test_half_a_surrogate_pair_in_state_and_in_timers_survives(box):
    """A model answers so now and then; Redis' own JSON refuses it, and the chat's actor died of it."""
    half = "half \ud83d of a smile"
    entry = box.accept(10).entry
    box.commit(entry, Changes(set={half: half, "whole": "😀"}, timers=[(half, 1, half)]))
    assert box.state() == {half: half, "whole": "😀"}
    assert box.call(box.mailboxes.peek(box.chat, half)) == half
    box.commit(None, Changes(delete=[half], cancel=[half]))
    assert box.state() == {"whole": "😀"}
    assert not box.raw.exists(box.key("timers"))


def test_mbx_p3_a_finished_message_leaves_no_count(box):
    entry = box.accept(10).entry
    box.begin(entry)
    box.commit(entry)
    assert not box.raw.exists(box.key("tries:shop:7"))


def test_mbx_p4_a_dead_letter_is_written_with_the_commit_that_skips_its_message(box):
    entry = box.accept(10).entry
    box.commit(entry, dead={"error": "Boom: ой", "attempts": 3})
    assert json.loads(box.raw.hget(box.key("dead"), f"shop:7:{entry.seq}")) == {
        "error": "Boom: ой",
        "attempts": 3,
    }
    assert box.orders() == []


def test_mbx_p6_a_load_gives_the_state_the_window_and_the_depth(box):
    for order in range(10, 15):
        box.accept(order)
    box.commit(None, Changes(set={"a": "ё"}))
    loaded = box.call(box.mailboxes.load(box.chat, 5, 2))
    assert loaded.state == {"a": "ё"}
    assert [entry.order for entry in loaded.box] == [10, 11]
    assert (loaded.depth, loaded.suspended, loaded.parked_until_ms) == (5, False, 0)


def test_mbx_r2_a_second_attempt_gets_what_the_first_one_recorded(box):
    entry = box.accept(10).entry
    first = box.begin(entry)
    assert first.journal == {}
    box.journal(entry, 0, b"\x00result\xff")
    second = box.begin(entry)
    assert second.journal == {0: b"\x00result\xff"}


def test_mbx_r2_a_wait_that_takes_its_attempt_back_does_not_lose_the_journal(box):
    # Seen: the second answer of a handler met a long 429, and after the wait the first one went out again.
    entry = box.accept(10).entry
    box.begin(entry)
    box.journal(entry, 0, b"sent")
    box.park(entry, 1, take_back=True)
    again = box.begin(entry)
    assert again.attempt == 1
    assert again.journal == {0: b"sent"}


def test_mbx_r2_the_journal_of_the_next_message_comes_with_the_commit(box):
    second = box.accept(11).entry
    box.begin(second)
    box.journal(second, 0, b"sent")
    first = box.accept(10).entry  # it came late, while the attempt at the other one failed
    committed = box.commit(first, following=second)
    assert committed.next.journal == {0: b"sent"}
    assert committed.next.attempt == 2


def test_mbx_r4_a_wait_is_not_an_attempt_and_is_kept_in_the_store(box):
    entry = box.accept(10).entry
    until = int(time.time() * 1000) + 60_000
    for _ in range(5):
        assert box.begin(entry).attempt == 1
        box.park(entry, until, take_back=True)
    assert box.call(box.mailboxes.load(box.chat, 5, 1)).parked_until_ms == until


def test_mbx_r4_a_wait_ends_with_the_commit_of_its_message_and_with_no_other_write(box):
    # Seen: a background task that wrote state, or an answered pre-checkout, made the store forget the wait.
    entry, fast = box.accept(10).entry, box.accept(11, expedited=True).entry
    box.park(entry, 77)
    box.commit(None, Changes(set={"a": "1"}))
    box.commit(fast)
    assert box.call(box.mailboxes.load(box.chat, 5, 1)).parked_until_ms == 77
    box.commit(entry)
    assert box.call(box.mailboxes.load(box.chat, 5, 1)).parked_until_ms == 0


def test_state_that_nobody_touches_is_forgotten_after_90_days(box):
    box.commit(None, Changes(set={"a": "1"}))
    days = box.raw.pttl(box.key("state:shop:7")) / 1000 / 3600 / 24
    assert 89.9 < days <= 90
