"""What on-call sees of the mailboxes, and the audit of what it did (conformance B, X2 and X3)."""

import asyncio

import pytest

from mailroom.storage.redis import audit, inspection
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.inspection import Totals
from mailroom.storage.redis.mailbox import Changes, Offer
from tests.storage.redis.box import EPOCH
from tests.storage.redis.model import sharing

CHATS = [Chat("shop", str(n)) for n in range(40)] + [Chat("astral", str(n)) for n in range(40)]
NEVER_MS = 4_000_000_000_000


@pytest.fixture
def busy(box):
    """Chat n has n % 5 messages, the first accepted at 1000 - n; every tenth has an expedited one too."""

    async def fill():
        await box.mailboxes.raise_fences(sorted({chat.partition for chat in CHATS}), EPOCH)
        offers = []
        for n, chat in enumerate(CHATS):
            for lane in [False] * (n % 5) + [True] * (n % 10 == 0):
                offers.append(Offer(chat, "", len(offers), "message", "chat", "t", b"{}", lane))
        await asyncio.gather(*map(box.mailboxes.accept, offers))

    box.call(fill())
    with box.raw.pipeline(transaction=False) as pipe:
        for n, chat in enumerate(CHATS):
            pipe.zadd(box.key("ready", chat), {str(chat): 1000 - n}, xx=True)
        pipe.execute()
    return box


def depth_of(n):
    return n % 5 + (n % 10 == 0)


def test_mbx_x2_the_deepest_chats_come_first_and_equal_ones_by_age(busy):
    depths = {chat: depth_of(n) for n, chat in enumerate(CHATS) if depth_of(n)}
    for most in (1, 7, 16, 50, 60, 1000):
        found = busy.call(inspection.deepest(busy.line, most))
        assert [one.depth for one in found] == sorted(depths.values(), reverse=True)[:most]
        assert [(-one.depth, one.accepted_ms) for one in found] == sorted(
            (-depths[one.chat], 1000 - CHATS.index(one.chat)) for one in found
        )


def test_mbx_x2_the_chats_that_wait_longest_come_first(busy):
    expected = sorted((1000 - n, chat, depth_of(n)) for n, chat in enumerate(CHATS) if depth_of(n))
    for most in (1, 7, 1000):
        found = busy.call(inspection.oldest(busy.line, most))
        assert found == [(chat, depth, at) for at, chat, depth in expected[:most]]


def test_mbx_x2_the_first_chats_are_found_without_looking_at_the_mailboxes(busy):
    busy.raw.config_resetstat()
    busy.call(inspection.deepest(busy.line, 10))
    busy.call(inspection.oldest(busy.line, 10))
    used = {name for name in busy.raw.info("commandstats") if name not in ("cmdstat_config", "cmdstat_info")}
    assert used <= {"cmdstat_zrange", "cmdstat_zrevrange", "cmdstat_zscore", "cmdstat_config|resetstat"}


def test_mbx_x2_nothing_waits_where_nothing_waits(box):
    assert box.call(inspection.deepest(box.line, 10)) == box.call(inspection.oldest(box.line, 10)) == []
    assert box.call(inspection.totals(box.line)) == Totals(0, 0, 0, 0, 0)


def test_mbx_x2_totals_count_chats_messages_and_dead_letters(busy):
    busy.die(busy.waiting(CHATS[1])[0], chat=CHATS[1])
    depths = [depth_of(n) for n in range(len(CHATS)) if n != 1]
    found = busy.call(inspection.totals(busy.line))
    waiting = sum(1 for depth in depths if depth)
    assert found == Totals(waiting, sum(depths), 1000 - 79, 1, 0)


@pytest.mark.parametrize(
    ("target", "held"),
    [
        ("everything", sum(depth_of(n) > 0 for n in range(80))),
        ("bot/astral", sum(depth_of(n) > 0 for n in range(40, 80))),
        ("chat/shop:1", 1),
        ("chat/shop:5", 0),
        ("node/chats/timers", 0),
    ],
)
def test_mbx_x2_totals_say_how_many_waiting_chats_are_suspended(busy, target, held):
    busy.call(busy.suspensions.put(target, "ann", "why"))
    assert busy.call(inspection.totals(busy.line)).suspended_chats == held


def test_mbx_x2_depths_follow_what_comes_and_goes(box):
    def depth():
        return [one.depth for one in box.call(inspection.deepest(box.line, 9))]

    first = box.accept(1).entry
    seen = [depth()]
    fast = box.accept(2, expedited=True).entry
    seen.append(depth())
    box.commit(None, Changes(timers=[("a", 1, ""), ("b", 1, "")]))
    box.call(box.mailboxes.fire(box.chat.partition, 5))
    seen.append(depth())
    box.commit(fast)
    seen.append(depth())
    id_ = box.die(first)
    seen.append(depth())
    box.call(box.letters.requeue(id_))
    seen.append(depth())
    assert seen == [[1], [2], [4], [3], [2], [3]]
    while (waiting := box.waiting()) != []:
        box.commit(waiting[0])
    assert (depth(), box.left_behind()) == ([], set())


def test_mbx_x2_one_chat_is_seen_whole_and_without_owning_it(box):
    neighbour = sharing(box.chat, "shop")
    first, second = box.accept(10, payload=b"one").entry, box.accept(11).entry
    fast = box.accept(12, expedited=True).entry
    box.begin(first)
    box.park(first, 77)
    box.commit(None, Changes(set={"state": "ё"}, timers=[("late", NEVER_MS, ""), ("early", 5, "")]))
    box.own(chat=neighbour)
    box.commit(None, Changes(timers=[("other", 5, "")]), chat=neighbour)
    box.call(box.letters.skip(box.chat, second.seq, "skipped", "ann"))
    box.call(box.suspensions.put("bot/shop", "ann", "why"))
    before = {key: box.raw.dump(key) for key in box.raw.keys("*")}
    seen = box.call(inspection.chat(box.line, box.chat, 10))
    assert {key: box.raw.dump(key) for key in box.raw.keys("*")} == before
    assert (seen.chat, seen.epoch, seen.depth) == (box.chat, 5, 2)
    assert seen.waiting == [(fast, 0), (first, 1)]
    assert seen.state == {"state": "ё"}
    assert (seen.parked_until_ms, seen.suspended, seen.dead_letters) == (77, "bot/shop", 1)
    assert list(seen.timers.items()) == [("early", 5), ("late", NEVER_MS)]


def test_mbx_x2_only_the_first_messages_of_a_chat_are_read(box):
    for order in range(10, 30):
        box.accept(order)
    seen = box.call(inspection.chat(box.line, box.chat, 3))
    assert ([entry.order for entry, _ in seen.waiting], seen.depth) == ([10, 11, 12], 20)


def test_mbx_x2_a_chat_that_nobody_has_heard_of_is_empty(box):
    seen = box.call(inspection.chat(box.line, Chat("no", "1"), 3))
    assert (seen.depth, seen.waiting, seen.state, seen.suspended, seen.timers) == (0, [], {}, "", {})


def test_mbx_x2_what_holds_a_chat_is_named_the_narrowest_first(box):
    seen = []
    for target in ("everything", "bot/shop", "chat/shop:7"):
        box.call(box.suspensions.put(target, "ann", "why"))
        seen.append(box.call(inspection.chat(box.line, box.chat, 1)).suspended)
    assert seen == ["everything", "bot/shop", "chat/shop:7"]


def note(box, count, **more):
    async def write():
        fields = {"who": "ann", "action": "skip", "target": "shop:7", "outcome": "ё"} | more
        return await asyncio.gather(*(box.audit.write(why=f"why {n}", **fields) for n in range(count)))

    return box.call(write())


def test_mbx_x3_the_audit_says_who_did_what_when_and_why_the_latest_first(box):
    ids = note(box, 3)
    lines = box.call(box.audit.read(2))
    assert [(line.id, line.why) for line in lines] == [(ids[2], "why 2"), (ids[1], "why 1")]
    assert (lines[0].who, lines[0].action, lines[0].target, lines[0].outcome) == (
        "ann",
        "skip",
        "shop:7",
        "ё",
    )
    assert 0 <= lines[0].at_ms - int(ids[0].split("-")[0]) < 60_000


def test_mbx_x3_the_audit_can_be_read_on_and_forgets_the_oldest_when_it_is_long(box, monkeypatch):
    monkeypatch.setattr(audit, "LENGTH_MAX", 100)
    ids = note(box, 400)
    seen, before = [], None
    while lines := box.call(box.audit.read(30, before)):
        seen += [line.id for line in lines]
        before = lines[-1].id
    assert seen == ids[::-1][: len(seen)]
    assert 100 <= len(seen) < 400
    assert box.call(box.audit.read(0)) == []


def test_mbx_x3_a_reason_without_end_is_cut(box):
    note(box, 1, outcome="x" * 10_000)
    assert len(box.call(box.audit.read(1))[0].outcome) == audit.FIELD_CHARS_MAX
