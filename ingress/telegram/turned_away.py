"""Messages that found their mailbox full and will come back: those that were sent after them wait outside
too.

Telegram offers a refused text again after the pause we named, but a tap of the same chat travels in another
queue: it could find the room that the text did not, and overtake it. So while a smaller id of a chat is
expected back, larger ones are refused as well. It ends when the smaller one is in, or when it did not come
back in good time.
"""

from mailroom.storage.redis.entry import Chat

BACK_WITHIN_SECONDS = 3.0
"""Longer than the pause we ask for (2 s) and what Telegram needs to act on it."""
CHATS_MAX = 10_000
"""Chats remembered; past this the rest is not protected, which costs order in them and nothing else."""


class TurnedAway:
    """The smallest id that was turned away, by chat. Pure: the time in seconds is passed in."""

    def __init__(self) -> None:
        self._expected: dict[Chat, tuple[int, float]] = {}

    def must_wait(self, chat: Chat, update_id: int, now: float) -> bool:
        """Whether a message must stay outside because one sent before it is expected back."""
        if (expected := self._expected.get(chat)) is None:
            return False
        smallest, until = expected
        if now > until:
            del self._expected[chat]
            return False
        return update_id > smallest

    def refused(self, chat: Chat, update_id: int, now: float) -> None:
        """The mailbox was full for this message."""
        smallest, _ = self._expected.get(chat, (update_id, 0.0))
        if update_id <= smallest and (chat in self._expected or len(self._expected) < CHATS_MAX):
            self._expected[chat] = update_id, now + BACK_WITHIN_SECONDS

    def taken(self, chat: Chat, update_id: int) -> None:
        """A message is in: it is not expected any more. A later one that is in says nothing of it: there are
        some that need not wait outside.
        """
        if (expected := self._expected.get(chat)) is not None and update_id == expected[0]:
            del self._expected[chat]
