"""Futures that are awaited in Trio: the answer to an `ask`, and what can be computed from answers."""

from __future__ import annotations

import asyncio
import functools
import math
import queue
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar, cast

import trio
from pykka import Future, Timeout
from trio.lowlevel import (
    Abort,
    checkpoint,
    current_task,
    current_trio_token,
    in_trio_run,
    in_trio_task,
    reschedule,
    wait_task_rescheduled,
)

from mailroom.actors.runtime.waiting import Waiter, current_actor, waiting_for

if TYPE_CHECKING:
    from types import TracebackType

    from pykka._future import GetHookFunc
    from pykka._types import OptExcInfo

T = TypeVar("T")
M = TypeVar("M")


class WouldBlockError(RuntimeError):
    """Somebody tried to block the thread that all actors share: `await` the future instead."""


class AnsweredError(queue.Full, RuntimeError):
    """The future has its one answer already, or a hook that makes it; Pykka says `queue.Full` then."""


class TrioFuture(Future[T]):
    """An answer that is there or will come: `await` it, in as many Trio tasks as you like.

    `get()` is for other threads, and for a future that is done. After a timeout or a cancellation the answer
    may still come: await the future again. An answer may be set in any thread; two that set one at the same
    moment are not kept apart.
    """

    __slots__ = ("_asked", "_done", "_error", "_timeout_seconds", "_traceback", "_value", "_waiters")
    # Instead of Future.__init__, which would cost as much as the rest of an ask.
    _get_hook: Any = None
    _blocked: threading.Condition | None = None
    """What threads wait on in `get()` of a bare future."""
    _token: trio.lowlevel.TrioToken
    """The Trio run in which tasks await a bare future."""

    def __init__(self, asked: Waiter | None = None, timeout_seconds: float | None = None) -> None:
        self._asked = asked
        self._timeout_seconds = timeout_seconds
        self._done = False
        self._value: T | None = None
        self._error: BaseException | None = None
        self._traceback: TracebackType | None = None
        self._waiters: list[trio.lowlevel.Task] | None = None

    def __await__(self) -> Generator[Any, Any, T]:
        if not in_trio_task():
            return self.get()  # Awaited in asyncio: an answer that is there needs no waiting.
        if self._timeout_seconds is None:
            yield from self.wait().__await__()
        else:
            with trio.move_on_after(self._timeout_seconds):  # noqa: ASYNC100  # `yield from` awaits here.
                yield from self.wait().__await__()
            if not self._done:
                raise Timeout(f"{self._timeout_seconds} seconds")
        return self._result()

    __iter__ = __await__

    async def wait(self) -> None:
        """Wait until the answer is there, be it a value or an error."""
        if self._done:
            await checkpoint()
        elif self._get_hook is not None:
            self._ask_hook(self._timeout_seconds)
        elif self._asked is None or (asker := current_actor.get()) is None:
            await self._sleep()
        else:
            with waiting_for(asker, self._asked):
                await self._sleep()

    def get(self, *, timeout: float | None = None) -> T:
        """Return the answer if it is there; elsewhere than in the actors' thread, wait for it.

        With a `timeout` of 0 it waits nowhere, and raises Timeout if there is no answer.
        """
        if not self._done:
            self._block(timeout)
        return self._result()

    def set(self, value: T | None = None) -> None:
        """Answer with a value."""
        self._settle(value, None, None)

    def set_exception(self, exc_info: OptExcInfo | None = None) -> None:
        """Answer with an error, by default with the one being handled."""
        kind, error, traceback = exc_info or sys.exc_info()
        if error is None:
            assert kind is not None
            error = kind()
        self._settle(None, error, traceback)

    def set_get_hook(self, func: GetHookFunc[T]) -> None:
        """Have the answer made by `func(timeout)`, once, when somebody first asks for it."""
        if self._done:
            raise AnsweredError("the future has its answer already")
        self._get_hook = func

    def filter(self: TrioFuture[Iterable[M]], func: Callable[[M], bool]) -> TrioFuture[Iterable[M]]:
        """A future of the items for which `func` is true."""
        return DerivedFuture((self,), lambda answers: list(filter(func, answers[0])))

    def join(self: TrioFuture[Any], *futures: Future[Any]) -> TrioFuture[Iterable[Any]]:
        """A future of the list of this answer and those of the others."""
        return DerivedFuture((self, *futures), lambda answers: answers)

    def map(self, func: Callable[[T], M]) -> TrioFuture[M]:
        """A future of what `func` makes of the answer."""
        return DerivedFuture((self,), lambda answers: func(answers[0]))

    def reduce(
        self: TrioFuture[Iterable[Any]], func: Callable[[Any, Any], Any], *args: Any
    ) -> TrioFuture[Any]:
        """A future of the answer's items, reduced to one value."""
        return DerivedFuture((self,), lambda answers: functools.reduce(func, answers[0], *args))

    def _settle(self, value: T | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._done or self._get_hook is not None:
            raise AnsweredError("the future has its answer already, or a hook that makes it")
        self._value, self._error, self._traceback = value, error, traceback
        self._done = True  # Last, because other threads look at it.
        if self._waiters is not None:
            if in_trio_run():
                self._wake()
            else:
                self._wake_from_other_thread()
        if (blocked := self._blocked) is not None:
            with blocked:
                blocked.notify_all()

    def _wake(self) -> None:
        waiters, self._waiters = self._waiters, None
        for task in waiters or ():
            reschedule(task)

    def _wake_from_other_thread(self) -> None:
        token = self._token if self._asked is None else self._asked.actor_inbox.trio_token()
        with suppress(trio.RunFinishedError):  # Then those who waited are gone.
            token.run_sync_soon(self._wake)

    def _block(self, timeout: float | None) -> None:
        """Wait in this thread until the answer is there; raise Timeout if it does not come in time."""
        asked = self._asked
        if self._get_hook is not None:
            self._ask_hook(timeout)
        elif timeout is not None and timeout <= 0:
            raise Timeout(f"{timeout} seconds")
        elif asked is None:
            self._block_for_anybody(timeout)
        elif asked.actor_inbox.is_own_thread():
            raise WouldBlockError("get() would block the thread that the actor needs: await the future")
        else:
            trio.from_thread.run(self._wait_at_most, timeout, trio_token=asked.actor_inbox.trio_token())

    def _block_for_anybody(self, timeout: float | None) -> None:
        """Wait for a bare future, which may be set in whatever thread."""
        if in_trio_run() or _in_asyncio():
            raise WouldBlockError("get() would block the thread that everybody shares: await the future")
        # Made in one step, because two threads may come at once; the answer may come now too, so look again.
        blocked: threading.Condition = self.__dict__.setdefault("_blocked", threading.Condition())
        with blocked:
            if not blocked.wait_for(lambda: self._done, timeout):
                raise Timeout(f"{timeout} seconds")

    def _ask_hook(self, timeout: float | None) -> None:
        answer = self._get_hook(timeout)
        if not self._done:  # Two may ask at once; an error is nobody's answer, and the next one asks again.
            self._get_hook = None
            self.set(answer)

    def _result(self) -> T:
        if self._error is not None:
            raise self._error.with_traceback(self._traceback)
        return cast("T", self._value)

    async def _sleep(self) -> None:
        task = current_task()
        if self._asked is None:
            self._token = current_trio_token()
        waiters = self._waiters
        if waiters is None:
            waiters = self._waiters = [task]
        else:
            waiters.append(task)

        def abort(_: object) -> Abort:
            waiters.remove(task)
            return Abort.SUCCEEDED

        if self._done:  # Another thread set it while we put ourselves down.
            waiters.remove(task)
            return
        await wait_task_rescheduled(abort)

    async def _wait_at_most(self, timeout_seconds: float | None) -> None:
        with trio.move_on_after(math.inf if timeout_seconds is None else timeout_seconds):
            await self.wait()
        if not self._done:
            raise Timeout(f"{timeout_seconds} seconds")


class DerivedFuture(TrioFuture[T]):
    """A future whose answer is computed from those of others, when somebody first awaits it."""

    __slots__ = ("_combine", "_sources")

    def __init__(self, sources: Sequence[Future[Any]], combine: Callable[[list[Any]], Any]) -> None:
        first = sources[0]
        super().__init__()
        if isinstance(first, TrioFuture):
            self._asked = first._asked  # noqa: SLF001  # Of our own class.
            self._timeout_seconds = first._timeout_seconds  # noqa: SLF001
        self._sources = sources
        self._combine = combine

    async def wait(self) -> None:
        """Wait for all sources, then compute; an error in waiting itself is not the answer."""
        if self._done:
            await checkpoint()
            return
        for source in self._sources:
            if isinstance(source, TrioFuture):
                await source.wait()
        try:
            answers = [await answer_of(source) for source in self._sources]
        except Exception:
            self._fail()
        else:
            self._compute(answers)

    def _block(self, timeout: float | None) -> None:
        for source in self._sources:
            if isinstance(source, TrioFuture) and not source._done:  # noqa: SLF001
                source._block(timeout)  # noqa: SLF001
        try:
            answers = [source.get(timeout=timeout) for source in self._sources]
        except Timeout:
            raise
        except Exception:
            self._fail()
        else:
            self._compute(answers)

    def _compute(self, answers: list[Any]) -> None:
        try:
            answer = self._combine(answers)
        except Exception:
            self._fail()
        else:
            if not self._done:  # Two may wait for us at once.
                self.set(answer)

    def _fail(self) -> None:
        """Take the error being handled for the answer."""
        if not self._done:
            self.set_exception()


def _in_asyncio() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def answer_of(future: Future[T]) -> T:
    """Await any Pykka future in Trio, also one of a `pykka.ThreadingActor`, for which a thread waits.

    Pykka's own `await threading_future` would block the loop. A cancelled wait leaves that thread behind
    until the answer comes.
    """
    if isinstance(future, TrioFuture):
        return cast("T", await future)
    return await trio.to_thread.run_sync(future.get, abandon_on_cancel=True)
