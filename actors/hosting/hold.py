"""A bot that Telegram does not know: a token that was revoked, or a 401 that passes. It is the trouble of no
message, so none begins until `getMe` succeeds; who looks is a child of the tree (`supervisors/holding.py`).
"""

import time

import trio

LOOKING_SECONDS = 1.0
"""How long to wait at a time for the answer of a look that is under way."""


class Hold:
    """Whether a bot holds, and when Telegram is asked for it again."""

    def __init__(self) -> None:
        self.why = ""
        """What Telegram said; empty while it knows the bot."""
        self._next_look = 0.0
        self._changed = trio.Event()

    def begin(self, why: str) -> None:
        """Telegram said that it does not know the bot."""
        if not self.why:
            self.why = why or "Telegram does not know the bot"
            self._changed.set()

    def end(self) -> None:
        """Telegram knows the bot."""
        self.why = ""
        self._changed = trio.Event()

    def look_again_in(self, seconds: float) -> None:
        """When Telegram is asked next."""
        self._next_look = time.monotonic() + seconds

    async def wait_until_held(self) -> None:
        """Wait until the bot holds. To be awaited in Trio."""
        await self._changed.wait()

    def wait_seconds(self) -> float:
        """How long whoever wants to work for the bot waits before looking here again; 0 to go on."""
        return max(self._next_look - time.monotonic(), LOOKING_SECONDS) if self.why else 0.0
