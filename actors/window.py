"""What a chat's actor has in memory of its mailbox: the first messages in line, never more.

It is a view and may be behind: a message can be accepted while the mailbox is read, or be read before the
actor is told of it. So the view knows whether it is complete; when it is empty and is not, the mailbox is
read again.
"""

from collections.abc import Collection, Sequence

from mailroom.storage.redis.entry import Entry, place
from mailroom.storage.redis.mailbox import Begun, Loaded


class Window:
    """The messages of one chat that its actor knows of."""

    __slots__ = (
        "_finished_meanwhile",
        "_known",
        "_offered_meanwhile",
        "_size",
        "begun",
        "box",
        "complete",
        "doubted",
        "expedited",
        "running",
    )

    def __init__(self, size: int) -> None:
        self.box: list[Entry] = []
        """Messages in their order, the next one first."""
        self.expedited: list[Entry] = []
        self.running: set[int] = set()
        """Messages that are being handled, by number."""
        self.begun: dict[int, Begun] = {}
        """Attempts that are counted already, by their message's number."""
        self.complete = False
        """Whether nothing waits in the mailbox that is not here."""
        self.doubted = False
        """Whether a message may stand in the mailbox before the first one here."""
        self._size = size
        self._known = 0
        # Lists exist only while the mailbox is being read: a sleeping chat should cost little.
        self._finished_meanwhile: set[int] | None = None
        self._offered_meanwhile: list[Entry] | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing waits here."""
        return not self.box and not self.expedited

    def offer(self, entry: Entry, begun: Begun | None, *, loaded: bool) -> bool:
        """Take a message that was just accepted. False: it was read from the mailbox before we were told of
        it, and may even be finished by now.
        """
        if entry.seq <= self._known:
            return False
        if begun is not None:
            self.begun[entry.seq] = begun
        if entry.expedited:
            self._put_in_fast_lane(entry)
        elif self._offered_meanwhile is not None:
            self._offered_meanwhile.append(entry)
        elif loaded:
            self._put_in_line(entry)
        return True

    def doubt(self) -> None:
        """More may be in the mailbox than is here, and before what is here."""
        self.complete = False
        self.doubted = True

    def begin_reading(self) -> None:
        """The mailbox is about to be read."""
        self.doubted = False
        self.expedited.clear()
        self._finished_meanwhile = set()
        self._offered_meanwhile = []

    def fill(self, loaded: Loaded) -> None:
        """The mailbox was read."""
        finished, self._finished_meanwhile = self._finished_meanwhile or set(), None
        offered, self._offered_meanwhile = self._offered_meanwhile or [], None
        self._known = loaded.seq
        self.box = [entry for entry in loaded.box if entry.seq not in self.running]
        read = {entry.seq for entry in loaded.expedited}
        new = [entry for entry in self.expedited if entry.seq not in read]
        # One that overtook may have come to its end after the store was read, and before we got the answer.
        self.expedited = [entry for entry in loaded.expedited + new if entry.seq not in finished]
        self.complete = loaded.depth <= len(loaded.box) and not self.doubted
        for entry in offered:
            if entry.seq > loaded.seq:
                self._put_in_line(entry)
        self.begun.clear()

    def saw_expedited(self, read: list[Entry]) -> None:
        """The fast lane was read, and nothing else. One of it may be finished by now: its `begin` will
        tell.
        """
        for entry in read:
            self._put_in_fast_lane(entry)

    def next_expedited(self, pausing: Collection[int]) -> Entry | None:
        """The first message that must not wait behind a flood, but for those that wait for a further
        attempt.
        """
        return next((entry for entry in self.expedited if entry.seq not in pausing), None)

    def is_next(self, entry: Entry) -> bool:
        """Whether it is this message's turn: another one may have come before it."""
        return entry.seq not in self.running and bool(self.box) and self.box[0] is entry

    def following(self, done: Sequence[Entry]) -> Entry | None:
        """The message after those that are about to be finished, if no query comes before it, it is not begun
        and no part of a group: whether that is complete is not known here.
        """
        finished = [entry.seq for entry in done]
        if any(entry.seq not in finished for entry in self.expedited):
            return None
        waiting = self.box[: len(finished) + 1]
        following = next((entry for entry in waiting if entry.seq not in finished), None)
        if (
            following is None
            or following.group
            or following.seq in self.begun
            or following.seq in self.running
        ):
            return None
        return following

    def finished(self, entry: Entry) -> None:
        """A message is not in the mailbox any more."""
        if entry in self.expedited:
            self.expedited.remove(entry)
        if entry in self.box:
            self.box.remove(entry)
        if self._finished_meanwhile is not None:
            self._finished_meanwhile.add(entry.seq)

    def _put_in_fast_lane(self, entry: Entry) -> None:
        if all(entry.seq != other.seq for other in self.expedited):
            self.expedited.insert(place(self.expedited, entry), entry)

    def _put_in_line(self, entry: Entry) -> None:
        position = place(self.box, entry)
        if position < len(self.box) or (self.complete and len(self.box) < self._size):
            self.box.insert(position, entry)
        else:
            self.complete = False
