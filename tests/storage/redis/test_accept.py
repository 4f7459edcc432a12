"""Taking messages in: once each, in order, within the cap (conformance B, Accept)."""

import asyncio
import os
import signal
import tempfile
from pathlib import Path

import pytest

from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.dead_letters import Wanted
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Early, Mailboxes, Offer
from tests.storage.redis.box import EPOCH, Box

DAY_MS = 24 * 3600 * 1000


def test_mbx_b1_an_accepted_message_is_in_line_ready_and_numbered(box):
    receipt = box.accept(10, payload=b'{"a":1}')
    assert (receipt.status, receipt.seq, receipt.depth) == ("accepted", 1, 1)
    (entry,) = box.waiting()
    assert entry == receipt.entry
    assert (entry.payload, entry.trace) == (b'{"a":1}', "trace-10")
    assert box.call(box.mailboxes.ready([box.chat.partition], 10)) == [box.chat]


def test_mbx_b1_a_message_is_accepted_once_however_many_connections_bring_it_at_the_same_moment(
    box, clean_redis_url
):
    async def bring() -> list[str]:
        lines = [Line(clean_redis_url) for _ in range(8)]
        offer = Offer(box.chat, "10", 10, "message", "chat", "t", b"{}")
        receipts = await asyncio.gather(*(Mailboxes(line, line).accept(offer) for line in lines))
        await asyncio.gather(*(line.close() for line in lines))
        return [receipt.status for receipt in receipts]

    statuses = asyncio.run(bring())
    assert sorted(statuses) == ["accepted"] + ["duplicate"] * 7
    assert box.orders() == [10]


def test_mbx_b1_a_suspended_chat_takes_messages_and_says_so(box):
    box.suspend()
    assert box.accept(10).status == "suspended"
    box.resume()
    assert box.orders() == [10]


def test_mbx_b2_a_duplicate_changes_nothing_and_reports_the_same_seq(box):
    first = box.accept(10)
    box.accept(11)
    before = {key: box.raw.dump(key) for key in box.raw.keys("*")}
    again = box.accept(10, payload=b"another body")
    assert (again.status, again.seq, again.entry) == ("duplicate", first.seq, None)
    assert {key: box.raw.dump(key) for key in box.raw.keys("*")} == before


def test_mbx_b2_a_duplicate_is_known_after_its_message_was_handled(box):
    first = box.accept(10)
    box.commit(first.entry)
    assert box.accept(10).status == "duplicate"
    assert box.orders() == []


def test_mbx_b2_the_same_update_id_of_another_bot_is_no_duplicate(box):
    # Both bots' chats in one partition: they share the set of ids.
    other = next(
        chat for i in range(10_000) if (chat := Chat("astral", str(i))).partition == box.chat.partition
    )
    box.accept(10)
    assert box.accept(10, chat=other).status == "accepted"


@pytest.mark.parametrize(
    ("age_buckets", "status"), [(0, "duplicate"), (1, "duplicate"), (2, "duplicate"), (3, "accepted")]
)
def test_mbx_b2_ids_are_remembered_for_24_hours_at_least(box, age_buckets, status):
    box.accept(10)
    (seen,) = [key.decode() for key in box.raw.keys("*:seen:*")]
    stem, _, bucket = seen.rpartition(":")
    # The id was noted in a bucket of 12 hours; what is two buckets old is between 24 and 36 hours old.
    box.raw.rename(seen, f"{stem}:{int(bucket) - age_buckets}")
    assert box.accept(10).status == status


def test_mbx_b2_the_memory_of_ids_ends_by_itself(box):
    box.accept(10)
    (seen,) = box.raw.keys("*:seen:*")
    assert DAY_MS < box.raw.pttl(seen) <= 1.5 * DAY_MS


def test_mbx_b3_full_leaves_no_mark_so_the_retry_is_accepted(box):
    first = box.accept(10, cap=1)
    refused = box.accept(11, cap=1)
    assert (refused.status, refused.seq, refused.entry) == ("full", 0, None)
    assert box.orders() == [10]
    box.commit(first.entry)
    assert box.accept(11, cap=1).status == "accepted"


def test_mbx_b3_a_duplicate_of_a_full_mailbox_is_a_duplicate(box):
    box.accept(10, cap=1)
    assert box.accept(10, cap=1).status == "duplicate"


def test_mbx_b4_the_lowest_update_id_is_first_however_they_arrive(box):
    for order in (13, 11, 14, 10, 12):
        box.accept(order)
    assert box.orders() == [10, 11, 12, 13, 14]


def test_mbx_b4_messages_without_an_id_keep_their_accept_order_and_are_not_overtaken_from_before(box):
    box.accept(20)
    box.accept(None, payload=b"first event")
    box.accept(None, payload=b"second event")
    box.accept(21)
    box.accept(10)
    assert box.orders() == [10, 20, None, None, 21]
    assert [entry.payload for entry in box.waiting() if entry.order is None] == [
        b"first event",
        b"second event",
    ]


def test_mbx_b4_a_late_message_finds_its_place_in_a_long_mailbox(box):
    for order in range(100, 160):
        box.accept(order)
    box.accept(50)
    assert box.orders() == [50, *range(100, 160)]


def test_mbx_b4_a_gap_in_update_ids_neither_blocks_nor_drops(box):
    for order in (1, 1_000_000, 2):
        box.accept(order)
    for order in (1, 2, 1_000_000):
        (head, *_) = box.waiting()
        assert head.order == order
        box.commit(head)
    assert box.waiting() == []


def test_mbx_b4_update_ids_that_begin_anew_lower_are_not_dropped(box):
    box.commit(box.accept(900_000_000).entry)
    assert box.accept(7).status == "accepted"
    assert box.orders() == [7]


def test_mbx_b5_an_accepted_message_survives_a_kill_of_redis():
    with tempfile.TemporaryDirectory(prefix="mailroom-b5-") as folder:
        server = EmbeddedRedis(Path(folder))
        box = Box(server.start())
        try:
            box.own()
            for order in range(1, 21):
                box.accept(order)
            assert server.pid is not None
            os.kill(server.pid, signal.SIGKILL)
            os.waitpid(server.pid, 0)
            server.start()
            box.close()
            box = Box(server.url)
            assert box.orders() == list(range(1, 21))
            assert box.accept(20).status == "duplicate"
        finally:
            box.close()
            server.stop()


def test_mbx_f1_the_cap_is_each_chats_own_and_refuses_by_default(box):
    other = Chat("shop", "8")
    assert [box.accept(order, cap=2).status for order in (1, 2, 3)] == ["accepted", "accepted", "full"]
    assert box.accept(4, cap=2, chat=other).status == "accepted"


def test_mbx_f1_the_shed_policy_drops_and_tells_of_the_first_drop_only(box):
    statuses = [box.accept(order, cap=1, shed=True).status for order in (1, 2, 3)]
    assert statuses == ["accepted", "shed_first", "shed"]
    assert box.orders() == [1]


def test_mbx_f1_a_flood_does_not_take_the_room_of_queries_that_cannot_wait(box):
    box.accept(1, cap=1)
    receipt = box.accept(2, cap=1, expedited=True)
    assert receipt.status == "accepted"
    loaded = box.call(box.mailboxes.load(box.chat, 5, 10))
    assert [entry.order for entry in loaded.expedited] == [2]
    assert loaded.expedited[0].expedited


@pytest.mark.parametrize("order", [9, 11])
def test_an_attempt_is_begun_with_the_accept_only_where_nothing_else_is_in_line(box, order):
    """One too many would be counted, and two messages of a chat would run at once."""
    box.accept(10)
    receipt = box.accept(order, early=Early(EPOCH, "one"))
    assert (receipt.status, receipt.begun) == ("accepted", None)
    assert box.raw.hgetall(box.key("tries:shop:7")) == {}
    assert box.accept(20, chat=Chat("shop", "8"), early=Early(EPOCH, "two")).begun is None, "not the owner"


def test_mbx_f4_a_drained_mailbox_leaves_no_key_behind(box):
    for order in (1, 2, 3):
        box.accept(order)
    for entry in box.waiting():
        box.begin(entry)
        box.journal(entry, 0, b"record")
        box.commit(entry)
    assert box.left_behind() == set()


def bury(box, order, payload=b"{}", **more):
    offer = Offer(
        more.pop("chat", box.chat),
        str(order),
        order,
        "message",
        "unreadable",
        "trace",
        payload,
        False,
        **more,
    )
    return box.call(box.mailboxes.bury(offer, "it could not be read: no JSON"))


def test_a_message_that_nobody_can_read_is_a_dead_letter_once_and_never_in_line(box):
    payload = '{"text": "\\\\ud83d \\\\u0000", "x": "ё"}'.encode() + b"\xff\0"
    assert bury(box, 10, payload) == "dead"
    assert bury(box, 10, payload) == "duplicate"
    assert box.accept(10).status == "duplicate"
    assert box.orders() == []
    (letter,) = box.call(box.letters.find(Wanted(), 10))
    assert (letter.chat, letter.order, letter.kind, letter.attempts) == (box.chat, 10, "message", 0)
    assert (letter.error, letter.trace) == ("it could not be read: no JSON", "trace")
    assert letter.payload == '{"text": "\\\\ud83d \\\\u0000", "x": "ё"}\ufffd\ufffd'
    assert abs(letter.died_ms - box.mailboxes.now_ms()) < 10_000


def test_a_message_that_was_accepted_is_not_buried_too(box):
    assert box.accept(10).status == "accepted"
    assert bury(box, 10) == "duplicate"
    assert box.call(box.letters.count(Wanted())) == 0


def test_a_buried_message_can_be_requeued_and_dropped_like_any_dead_letter(box):
    bury(box, 10, b'{"x": "\xed\xa0\xbd"}')
    bury(box, 11)
    first, second = (one.id for one in reversed(box.call(box.letters.find(Wanted(), 10))))
    assert box.call(box.letters.requeue(first)) == "requeued"
    assert box.orders() == [10]
    assert box.call(box.letters.drop(second))
    assert box.call(box.letters.count(Wanted())) == 0
