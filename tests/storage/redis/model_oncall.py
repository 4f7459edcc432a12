"""What on-call does to the mailboxes, beside everything that `model.py` has.

A dead letter that is requeued is a new message in V1: the old one ends as `requeued`, the new one waits, with
the journal of the old one. Every rule makes what it needs, so that few steps do much.
"""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Changes, Following
from tests.storage.redis.box import dead_letter
from tests.storage.redis.model import (
    CAP,
    CHATS,
    TARGETS,
    MailboxMachine,
    Message,
    chats,
    in_line,
    small,
)

NOTES = "mailroom:suspensions"
ORDERS_ABOVE = 10


class OnCallMachine(MailboxMachine):
    """Everything that can happen to the mailboxes."""

    # The dead letters

    @rule(chat=chats, place=small, head=st.booleans(), number=small, times=st.integers(0, 2))
    def skip(self, chat: Chat, place: int, head: bool, number: int, times: int) -> None:
        """Skip a message that was tried some times."""
        line = self._some_line(chat)
        message = line[0 if head else place % len(line)]
        for _ in range(times):
            self._attempt(chat, message, number)
        self._skip(chat, message, None if head else message.seq)

    @rule(chat=chats, number=small)
    def skip_what_runs(self, chat: Chat, number: int) -> None:
        """Its handler records one more call, is told to wait, and finds the message gone."""
        message = self._some_line(chat)[0]
        self._attempt(chat, message, number)
        self._skip(chat, message, message.seq)
        self._record(chat, message, 9, b"late")
        self._commit_gone(chat, message.seq)

    @precondition(lambda self: self._ended())
    @rule(place=small, late=st.booleans())
    def touch_what_is_gone(self, place: int, late: bool) -> None:
        """Neither the owner nor on-call can do anything more to a message that is not in line."""
        chat, seq = self._ended(place)[0]
        one = self.known[chat]
        begun = self.box.call(self.boxes.begin(chat, self.epoch, seq, self._next_attempt()))
        assert begun == (None if self.held(chat) else "gone"), "P1"
        self.box.call(self.boxes.park(chat, self.epoch, seq, 99, take_back="x"))
        assert self.box.call(self.box.letters.skip(chat, seq, "skipped", "ann")) == []
        if seq not in one.dead:
            assert self.box.call(self.box.letters.requeue(f"{chat}:{seq}")) == "gone"
            assert not self.box.call(self.box.letters.drop(f"{chat}:{seq}"))
            if late:
                self.box.call(self.boxes.journal(chat, self.epoch, seq, "t", 9, b"too late"))
                self._commit_gone(chat, seq)

    @rule(chat=chats, nth=st.integers(0, 1))
    def skip_behind_a_wait(self, chat: Chat, nth: int) -> None:
        """Only the message that waits takes the wait along."""
        self._fill(chat)
        head = self.known[chat].box[0]
        self.box.call(self.boxes.park(chat, self.epoch, head.seq, 77))
        self.known[chat].parked_until_ms = 77
        message = self.known[chat].box[nth]
        self._skip(chat, message, message.seq)

    @rule(chat=chats)
    def skip_what_follows(self, chat: Chat) -> None:
        """The owner does not know yet that on-call took the next message away."""
        self._fill(chat)
        first, second = self.known[chat].box[:2]
        self._skip(chat, second, second.seq)
        self._fill(chat)
        following = Following(self._entry(chat, second), self._next_attempt())
        committed = self.box.commit(
            self._entry(chat, first), None, self.epoch, chat=chat, following=following
        )
        self._finished(chat, first, Changes(), dead=False)
        assert committed.next is None, "P1"

    @rule(chat=chats, place=small, younger=st.integers(0, CAP))
    def requeue(self, chat: Chat, place: int, younger: int) -> None:
        chat, old = self._some_dead(chat, place)
        one = self.known[chat]
        for _ in range(younger):
            self._accept_next(chat)
        lane = one.fast if old.expedited else one.box
        status = self.box.call(self.box.letters.requeue(f"{chat}:{old.seq}"))
        if len(lane) >= CAP and not old.expedited:
            assert status == "full", "F1"
            return
        assert status == ("suspended" if self.held(chat) else "requeued"), "X3"
        new = Message(
            self._next_seq(chat), old.order, old.expedited, old.payload, old.trace, journal=old.journal
        )
        in_line(lane, new)
        one.accepted.add(new.seq)
        del one.dead[old.seq]
        one.requeued.append(old.seq)

    @rule(chat=chats, place=small)
    def drop(self, chat: Chat, place: int) -> None:
        chat, message = self._some_dead(chat, place)
        assert self.box.call(self.box.letters.drop(f"{chat}:{message.seq}"))
        del self.known[chat].dead[message.seq]
        self.known[chat].dropped.append(message.seq)

    # Suspensions

    @rule(chat=chats)
    def die_and_park(self, chat: Chat) -> None:
        self._some_line(chat)
        one = self.known[chat]
        message, *others = one.line
        entry = self._entry(chat, message)
        following = next((self._entry(chat, other) for other in others if not other.expedited), None)
        letter = dead_letter(chat, entry, "ValueError: no")
        committed = self.box.commit(
            entry, None, self.epoch, chat=chat, dead=letter, park=True, following=following
        )
        self._finished(chat, message, Changes(), dead=True)
        self.parked.add(f"chat/{chat}")
        assert committed.next is None, "V7"

    @rule(whom=st.sampled_from(TARGETS), cut=st.sampled_from(["put", "lift", "race"]))
    def suspend_or_resume_half_and_start_again(self, whom: str, cut: str) -> None:
        """A crash between note and sets: the start that follows makes the sets what the notes say."""
        member = {"everything": "*"}.get(whom, whom.partition("/")[2])
        keys = {
            self.box.key("suspended", chat) for chat in CHATS if whom != "chat/shop:7" or chat == CHATS[0]
        }
        if cut == "put" and whom not in self.parked:
            self.box.raw.hsetnx(NOTES, whom, b'{"who":"ann","why":"why","since_ms":1}')
            self.noted.add(whom)
        elif cut == "lift" and whom in self.noted:
            for key in keys:
                self.box.raw.srem(key, member)
        elif cut == "race" and whom not in self.suspended:
            for key in keys:
                self.box.raw.sadd(key, member)
        self.box.call(self.box.suspensions.reconcile(sorted({chat.partition for chat in CHATS})))
        assert set(self.box.call(self.box.suspensions.all())) == self.suspended, "X1"

    # What holds at every moment

    @invariant()
    def what_dead_messages_sent_is_kept_with_them(self) -> None:
        kept = {key.decode().rpartition("}:deadlog:")[2] for key in self.box.raw.keys("*:deadlog:*")}
        dead = {f"{chat}:{seq}": m for chat, one in self.known.items() for seq, m in one.dead.items()}
        assert kept == {id_ for id_, message in dead.items() if message.journal}, "R2"

    # The model's own bookkeeping

    def _accept_next(self, chat: Chat) -> None:
        """A message with a higher id than any before."""
        self._accept(chat, ORDERS_ABOVE + len(self.seen), expedited=False, shed=False)

    def _some_line(self, chat: Chat) -> list[Message]:
        """What waits in a chat; something does, afterwards."""
        if not self.known[chat].line:
            self._accept_next(chat)
        return self.known[chat].line

    def _fill(self, chat: Chat) -> None:
        """Bring as much as the box of a chat takes."""
        for _ in range(CAP - len(self.known[chat].box)):
            self._accept_next(chat)

    def _some_dead(self, chat: Chat, place: int) -> tuple[Chat, Message]:
        """One of the dead letters; there is one, afterwards."""
        if not any(one.dead for one in self.known.values()):
            message = self._some_line(chat)[0]
            self._attempt(chat, message, place)
            self._skip(chat, message, None)
        dead = [(chat, m) for chat, one in self.known.items() for m in one.dead.values()]
        return dead[place % len(dead)]

    def _ended(self, first: int = 0) -> list[tuple[Chat, int]]:
        """All messages that are not in line any more, beginning with one of the last."""
        found = [(chat, seq) for chat, one in self.known.items() for seq in reversed(one.ended)]
        return found[first % len(found) :] if found else []

    def _skip(self, chat: Chat, message: Message, seq: int | None) -> None:
        (id_,) = self.box.call(self.box.letters.skip(chat, seq, "skipped", "ann"))
        assert id_ == f"{chat}:{message.seq}", "X3"
        letter = self.box.call(self.box.letters.get(id_))
        assert (letter.order, letter.payload.encode()) == (message.order, message.payload), "X3"
        assert (letter.attempts, letter.skipped_by, letter.epoch) == (message.tries, "ann", self.epoch), "X3"
        assert letter.expedited == message.expedited
        first = self.known[chat].box[:1] == [message]
        self._finished(chat, message, Changes(), dead=True, ends_wait=first)

    def _commit_gone(self, chat: Chat, seq: int) -> None:
        entry = self._entry(chat, Message(seq, None, False, b""))
        changes = Changes(set={"field0": "gone"}, timers=[("gone", 1, "")])
        letter = dead_letter(chat, entry, "gone")
        assert self.box.commit(entry, changes, self.epoch, chat=chat, dead=letter, park=True).gone
