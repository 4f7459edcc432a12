"""What media groups do to the mailboxes, compared with the real scripts (conformance E, G1-G6)."""

import json
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Changes, Incomplete
from tests.storage.redis.box import dead_letter
from tests.storage.redis.model import CAP, MailboxMachine, Message, chats, in_line, orders, small

ROOM = 100
ORDERS_ABOVE = 10
PARTS_MAX = 10
groups = st.sampled_from("gh")


def gather(box: list[Message], head: Message, attempt_id: str) -> tuple[list[Message], bool, Message | None]:
    """The parts that are a turn with `head`, whether they are all there for sure, and which of them the
    attempts are kept with.
    """
    found = [one for one in box if one.group == head.group]
    complete = box[-1].group != head.group or len(found) >= PARTS_MAX
    holder = next((one for one in found if one.together), None)
    if holder is None:
        return found[:PARTS_MAX], complete, None
    fixed = holder.attempt_id == attempt_id or any(one.journal for one in found)
    begun = head.seq in holder.together
    if not fixed:
        return found[:PARTS_MAX], True, holder
    same = [one for one in found if (one.seq in holder.together) == begun]
    return same[:PARTS_MAX], begun or complete, holder if begun else None


class GroupMachine(MailboxMachine):
    """Parts among other messages, and everything that can happen to them."""

    @rule(chat=chats, several=st.lists(orders, min_size=1, max_size=4), group=groups)
    def accept_parts(self, chat: Chat, several: list[int], group: str) -> None:
        for order in several:
            self._accept_part(chat, order, group)

    def _accept_part(self, chat: Chat, order: int, group: str) -> None:
        one = self.known[chat]
        payload = json.dumps({"update_id": order}).encode()
        receipt = self.box.accept(order, chat=chat, payload=payload, group=group, cap=ROOM)
        known = self.seen.get((chat.partition, chat.bot, order))
        if known is not None:
            assert (receipt.status, receipt.seq) == ("duplicate", known), "B2"
            return
        seq = self._next_seq(chat)
        assert (receipt.seq, receipt.begun) == (seq, None), "G2: never begun with its accept"
        self.seen[chat.partition, chat.bot, order] = seq
        in_line(one.box, Message(seq, order, False, payload, f"trace-{order}", group=group))
        one.accepted.add(seq)

    def _some_group(self, chat: Chat, many: int) -> Message:
        """What is first in line, if that is of a group, else a new one; with what completes it."""
        if self._head_of_group(chat) is None:
            self.drain(chat)
            for _ in range(many + 1):
                self._accept_part(chat, ORDERS_ABOVE + len(self.seen), "g")
        box = self.known[chat].box
        if box[-1].group == box[0].group:
            self._accept_part(chat, ORDERS_ABOVE + len(self.seen), "")
        return box[0]

    @rule(chat=chats, number=small, asked=st.integers(1, 2))
    def begin_a_group_and_fail(self, chat: Chat, number: int, asked: int) -> None:
        self._attempt(chat, self._some_group(chat, number), number, asked=asked)

    @rule(chat=chats, value=small, number=small, dead=st.booleans())
    def commit_a_group(self, chat: Chat, value: int, number: int, dead: bool) -> None:
        parts = self._begun_group(chat, number)
        if not parts:
            return
        changes = Changes(set={f"field{value}": str(parts[0].seq)})
        committed = self._commit_parts(chat, parts, changes, dead=dead)
        assert not committed.gone
        for one in parts:
            self._finished(chat, one, changes, dead=dead)
            one.mark = [other.seq for other in parts] if dead and len(parts) > 1 else []
        assert committed.depth == len(self.known[chat].box)
        again = self._commit_parts(chat, parts, Changes(set={"field0": "twice"}), dead=dead)
        assert (again.gone, again.torn) == (True, False), "a commit that is made again writes nothing"

    @rule(chat=chats, number=small, place=small)
    def take_a_part_of_a_group_that_runs(self, chat: Chat, number: int, place: int) -> None:
        parts = self._begun_group(chat, number)
        if len(parts) < 2:
            return
        taken = parts[place % len(parts)]
        self._skip_one(chat, taken, taken.seq)
        committed = self._commit_parts(chat, parts, Changes(set={"field0": "torn"}), dead=False)
        assert committed.torn, "G5: nothing is written"

    @rule(chat=chats)
    def skip_what_is_next(self, chat: Chat) -> None:
        head = self._some_group(chat, 1)
        if self.known[chat].fast:
            return
        parts, _, _ = gather(self.known[chat].box, head, "")
        if len(parts) == 1:
            self._skip_one(chat, head, None)
            return
        ids = self.box.call(self.box.letters.skip(chat, None, "skipped", "ann"))
        assert ids == [f"{chat}:{one.seq}" for one in parts], "X3: a turn goes as a whole"
        for one in parts:
            self._finished(chat, one, Changes(), dead=True)
            one.mark = [other.seq for other in parts]

    @rule(chat=chats, place=small)
    def requeue_a_group(self, chat: Chat, place: int) -> None:
        one = self.known[chat]
        marked = [letter for letter in one.dead.values() if letter.mark]
        if not marked:
            return
        chosen = marked[place % len(marked)]
        back = [one.dead[seq] for seq in chosen.mark if seq in one.dead]
        status, ids = self.box.call(self.box.letters.bring_back(f"{chat}:{chosen.seq}"))
        if len(one.box) + len(back) > CAP:
            assert (status, ids) == ("full", []), "F1"
            return
        assert ids == [f"{chat}:{old.seq}" for old in back], "G6: a requeue brings all back"
        for old in back:
            new = Message(
                self._next_seq(chat),
                old.order,
                False,
                old.payload,
                old.trace,
                journal=old.journal,
                group=old.group,
            )
            in_line(one.box, new)
            one.accepted.add(new.seq)
            del one.dead[old.seq]
            one.requeued.append(old.seq)

    def _head_of_group(self, chat: Chat) -> Message | None:
        box = self.known[chat].box
        return box[0] if box and box[0].group else None

    def _attempt(self, chat: Chat, message: Message, number: int, *, asked: int = 1) -> None:
        if self._head_of_group(chat) is not message:
            super()._attempt(chat, message, number, asked=asked)
            return
        attempt_id = self._next_attempt()
        parts: list[Message] = []
        for _ in range(asked):
            parts = self._begin(chat, message, attempt_id)
        if parts:
            self._record(chat, parts[number % len(parts)], number, b"call of a part")

    def _begun_group(self, chat: Chat, number: int) -> list[Message]:
        parts = self._begin(chat, self._some_group(chat, 2), self._next_attempt())
        if parts and number:
            self._record(chat, parts[-1], number, b"call of a part")
        return parts

    def _begin(self, chat: Chat, head: Message, attempt_id: str) -> list[Message]:
        parts, complete, holder = gather(self.known[chat].box, head, attempt_id)
        begun = self.box.call(self.boxes.begin(chat, self.epoch, head.seq, attempt_id))
        if self.held(chat):
            assert begun is None, "V7"
            return []
        if isinstance(begun, Incomplete):
            assert not complete, "G2"
            return []
        if holder is not None and holder is not head:
            head.tries, head.attempt_id, head.outages = holder.tries, holder.attempt_id, holder.outages
            holder.tries, holder.attempt_id, holder.outages, holder.together = 0, "-", 0, []
        head.together = [one.seq for one in parts]
        head.begin(attempt_id)
        assert (begun.attempt, begun.journal, begun.outages) == (head.tries, head.journal, head.outages), "P3"
        found = [(part.entry.seq, part.journal) for part in begun.parts]
        assert found == [(one.seq, one.journal) for one in parts[1:]], "G3"
        return parts

    def _commit_parts(self, chat: Chat, parts: list[Message], changes: Changes, *, dead: bool) -> Any:
        entries = [self._entry(chat, one) for one in parts]
        mark = {"group": [one.seq for one in parts]} if len(parts) > 1 else {}
        letters = [dead_letter(chat, entry, "no", **mark) if dead else None for entry in entries]
        others = list(zip(entries[1:], letters[1:], strict=True))
        return self.box.commit(entries[0], changes, self.epoch, chat=chat, dead=letters[0], parts=others)

    def _skip_one(self, chat: Chat, taken: Message, seq: int | None) -> None:
        ids = self.box.call(self.box.letters.skip(chat, seq, "skipped", "ann"))
        assert ids == [f"{chat}:{taken.seq}"], "X3"
        box = self.known[chat].box
        first = box[0] is taken
        self._finished(chat, taken, Changes(), dead=True, ends_wait=first)
        heir = next((one for number in taken.together for one in box if one.seq == number), None)
        if heir is not None:
            heir.tries, heir.attempt_id, heir.outages = taken.tries, "-", taken.outages
            heir.together = taken.together
