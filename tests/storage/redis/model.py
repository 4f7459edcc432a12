"""What the mailboxes should do, as a dict of lists and an epoch, to be compared with the real scripts.

The invariants are those of the conformance list: V1 every accepted message is waiting, committed or a dead
letter, and only one of these; V2 a chat's messages leave in the order of the mailbox; V3 epochs never
decrease; V4 in the end nothing accepted stays uncommitted; V5 what was refused has no effect; V7 a suspended
chat begins nothing; V8 no key is left behind.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mailroom.storage.errors import Fenced
from mailroom.storage.redis.entry import Chat, Entry
from mailroom.storage.redis.mailbox import Changes, Following
from tests.storage.redis.box import Box, dead_letter

CAP = 2
FUTURE_MS = 4_000_000_000_000
TARGETS = ["chat/shop:7", "bot/astral", "everything"]
STALE = ["begin", "commit", "park", "fire", "load", "raise"]
MAY_STAY = {"state", "timers", "timer", "dead", "deadlog", "shed"}

orders = st.integers(0, 9)
small = st.integers(0, 3)


def sharing(first: Chat, bot: str) -> Chat:
    """Another chat in the same partition."""
    found = (Chat(bot, str(n)) for n in range(1, 100_000))
    return next(chat for chat in found if chat.partition == first.partition and chat != first)


FIRST = Chat("shop", "7")
# Three chats that share a partition, two of them of one bot, and one elsewhere.
CHATS = [FIRST, sharing(FIRST, "shop"), sharing(FIRST, "astral"), Chat("shop", "8")]
# Mostly the first: things happen to a chat that has a past.
chats = st.sampled_from([FIRST, FIRST, *CHATS])


@dataclass
class Message:
    """An accepted message, as the model knows it."""

    seq: int
    order: int | None
    expedited: bool
    payload: bytes
    trace: str = "t"
    tries: int = 0
    attempt_id: str = "-"
    """The attempt that was counted last; "-" where it was taken back."""
    outages: int = 0
    journal: dict[int, bytes] = field(default_factory=dict)
    group: str = ""
    together: list[int] = field(default_factory=list)
    """The parts of its group that were begun with it, where the attempts at them are counted here."""
    mark: list[int] = field(default_factory=list)
    """Those it became a dead letter with."""

    def begin(self, attempt_id: str) -> None:
        """H7: an attempt that is begun again because an answer was lost is the same one."""
        self.tries += self.attempt_id != attempt_id
        self.attempt_id = attempt_id


@dataclass
class Conversation:
    """A chat, as the model knows it."""

    box: list[Message] = field(default_factory=list)
    fast: list[Message] = field(default_factory=list)
    state: dict[str, str] = field(default_factory=dict)
    timers: dict[str, tuple[int, str]] = field(default_factory=dict)
    parked_until_ms: int = 0
    accepted: set[int] = field(default_factory=set)
    committed: list[int] = field(default_factory=list)
    dead: dict[int, Message] = field(default_factory=dict)
    requeued: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)

    @property
    def line(self) -> list[Message]:
        """All that waits, what is next first."""
        return self.fast + self.box

    @property
    def ended(self) -> list[int]:
        """What is not in line any more and will not come back under its number."""
        return [*self.committed, *self.dead, *self.requeued, *self.dropped]


def in_line(waiting: list[Message], new: Message) -> None:
    """B4, said plainly: before the first waiting message with a higher order, unless one with a lower order
    stands behind that; without an order, last."""
    place = len(waiting)
    if new.order is not None:
        lower = [i for i, one in enumerate(waiting) if one.order is not None and one.order < new.order]
        higher = [i for i, one in enumerate(waiting) if one.order is not None and one.order > new.order]
        behind = lower[-1] + 1 if lower else 0
        place = min((i for i in higher if i >= behind), default=len(waiting))
    waiting.insert(place, new)


class MailboxMachine(RuleBasedStateMachine):
    """One owner, several chats, and everything that can happen to them but for on-call, which is in
    `model_oncall.py`.
    """

    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.box = Box(self.url)
        self.box.raw.flushall()
        self.boxes = self.box.mailboxes
        self.epoch = 1
        self.highest_fence = 0
        self.known: dict[Chat, Conversation] = {chat: Conversation() for chat in CHATS}
        self.seen: dict[tuple[int, str, int], int] = {}
        self.seqs: dict[int, int] = defaultdict(int)
        self.attempts = 0
        self.noted: set[str] = set()
        self.parked: set[str] = set()
        self.take_over()

    def teardown(self) -> None:
        try:
            for target in self.suspended:
                self.resume(target)
            for chat in CHATS:
                self.drain(chat)
            for one in self.known.values():
                assert one.accepted == set(one.ended), "V4: nothing accepted stays uncommitted"
            left = {key for key in self.box.left_behind() if self.box.kind_of(key) not in MAY_STAY}
            assert not left, f"V8: left behind: {left}"
        finally:
            self.box.close()

    @property
    def suspended(self) -> set[str]:
        return self.noted | self.parked

    def held(self, chat: Chat) -> bool:
        return bool(self.suspended & {"everything", f"bot/{chat.bot}", f"chat/{chat}"})

    # What arrives

    @rule(
        chat=chats,
        several=st.lists(orders, min_size=1, max_size=5),
        expedited=st.sampled_from([False, False, False, True]),
        shed=st.booleans(),
    )
    def accept(self, chat: Chat, several: list[int], expedited: bool, shed: bool) -> None:
        for order in several:
            self._accept(chat, order, expedited=expedited, shed=shed)

    def _accept(self, chat: Chat, order: int, *, expedited: bool, shed: bool) -> None:
        one = self.known[chat]
        lane = one.fast if expedited else one.box
        payload = json.dumps({"update_id": order}).encode()
        receipt = self.box.accept(order, chat=chat, payload=payload, expedited=expedited, cap=CAP, shed=shed)
        known = self.seen.get((chat.partition, chat.bot, order))
        if known is not None:
            assert (receipt.status, receipt.seq) == ("duplicate", known), "B2"
        elif len(lane) >= CAP and not expedited:
            assert receipt.status in (("shed_first", "shed") if shed else ("full",)), "F1"
        else:
            assert receipt.status == ("suspended" if self.held(chat) else "accepted"), "B1"
            seq = self._next_seq(chat)
            assert (receipt.seq, receipt.depth) == (seq, len(lane) + 1), "B1"
            self.seen[chat.partition, chat.bot, order] = seq
            in_line(lane, Message(seq, order, expedited, payload, f"trace-{order}"))
            one.accepted.add(seq)

    @rule(chat=chats)
    def accept_event(self, chat: Chat) -> None:
        one = self.known[chat]
        receipt = self.box.accept(None, chat=chat, payload=b"event", cap=CAP)
        if len(one.box) >= CAP:
            assert receipt.status == "full"
        else:
            seq = self._next_seq(chat)
            assert receipt.seq == seq
            in_line(one.box, Message(seq, None, False, b"event", "trace-None"))
            one.accepted.add(seq)

    # What the owner does

    @rule(chat=chats, number=small, times=st.integers(1, 2))
    def begin_and_fail(self, chat: Chat, number: int, times: int) -> None:
        """Attempts that record one call and do not come to their end."""
        for _ in range(times):
            if (message := self._head(chat)) is not None:
                self._attempt(chat, message, number)

    def _attempt(self, chat: Chat, message: Message, number: int, *, asked: int = 1) -> None:
        attempt_id = self._next_attempt()
        for _ in range(asked):
            begun = self.box.call(self.boxes.begin(chat, self.epoch, message.seq, attempt_id))
        if self.held(chat):
            assert begun is None, "V7"
            return
        if not message.expedited and self.known[chat].box[0] is not message:
            assert begun == "behind", "P1, H6"
            return
        assert begun is not None, "a chat that is not suspended may begin"
        message.begin(attempt_id)
        assert (begun.attempt, begun.journal) == (message.tries, message.journal), "P3, R2"
        assert (begun.outages, begun.outage_since_ms > 0) == (message.outages, message.outages > 0), "R8"
        self._record(chat, message, number, b"call %d of attempt %d" % (number, message.tries))

    def _record(self, chat: Chat, message: Message, number: int, record: bytes) -> None:
        """H11e: what a call brought is a fact, and the first one that is told stays."""
        self.box.call(self.boxes.journal(chat, self.epoch, message.seq, message.trace, number, record))
        message.journal.setdefault(number, record)

    @rule(chat=chats, number=small)
    def begin_and_hear_no_answer(self, chat: Chat, number: int) -> None:
        if (message := self._head(chat)) is not None:
            self._attempt(chat, message, number, asked=3)

    @rule(chat=chats, number=small)
    def record_for_another_message_of_this_number(self, chat: Chat, number: int) -> None:
        """Numbers run again where Redis lost its data, traces do not."""
        if (message := self._head(chat)) is not None:
            self.box.call(self.boxes.journal(chat, self.epoch, message.seq, "another", number, b"of another"))

    @rule(chat=chats, value=small, place=small, dead=st.booleans(), chain=st.booleans())
    def commit(self, chat: Chat, value: int, place: int, dead: bool, chain: bool) -> None:
        """Finish the head; or another one, as when a handler was overtaken."""
        one = self.known[chat]
        lane = one.fast or one.box
        if not lane:
            return
        message = lane[place % len(lane)] if dead else lane[0]
        entry = self._entry(chat, message)
        changes = Changes(set={f"field{value}": str(message.seq)}, delete=[f"field{3 - value}"])
        following = next((other for other in one.box if other is not message), None) if chain else None
        attempt_id = self._next_attempt()
        committed = self.box.commit(
            entry, changes, self.epoch, chat=chat,
            following=Following(self._entry(chat, following), attempt_id) if following else None,
            dead=dead_letter(chat, entry, "ValueError: no") if dead else None,
        )  # fmt: skip
        self._finished(chat, message, changes, dead=dead)
        assert not committed.gone
        assert committed.depth == len(one.box)
        # What was to follow is not first in line when an expedited one waits.
        if following is None or following.group or self.held(chat) or one.fast:
            assert committed.next is None, "V7, G2"
        else:
            following.begin(attempt_id)
            assert committed.next is not None
            assert (committed.next.attempt, committed.next.journal) == (following.tries, following.journal)

    @rule(chat=chats, value=small)
    def commit_again(self, chat: Chat, value: int) -> None:
        """The answer to a commit was lost, so it is made once more."""
        one = self.known[chat]
        if one.ended:
            entry = self._entry(chat, Message(one.ended[0], None, False, b""))
            changes = Changes(set={f"field{value}": "twice"}, timers=[("twice", 1, "")])
            letter = dead_letter(chat, entry, "twice")
            assert self.box.commit(entry, changes, self.epoch, chat=chat, dead=letter, park=True).gone

    @rule(chat=chats, value=small, due=st.sampled_from([1, 2, FUTURE_MS]), cancel=st.booleans())
    def commit_state_and_timers(self, chat: Chat, value: int, due: int, cancel: bool) -> None:
        one = self.known[chat]
        changes = Changes(set={f"field{value}": "ё"}, timers=[] if cancel else [(f"t{value}", due, "data")])
        if cancel:
            changes.cancel.append(f"t{value}")
            one.timers.pop(f"t{value}", None)
        else:
            one.timers[f"t{value}"] = (due, "data")
        self.box.commit(None, changes, self.epoch, chat=chat)
        one.state.update(changes.set)

    @rule(
        chat=chats,
        until=st.integers(0, 9),
        take_back=st.booleans(),
        outage=st.booleans(),
        asked=st.integers(1, 2),
        write=st.booleans(),
    )
    def park(self, chat: Chat, until: int, take_back: bool, outage: bool, asked: int, write: bool) -> None:
        message = next(iter(self.known[chat].box), None)
        if message is not None and (message.attempt_id != "-" or not take_back):
            attempt_id = message.attempt_id if take_back else ""
            for _ in range(asked):
                call = self.boxes.park(
                    chat, self.epoch, message.seq, until, take_back=attempt_id, outage=outage
                )
                self.box.call(call)
            if until:
                self.known[chat].parked_until_ms = until
            if take_back:
                message.tries -= 1
                message.attempt_id = "-"
                message.outages += outage
            if write:
                self.commit_state_and_timers(chat, 0, FUTURE_MS, cancel=False)

    @rule(chat=chats)
    def fire(self, chat: Chat) -> None:
        fired, next_due = self.box.call(self.boxes.fire(chat.partition, self.epoch))
        pending = [
            (due, f"{other}:{name}", other, name)
            for other in CHATS if other.partition == chat.partition
            for name, (due, _) in self.known[other].timers.items()
        ]  # fmt: skip
        due_now = sorted(one for one in pending if one[0] < FUTURE_MS)
        assert [where for where, _ in fired] == [where for _, _, where, _ in due_now], (
            "X5: due ones only, in order"
        )
        assert next_due == (FUTURE_MS if len(pending) > len(due_now) else None)
        for (_, _, where, name), (_, entry) in zip(due_now, fired, strict=True):
            seq = self._next_seq(where)
            assert entry.seq == seq
            assert json.loads(entry.payload) == {"name": name, "data": "data"}
            self.known[where].box.append(Message(seq, None, False, entry.payload, entry.trace))
            self.known[where].accepted.add(seq)
            del self.known[where].timers[name]

    @rule(chat=chats)
    def drain(self, chat: Chat) -> None:
        one = self.known[chat]
        while lane := one.fast or one.box:
            message = lane[0]
            self.box.commit(self._entry(chat, message), epoch=self.epoch, chat=chat)
            self._finished(chat, message, Changes(), dead=False)

    # What operators and failures do

    @rule()
    def take_over(self) -> None:
        self.epoch += 1
        for chat in (CHATS[0], CHATS[3]):
            self.box.own(self.epoch, chat)

    @rule(chat=chats, what=st.sampled_from(STALE))
    def write_with_an_old_epoch(self, chat: Chat, what: str) -> None:
        message = self._head(chat) or Message(1, None, False, b"")
        old = self.epoch - 1
        entry = self._entry(chat, message)
        calls: dict[str, Any] = {
            "begin": lambda: self.boxes.begin(chat, old, message.seq, "stale"),
            "commit": lambda: self.boxes.commit(chat, old, entry, Changes(set={"stale": "1"})),
            "park": lambda: self.boxes.park(chat, old, message.seq, 99),
            "fire": lambda: self.boxes.fire(chat.partition, old),
            "load": lambda: self.boxes.load(chat, old, 1),
            "raise": lambda: self.boxes.raise_fences([chat.partition], old),
        }
        with pytest.raises(Fenced) as refused:
            self.box.call(calls[what]())
        assert refused.value.epoch == old, "H7"

    @rule(chat=chats, what=st.sampled_from(STALE))
    def write_with_the_same_epoch_as_another_taker(self, chat: Chat, what: str) -> None:
        """Where Postgres was restored from a backup it gives out epochs again."""
        self.boxes.taker, ours = "another", self.boxes.taker
        self.epoch += 1
        try:
            self.write_with_an_old_epoch(chat, what)
        finally:
            self.epoch -= 1
            self.boxes.taker = ours

    @rule(whom=st.sampled_from(TARGETS))
    def suspend(self, whom: str) -> None:
        fresh = self.box.call(self.box.suspensions.put(whom, "ann", "why"))
        assert fresh == (whom not in self.suspended), "X1"
        if fresh:
            self.noted.add(whom)

    @precondition(lambda self: self.suspended)
    @rule(whom=st.sampled_from(TARGETS))
    def resume(self, whom: str) -> None:
        held = self.box.call(self.box.suspensions.lift(whom))
        assert (held is not None) == (whom in self.suspended), "X1"
        self.noted.discard(whom)
        self.parked.discard(whom)

    # What holds at every moment

    @invariant()
    def the_store_holds_what_the_model_holds(self) -> None:
        for chat, one in self.known.items():
            loaded = self.box.call(self.boxes.load(chat, self.epoch, 100))
            waiting = [[(e.seq, e.order, e.payload) for e in lane] for lane in (loaded.box, loaded.expedited)]
            assert waiting == [[(m.seq, m.order, m.payload) for m in lane] for lane in (one.box, one.fast)], (
                "V2, V5"
            )
            assert loaded.state == one.state, "P2, V5"
            assert loaded.suspended == self.held(chat), "X1"
            assert loaded.depth == len(one.box)
            assert loaded.parked_until_ms == one.parked_until_ms, "R4"

    @invariant()
    def every_accepted_message_is_in_one_place(self) -> None:
        for one in self.known.values():
            places = [message.seq for message in one.line] + one.ended
            assert sorted(places) == sorted(one.accepted), "V1"

    @invariant()
    def chats_with_messages_are_ready_and_no_others(self) -> None:
        partitions = {chat.partition for chat in CHATS}
        ready = self.box.call(self.boxes.ready(sorted(partitions), 100))
        assert set(ready) == {chat for chat, one in self.known.items() if one.line}, "P2"
        for first in (CHATS[0], CHATS[3]):
            depths = self.box.raw.zrange(self.box.key("depths", first), 0, -1, withscores=True)
            here = {str(c): len(one.line) for c, one in self.known.items() if c.partition == first.partition}
            deep = {chat: depth for chat, depth in here.items() if depth > 1}
            assert {chat.decode(): depth for chat, depth in depths} == deep, "X2"

    @invariant()
    def dead_letters_are_those_of_dead_messages(self) -> None:
        for partition_chat in (CHATS[0], CHATS[3]):
            letters = {key.decode() for key in self.box.raw.hkeys(self.box.key("dead", partition_chat))}
            here = [chat for chat in CHATS if chat.partition == partition_chat.partition]
            assert letters == {f"{chat}:{seq}" for chat in here for seq in self.known[chat].dead}, "P4"
        kept = {key.decode().rpartition("}:deadlog:")[2] for key in self.box.raw.keys("*:deadlog:*")}
        dead = {f"{chat}:{seq}": m for chat, one in self.known.items() for seq, m in one.dead.items()}
        assert kept == {id_ for id_, message in dead.items() if message.journal}, "R2"

    @invariant()
    def epochs_never_decrease(self) -> None:
        fence = int((self.box.raw.get(self.box.key("fence")) or b"0").split()[0])
        assert fence >= self.highest_fence, "V3"
        self.highest_fence = fence

    # The model's own bookkeeping

    def _next_attempt(self) -> str:
        self.attempts += 1
        return f"a{self.attempts}"

    def _head(self, chat: Chat) -> Message | None:
        return next(iter(self.known[chat].line), None)

    def _entry(self, chat: Chat, message: Message) -> Any:
        return Entry(
            message.seq,
            message.order,
            0,
            "message",
            "chat",
            message.trace,
            message.payload,
            message.expedited,
            message.group,
        )

    def _finished(
        self, chat: Chat, message: Message, changes: Changes, *, dead: bool, ends_wait: bool | None = None
    ) -> None:
        one = self.known[chat]
        (one.fast if message.expedited else one.box).remove(message)
        if not message.expedited if ends_wait is None else ends_wait:
            one.parked_until_ms = 0
        if dead:
            one.dead[message.seq] = message
        else:
            one.committed.append(message.seq)
        one.state.update(changes.set)
        for name in changes.delete:
            one.state.pop(name, None)

    def _next_seq(self, chat: Chat) -> int:
        self.seqs[chat.partition] += 1
        return self.seqs[chat.partition]
