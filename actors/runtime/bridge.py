"""The two calls between Trio and asyncio: `aio` is awaited in Trio, `to_trio` is awaited in asyncio.

Both loops share one thread, so a call is only a hand-over: the side that waits is put to sleep, the other
side runs, and the last thing it does is to wake the sleeper. No locks, no threads, no polling.

- Errors cross unchanged. Cancellation crosses as the other loop's own: a cancelled Trio scope cancels the
  asyncio task and waits for its end; a cancelled asyncio task cancels the Trio function and waits for its
  end. Whoever refuses to end is waited for.
- Context variables cross inwards by copy, as they do for `asyncio.create_task` and `nursery.start_soon`:
  the callee sees the caller's values (the trace id), and what it sets stays with it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, TypeVarTuple, cast

import outcome
import trio
from trio.lowlevel import Abort, checkpoint_if_cancelled, current_task, reschedule, wait_task_rescheduled

from mailroom.actors.runtime.service import service_nursery

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class BridgeClosedError(RuntimeError):
    """The other loop is not there: no host loop, no Trio run on this thread, or Trio's main has just ended.

    Nothing to retry: the program is shutting down, or was not started by `mailroom.actors.runtime.host`.
    """


class CallCancelledError(RuntimeError):
    """The asyncio side cancelled a call by itself, while the Trio scope that waits for it was not cancelled.

    It is an ordinary error, because to Trio an `asyncio.CancelledError` is a foreign BaseException that would
    tear down everything above it.
    """


async def aio(fn: Callable[[*Ts], Awaitable[T]], *args: *Ts) -> T:
    """Run `fn(*args)` as an asyncio task on the host loop and return its result: Trio's call into asyncio."""
    await checkpoint_if_cancelled()
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        raise BridgeClosedError(
            "no asyncio loop here: start Trio with mailroom.actors.runtime.host"
        ) from None
    caller = current_task()
    started = False
    raise_cancel: Callable[[], Any] | None = None

    async def talk() -> None:
        nonlocal started
        started = True
        answer: outcome.Outcome[T]
        try:
            answer = outcome.Value(await fn(*args))
        except GeneratorExit:
            raise  # The loop is gone and this coroutine is being collected: nobody is left to wake.
        except BaseException as error:
            answer = outcome.Error(error)
        # Trio's next tick is a later callback of the loop, so this task is over before the caller goes on.
        reschedule(caller, answer)
        del answer  # It refers to this frame through its traceback.

    def abort(raise_: Callable[[], Any]) -> Abort:
        nonlocal raise_cancel
        raise_cancel = raise_
        task.cancel()
        # A task cancelled before its first step never runs, so it could not wake the caller.
        return Abort.FAILED if started else Abort.SUCCEEDED

    task = loop.create_task(talk())
    try:
        return cast("T", await wait_task_rescheduled(abort))
    except asyncio.CancelledError as error:
        if raise_cancel is None:
            await checkpoint_if_cancelled()  # At the end of a program both sides may be cancelled at once.
            raise CallCancelledError(f"{fn!r} was cancelled by the asyncio side") from error
    raise_cancel()
    raise AssertionError("raise_cancel returned")


class _Call:
    """A call from asyncio into Trio: what both sides know of it."""

    __slots__ = ("answer", "ended", "scope")

    def __init__(self, ended: "asyncio.Future[None]") -> None:
        self.ended = ended
        self.scope = trio.CancelScope()
        self.answer: outcome.Outcome[Any] | None = None


async def to_trio(async_fn: Callable[[*Ts], Awaitable[T]], *args: *Ts) -> T:
    """Run Trio's `async_fn(*args)` in the service nursery and return its result: asyncio's call into Trio.

    A cancelled caller gets `CancelledError` even when the function finished in spite of it (its result is
    dropped): asyncio says "cancel" once, and a swallowed one would never come again.
    """
    try:
        nursery = service_nursery.get()
    except (RuntimeError, LookupError):
        raise BridgeClosedError(
            "no Trio on this thread: start it with mailroom.actors.runtime.host"
        ) from None
    loop = asyncio.get_running_loop()
    call = _Call(loop.create_future())
    try:
        nursery.start_soon(_serve, call, async_fn, args)
    except RuntimeError:
        raise BridgeClosedError("Trio's main has ended") from None
    cancellation: asyncio.CancelledError | None = None
    while call.answer is None:
        try:
            await call.ended
        except asyncio.CancelledError as error:
            cancellation = error
            call.scope.cancel(reason="the asyncio caller was cancelled")
            call.ended = loop.create_future()  # The old one is cancelled; this one waits for the end.
    if cancellation is not None and isinstance(call.answer, outcome.Value):
        raise cancellation
    return cast("T", call.answer.unwrap())


async def _serve(call: _Call, async_fn: Callable[..., Awaitable[Any]], args: tuple[Any, ...]) -> None:
    """Run one call from asyncio and leave its answer; nothing but a cancellation gets out of here."""
    # The value stands for "cancelled by the caller", who raises a CancelledError of its own.
    answer: outcome.Outcome[Any] = outcome.Value(None)
    try:
        with call.scope:
            answer = outcome.Value(await async_fn(*args))
    except trio.Cancelled:
        answer = outcome.Error(BridgeClosedError("Trio's main ended during the call"))
        raise
    except BaseException as error:
        answer = outcome.Error(error)
    finally:
        call.answer = answer
        if not call.ended.done():
            call.ended.set_result(None)
