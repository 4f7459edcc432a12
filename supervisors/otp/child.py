"""One running child: how it starts, how it ends, and how it is made to.

starting ──started()──► running ──► ended(normal | shutdown | killed | crash)
    └──raises──► ended            asked to stop ──its time is up──► killed ──does not end──► stuck
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import trio

from mailroom.storage.texts import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

Start = Callable[["Life"], Awaitable[None]]
"""A child's whole life, as an async function. It calls `life.started()` once it is up: until then its
supervisor starts nobody else. Raising before that is a failed start, and `Ignore` a start declined.
"""
KILL_SECONDS = 1.0
"""How long a cancelled task may take for its clean-up before it is called stuck."""


class Ignore(Exception):  # noqa: N818 - OTP's word
    """Raised by a child before it has started: there is nothing for it to do, leave it out."""


class Shutdown(Exception):  # noqa: N818 - OTP's word
    """Raised by a child that ends in good order, and is to be restarted only if it is permanent."""


class EndedEarlyError(Exception):
    """The child's function returned without having called `life.started()`."""


class Life:
    """What a child knows of its own life; its start function is called with it."""

    def __init__(self, path: str, started: Callable[[], None]) -> None:
        self.path = path
        self.stopping = trio.Event()
        """Set when the child is asked to end. A child that traps exits must then finish in its time."""
        self.details: Callable[[], Mapping[str, str | int | float]] | None = None
        """What the child wants shown of itself; set it to a function that is quick and cannot fail."""
        self.ails: Callable[[], str] | None = None
        """What keeps the child from its work although it runs, in words; empty while nothing does. As quick
        and harmless as `details`.
        """
        self.info: object = None
        self._started = started

    def started(self, info: object = None) -> None:
        """The child is up. Its supervisor goes on to the next one."""
        self.info = info
        self._started()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a child ended. `ignored` is a start that was declined."""

    kind: Literal["normal", "shutdown", "killed", "crash", "ignored", "stuck"]
    error: BaseException | None = None

    @property
    def clean(self) -> bool:
        """Whether a transient child with this reason is left alone."""
        return self.kind in ("normal", "shutdown")

    def __str__(self) -> str:
        if self.error is None or self.kind in ("normal", "ignored"):
            return self.kind
        return f"{self.kind}: {one_line(self.error)}"


class Running:
    """One start of a child, from its first line to its last."""

    def __init__(self, path: str, start: Start, *, traps_exit: bool) -> None:
        self.life = Life(path, self._mark_started)
        self.reason: Reason | None = None
        """How it ended; None while it lives."""
        self.started_at: float | None = None
        self.settled = trio.Event()
        """It has started, or has ended without."""
        self.ended = trio.Event()
        self._start = start
        self._traps_exit = traps_exit
        self._scope = trio.CancelScope()
        self._killed = False

    async def run(self, exited: Callable[[], None]) -> None:
        """Live, and call `exited` at the end. Raises nothing that an ordinary error could cause."""
        reason = Reason("shutdown")
        try:
            reason = await self._live()
        finally:
            self.reason = reason
            self.settled.set()
            self.ended.set()
            exited()

    async def stop(self, limit_seconds: float | Literal["infinity", "brutal_kill"]) -> Reason:
        """Ask the child to end, give it its time, then cancel it. Returns how it ended."""
        if limit_seconds != "brutal_kill":
            self.life.stopping.set()
            if not self._traps_exit:
                self._scope.cancel(reason="its supervisor stops it")
            limit = float("inf") if limit_seconds == "infinity" else limit_seconds
            with trio.move_on_after(limit):
                await self.ended.wait()
        if self.reason is None:
            self._killed = True
            self._scope.cancel(reason="it did not stop in its time")
            with trio.move_on_after(KILL_SECONDS):
                await self.ended.wait()
        return self.reason or Reason("stuck")

    async def _live(self) -> Reason:
        try:
            with self._scope:
                await self._start(self.life)
        except Exception as raised:
            error = _only(raised)
            if isinstance(error, Ignore) and self.started_at is None:
                return Reason("ignored", error)
            return Reason("shutdown" if isinstance(error, Shutdown) else "crash", error)
        if self._killed:
            return Reason("killed")
        if self._scope.cancelled_caught or self.life.stopping.is_set():
            return Reason("shutdown")
        if self.started_at is None:
            return Reason("crash", EndedEarlyError("its function returned before it had started"))
        return Reason("normal")

    def _mark_started(self) -> None:
        if self.started_at is None:
            self.started_at = trio.current_time()
            self.settled.set()


def one_line(error: BaseException) -> str:
    """An error for a list: its type, and the first line of what it says."""
    error = _only(error)
    text = (shown(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _only(error: BaseException) -> BaseException:
    """The error itself where a nursery of the child wrapped it alone into a group."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
