"""Suspension and timers (conformance B, Operate)."""

from contextlib import suppress

import pytest

from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.dead_letters import Wanted
from mailroom.storage.redis.entry import PARTITIONS, Chat
from mailroom.storage.redis.mailbox import MAILBOX_CAP, Changes, Early
from mailroom.storage.redis.suspensions import WITHOUT_NOTE, Held, Suspensions
from tests.storage.redis.box import Box, dead_letter

NEVER_MS = 4_000_000_000_000
TARGETS = ["chat/shop:7", "bot/shop", "everything"]


@pytest.mark.parametrize("target", TARGETS)
def test_mbx_x1_a_suspended_chat_bot_or_service_begins_nothing(box, target):
    entry = box.accept(10).entry
    assert box.call(box.suspensions.put(target, "ann", "why"))
    assert box.begin(entry) is None
    assert box.call(box.mailboxes.load(box.chat, 5, 10)).suspended
    assert not box.raw.exists(box.key("tries:shop:7"))


def test_mbx_x1_the_suspension_of_one_chat_leaves_the_others_alone(box):
    entry = box.accept(10).entry
    for whom in ("shop:8", "astral", "shop:77", "shop:"):
        box.suspend(whom)
    assert box.begin(entry).attempt == 1


def test_mbx_x1_what_runs_at_the_suspension_comes_to_its_end_and_nothing_follows_it(box):
    first, second = box.accept(10).entry, box.accept(11).entry
    box.begin(first)
    box.suspend()
    committed = box.commit(first, following=second)
    assert (committed.gone, committed.next) == (False, None)
    assert box.begin(second) is None


def test_mbx_x1_messages_pile_up_to_the_cap_while_suspended_and_are_in_order_after(box):
    box.suspend()
    assert [box.accept(order, cap=3).status for order in (12, 10, 11)] == ["suspended"] * 3
    assert box.accept(13, cap=3).status == "full"
    box.resume()
    assert box.orders() == [10, 11, 12]
    assert MAILBOX_CAP == 1000


def test_mbx_x1_a_suspension_says_who_and_why_and_outlives_every_process(box, clean_redis_url):
    box.accept(10)
    box.call(box.suspensions.put("bot/shop", "ann", "the shop is closed"))
    other = Box(clean_redis_url)
    held = other.call(other.suspensions.all())["bot/shop"]
    assert (held.who, held.why) == ("ann", "the shop is closed")
    assert held.since_ms > 1_700_000_000_000
    assert other.call(other.mailboxes.load(other.chat, 5, 10)).suspended
    assert other.call(other.suspensions.lift("bot/shop")) == held
    other.close()
    assert box.call(box.suspensions.all()) == {}
    assert box.begin(box.waiting()[0]).attempt == 1
    assert {box.kind_of(key) for key in box.left_behind()} == {"box", "ready", "tries"}


def test_mbx_x1_who_suspends_what_is_suspended_changes_nothing_and_is_told(box):
    box.call(box.suspensions.put("chat/shop:7", "ann", "first"))
    assert not box.call(box.suspensions.put("chat/shop:7", "bob", "second"))
    assert box.call(box.suspensions.all())["chat/shop:7"].who == "ann"


def test_mbx_x1_what_is_resumed_stays_held_by_what_is_wider(box):
    entry = box.accept(10).entry
    for target in TARGETS:
        box.call(box.suspensions.put(target, "ann", target))
    for target in TARGETS:
        assert box.begin(entry) is None
        assert box.call(box.suspensions.lift(target)).why == target
    assert box.begin(entry).attempt == 1
    assert [box.call(box.suspensions.lift(target)) for target in TARGETS] == [None] * 3


def test_mbx_x1_a_node_of_the_tree_has_a_note_and_holds_no_chat(box):
    box.call(box.suspensions.put("node/chats/timers", "ann", "why"))
    box.call(box.suspensions.reconcile(range(PARTITIONS)))
    assert box.left_behind() == {"mailroom:suspensions"}
    assert list(box.call(box.suspensions.all())) == ["node/chats/timers"]
    assert box.call(box.suspensions.lift("node/chats/timers")).who == "ann"
    assert box.left_behind() == set()


@pytest.mark.parametrize("target", ["shop", "bot/", "bot/shop:7", "chat/shop", "node/", "", "*"])
def test_mbx_x1_what_cannot_be_suspended_is_refused(box, target):
    with pytest.raises(ValueError, match="target"):
        box.call(box.suspensions.put(target, "ann", "why"))
    assert box.left_behind() == set()


class DyingLine(Line):
    """A connection over which a process makes so many calls, and then dies; the last one may still have had
    its effect.
    """

    def __init__(self, url, calls, *, effect):
        super().__init__(url)
        self.calls, self.effect = calls, effect

    async def command(self, *args):
        self.calls -= 1
        if self.calls < 0 or (self.calls == 0 and not self.effect):
            raise StoreUnavailable("as arranged")
        answer = await super().command(*args)
        if self.calls == 0:
            raise StoreUnavailable("as arranged")
        return answer


@pytest.mark.parametrize("effect", [False, True])
@pytest.mark.parametrize("calls", [1, 2, 3, 4, 100, PARTITIONS + 2])
@pytest.mark.parametrize("what", ["put", "lift"])
@pytest.mark.parametrize("target", TARGETS)
def test_mbx_x1_a_crash_between_note_and_sets_is_healed_at_the_next_start(box, target, what, calls, effect):
    entry = box.accept(10).entry
    if what == "lift":
        box.call(box.suspensions.put(target, "ann", "why"))
    line = DyingLine(box.url, calls, effect=effect)
    dying = Suspensions(line)
    with suppress(StoreUnavailable):  # or it made fewer calls than that
        box.call(dying.put(target, "ann", "why") if what == "put" else dying.lift(target))
    box.call(line.close())

    box.call(box.suspensions.reconcile(range(PARTITIONS)))
    noted = bool(box.raw.hexists("mailroom:suspensions", target))
    assert set(box.call(box.suspensions.all())) == ({target} if noted else set())
    begun = box.begin(entry)
    assert (begun is None) == noted
    # Done again it comes to its end.
    box.call(box.suspensions.put(target, "ann", "why") if what == "put" else box.suspensions.lift(target))
    assert (box.begin(entry) is None) == (what == "put")


def test_mbx_x1_a_start_leaves_other_partitions_alone_and_is_not_confused_by_their_chats(box):
    other = next(chat for n in range(99) if (chat := Chat("shop", str(n))).partition != box.chat.partition)
    box.raw.hset("mailroom:suspensions", f"chat/{other}", b'{"who":"ann","why":"why","since_ms":1}')
    box.call(box.suspensions.reconcile([box.chat.partition]))
    assert not box.raw.exists(box.key("suspended"), box.key("suspended", other))
    box.call(box.suspensions.reconcile([other.partition]))
    assert box.raw.smembers(box.key("suspended", other)) == {str(other).encode()}


def test_mbx_x1_a_suspension_that_comes_while_a_start_reconciles_is_not_undone(box):
    class Meddler(Line):
        async def command(self, *args):
            answer = await super().command(*args)
            if args[0] == "HKEYS" and not self.met:
                self.met = True
                await box.suspensions.put("chat/shop:7", "ann", "just now")
            return answer

    line = Meddler(box.url)
    line.met = False
    box.call(Suspensions(line).reconcile(range(PARTITIONS)))
    box.call(line.close())
    assert box.raw.smembers(box.key("suspended")) == {b"shop:7"}


def test_mbx_x1_what_is_enforced_without_a_note_is_seen_and_can_be_lifted(box):
    box.suspend("shop")
    assert box.call(box.suspensions.all()) == {"bot/shop": WITHOUT_NOTE}
    assert box.call(box.suspensions.lift("bot/shop")) == WITHOUT_NOTE
    assert box.left_behind() == set()


def test_mbx_x1_a_note_that_nobody_can_read_holds_and_can_be_lifted(box):
    box.call(box.suspensions.put("chat/shop:7", "ann", "why"))
    box.raw.hset("mailroom:suspensions", "chat/shop:7", b"{")
    assert "unreadable" in box.call(box.suspensions.all())["chat/shop:7"].why
    assert "unreadable" in box.call(box.suspensions.lift("chat/shop:7")).why


def test_mbx_p4_a_chat_can_be_parked_by_the_death_of_its_message_in_the_same_step(box):
    first, second = box.accept(10).entry, box.accept(11).entry
    letter = dead_letter(box.chat, first, "ValueError: no\nmore")
    committed = box.commit(first, dead=letter, park=True, following=second)
    assert (committed.gone, committed.depth, committed.next) == (False, 1, None)
    assert box.begin(second) is None
    (target, held), *others = box.call(box.suspensions.all()).items()
    assert (target, held.who, others) == ("chat/shop:7", "supervisor", [])
    assert held.why == "a message died here: ValueError: no"


def test_mbx_p4_only_a_death_parks_and_only_once_it_is_written(box):
    first, second = box.accept(10).entry, box.accept(11).entry
    box.commit(first, park=True)
    letter = dead_letter(box.chat, first, "late")
    assert box.commit(first, dead=letter, park=True).gone
    assert box.call(box.suspensions.all()) == {}
    assert box.begin(second).attempt == 1


def test_mbx_x1_a_parked_chat_stays_parked_over_a_start_and_goes_on_when_it_is_resumed(box):
    first, second = box.accept(10).entry, box.accept(11).entry
    box.die(first, park=True)
    box.call(box.suspensions.reconcile(range(PARTITIONS)))
    assert not box.call(box.suspensions.put("chat/shop:7", "ann", "why")), "it is suspended already"
    assert box.call(box.suspensions.lift("chat/shop:7")).who == "supervisor"
    box.call(box.suspensions.reconcile(range(PARTITIONS)))
    assert box.call(box.suspensions.all()) == {}
    assert box.begin(second).attempt == 1


def test_mbx_x1_a_chat_that_on_call_suspended_and_that_is_parked_then_is_held_once(box):
    first, _ = box.accept(10).entry, box.accept(11)
    box.begin(first)
    box.call(box.suspensions.put("chat/shop:7", "ann", "why"))
    box.die(first, park=True)
    assert [held.who for held in box.call(box.suspensions.all()).values()] == ["ann"]
    assert isinstance(box.call(box.suspensions.lift("chat/shop:7")), Held)
    assert box.call(box.suspensions.all()) == {}
    assert not box.call(box.mailboxes.load(box.chat, 5, 1)).suspended


@pytest.mark.parametrize("target", TARGETS)
def test_v7_a_suspended_chat_begins_nothing_by_any_of_the_ways_to_begin(box, target):
    first, second = box.accept(10).entry, box.accept(11).entry
    box.begin(first)
    box.call(box.suspensions.put(target, "ann", "why"))
    # What ran comes to its end, and that is the last there is.
    assert box.commit(first, Changes(set={"a": "1"}), following=second).next is None
    assert box.begin(second) is None
    box.call(box.letters.skip(box.chat, second.seq, "skipped", "ann"))
    assert box.accept(12, early=Early(5, "a")).begun is None
    box.call(box.letters.skip(box.chat, None, "skipped", "ann"))
    for id_ in box.call(box.letters.ids(Wanted(), 9)):
        assert box.call(box.letters.requeue(id_)) == "suspended"
    assert box.orders() == [11, 12]
    assert not box.raw.exists(box.key("tries:shop:7"))
    assert box.call(box.mailboxes.load(box.chat, 5, 9)).suspended


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
