"""The two calls between the loops: results, errors, cancellation and context cross them, also nested."""

import asyncio
import contextlib
import contextvars
import gc
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import sniffio
import trio

from mailroom.actors.runtime import pump
from mailroom.actors.runtime.bridge import BridgeClosedError, CallCancelledError, aio, to_trio
from mailroom.actors.runtime.host import hosted, run

trace_id: contextvars.ContextVar[str] = contextvars.ContextVar("trace_id", default="none")


@pytest.fixture(params=["uvloop", "asyncio", "uvloop with Trio's I/O thread"])
def run_main(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[], Awaitable[Any]]], Any]:
    if request.param == "asyncio":
        return lambda main: asyncio.run(hosted(main))
    if "thread" in request.param:
        monkeypatch.setattr(pump, "NAMES_NEEDED", ("a name that Trio does not have",))
    return run


# Results and errors


def test_aio_returns_the_result(run_main: Any) -> None:
    async def add(a: int, b: int) -> int:
        await asyncio.sleep(0.001)
        return a + b

    async def main() -> int:
        return await aio(add, 2, 3)

    assert run_main(main) == 5


def test_aio_takes_any_function_that_returns_an_awaitable() -> None:
    def future() -> "asyncio.Future[int]":
        answer = asyncio.get_running_loop().create_future()
        answer.set_result(7)
        return answer

    async def main() -> int:
        return await aio(future)

    assert run(main) == 7


def test_the_very_same_error_crosses_to_trio(run_main: Any) -> None:
    error = LookupError("asyncio side")

    async def fail() -> None:
        await asyncio.sleep(0)
        raise error

    async def main() -> None:
        with pytest.raises(LookupError) as caught:
            await aio(fail)
        assert caught.value is error

    run_main(main)


def test_the_very_same_error_crosses_to_asyncio(run_main: Any) -> None:
    error = LookupError("trio side")

    async def fail() -> None:
        await trio.lowlevel.checkpoint()
        raise error

    async def call() -> str:
        with pytest.raises(LookupError) as caught:
            await to_trio(fail)
        assert caught.value is error
        return "checked"

    async def main() -> str:
        return await aio(call)

    assert run_main(main) == "checked"


def test_a_function_that_fails_before_it_returns_an_awaitable_is_an_error_of_the_call() -> None:
    def broken() -> Awaitable[None]:
        raise TypeError("no awaitable")

    async def call() -> None:
        with pytest.raises(TypeError, match="no awaitable"):
            await to_trio(broken)

    async def main() -> None:
        with pytest.raises(TypeError, match="no awaitable"):
            await aio(broken)
        await aio(call)

    run(main)


def test_system_exit_in_asyncio_code_ends_main() -> None:
    async def leave() -> None:
        raise SystemExit(5)

    async def main() -> None:
        await aio(leave)

    with pytest.raises(SystemExit) as caught:
        run(main)
    assert caught.value.code == 5


def test_nested_calls_go_there_and_back_again(run_main: Any) -> None:
    async def in_asyncio(depth: int) -> int:
        return depth if depth == 0 else 1 + await to_trio(in_trio, depth - 1)

    async def in_trio(depth: int) -> int:
        return depth if depth == 0 else 1 + await aio(in_asyncio, depth - 1)

    async def main() -> int:
        return await in_trio(50)

    assert run_main(main) == 50


def test_each_side_knows_which_library_runs_it() -> None:
    async def which_trio() -> str:
        return sniffio.current_async_library()

    async def which() -> list[str]:
        return [sniffio.current_async_library(), await to_trio(which_trio), sniffio.current_async_library()]

    async def main() -> list[str]:
        return [sniffio.current_async_library(), *await aio(which), sniffio.current_async_library()]

    assert run(main) == ["trio", "asyncio", "trio", "asyncio", "trio"]


# Context variables


def test_context_variables_cross_inwards_and_stay_there() -> None:
    async def in_trio() -> str:
        seen = trace_id.get()
        trace_id.set("set in trio")
        return seen

    async def in_asyncio() -> tuple[str, str, str]:
        seen = trace_id.get()
        trace_id.set("set in asyncio")
        return seen, await to_trio(in_trio), trace_id.get()

    async def main() -> None:
        trace_id.set("of the caller")
        assert await aio(in_asyncio) == ("of the caller", "set in asyncio", "set in asyncio")
        assert trace_id.get() == "of the caller"

    run(main)


# Cancelling Trio cancels asyncio


@pytest.mark.parametrize("cancel_at", range(8))
def test_a_scope_cancelled_at_any_await_point_cancels_the_task_there(cancel_at: int, run_main: Any) -> None:
    log: list[Any] = []

    async def steps(scope: trio.CancelScope) -> None:
        for step in range(8):
            if step == cancel_at:
                scope.cancel()
            try:
                await asyncio.sleep(0 if step % 2 else 0.001)
            except asyncio.CancelledError:
                log.append(("cancelled at", step))
                await asyncio.sleep(0.001)
                log.append("cleaned up")
                raise

    async def main() -> None:
        with trio.CancelScope() as scope:
            await aio(steps, scope)
        assert scope.cancelled_caught
        log.append("scope left")

    run_main(main)
    assert log == [("cancelled at", cancel_at), "cleaned up", "scope left"]


@pytest.mark.parametrize("ticks", range(12))
def test_a_scope_cancelled_after_any_number_of_ticks_leaves_nothing_running(
    ticks: int, run_main: Any
) -> None:
    running = 0

    async def work() -> None:
        nonlocal running
        running += 1
        try:
            for _ in range(5):
                await asyncio.sleep(0)
        finally:
            running -= 1

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(aio, work)
            for _ in range(ticks):
                await trio.lowlevel.checkpoint()
            nursery.cancel_scope.cancel()
        assert running == 0

    run_main(main)


def test_a_scope_cancelled_before_the_call_starts_nothing() -> None:
    started: list[bool] = []

    async def work() -> None:
        started.append(True)

    async def main() -> None:
        with trio.CancelScope() as scope:
            scope.cancel()
            await aio(work)
        assert scope.cancelled_caught
        await trio.sleep(0.001)

    run(main)
    assert not started


def test_a_deadline_during_a_call_cancels_it(run_main: Any) -> None:
    ends: list[str] = []

    async def slow() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ends.append("cancelled")

    async def main() -> None:
        with pytest.raises(trio.TooSlowError), trio.fail_after(0.01):
            await aio(slow)
        assert ends == ["cancelled"]

    run_main(main)


def test_a_task_that_suppresses_cancellation_is_waited_for_and_its_result_counts(run_main: Any) -> None:
    async def stubborn(scope: trio.CancelScope) -> str:
        scope.cancel()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            await asyncio.sleep(0.002)
        return "finished anyway"

    async def main() -> None:
        result = None
        with trio.CancelScope() as scope:
            result = await aio(stubborn, scope)
            await trio.lowlevel.checkpoint()
            raise AssertionError("the scope stays cancelled")
        assert result == "finished anyway"

    run_main(main)


def test_an_error_raised_while_cancelled_crosses(run_main: Any) -> None:
    async def clumsy(scope: trio.CancelScope) -> None:
        scope.cancel()
        try:
            await asyncio.sleep(3600)
        finally:
            raise ValueError("cleanup failed")

    async def main() -> None:
        with pytest.raises(ValueError, match="cleanup failed"), trio.CancelScope() as scope:
            await aio(clumsy, scope)

    run_main(main)


def test_a_call_that_asyncio_cancels_by_itself_is_an_ordinary_error() -> None:
    async def cancel_myself() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(0)

    async def main() -> None:
        with pytest.raises(CallCancelledError):
            await aio(cancel_myself)

    run(main)


# Cancelling asyncio cancels Trio


@pytest.mark.parametrize("cancel_at", range(6))
def test_an_asyncio_task_cancelled_at_any_checkpoint_cancels_the_trio_function_there(
    cancel_at: int, run_main: Any
) -> None:
    log: list[Any] = []

    async def steps() -> None:
        for step in range(6):
            if step == cancel_at:
                callers[0].cancel()
            try:
                await trio.sleep(0.001 if step % 2 else 0)
            except trio.Cancelled:
                log.append(step)
                with trio.CancelScope(shield=True):
                    await trio.sleep(0.001)
                log.append("cleaned up")
                raise

    async def call() -> None:
        callers.append(asyncio.ensure_future(to_trio(steps)))
        with pytest.raises(asyncio.CancelledError):
            await callers[0]
        log.append("caller ended")

    callers: list[asyncio.Future[None]] = []

    async def main() -> None:
        await aio(call)

    run_main(main)
    # asyncio delivers a cancellation in its next round, so Trio may be one checkpoint further.
    assert log[0] in (cancel_at, cancel_at + 1)
    assert log[1:] == ["cleaned up", "caller ended"]


def test_a_cancellation_that_came_when_trio_was_done_is_not_swallowed() -> None:
    async def quick() -> str:
        callers[0].cancel()
        return "done"

    async def call() -> None:
        callers.append(asyncio.ensure_future(to_trio(quick)))
        with pytest.raises(asyncio.CancelledError):
            await callers[0]

    callers: list[asyncio.Future[str]] = []

    async def main() -> None:
        await aio(call)

    run(main)


def test_impatient_cancelling_does_not_abandon_the_trio_function() -> None:
    ended: list[bool] = []

    async def slow_cleanup() -> None:
        try:
            await trio.sleep_forever()
        finally:
            with trio.CancelScope(shield=True):
                await trio.sleep(0.01)
            ended.append(True)

    async def call() -> None:
        caller = asyncio.ensure_future(to_trio(slow_cleanup))
        for _ in range(5):
            await asyncio.sleep(0.001)
            caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        assert ended == [True]

    async def main() -> None:
        await aio(call)

    run(main)


def test_cancelling_the_outermost_scope_unwinds_a_nested_call_from_the_inside() -> None:
    log: list[str] = []

    async def innermost() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            log.append("asyncio inside")

    async def middle() -> None:
        try:
            await aio(innermost)
        finally:
            log.append("trio")

    async def outer() -> None:
        try:
            await to_trio(middle)
        finally:
            log.append("asyncio outside")

    async def main() -> None:
        with trio.move_on_after(0.005) as scope:
            await aio(outer)
        assert scope.cancelled_caught

    run(main)
    assert log == ["asyncio inside", "trio", "asyncio outside"]


def test_asyncio_timeout_around_a_trio_call_works() -> None:
    async def call() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.005):
                await to_trio(trio.sleep_forever)

    async def main() -> None:
        await aio(call)

    run(main)


# Where there is no other side


def test_aio_without_a_host_says_so() -> None:
    async def nothing() -> None:
        """Never runs."""

    async def main() -> None:
        with pytest.raises(BridgeClosedError, match=r"actors\.runtime\.host"):
            await aio(nothing)

    trio.run(main)


def test_to_trio_without_a_guest_says_so() -> None:
    async def main() -> None:
        with pytest.raises(BridgeClosedError, match=r"actors\.runtime\.host"):
            await to_trio(trio.sleep, 0)

    asyncio.run(main())


# Load


def test_thousands_of_calls_at_once_all_come_back(run_main: Any) -> None:
    async def in_trio(number: int) -> int:
        await trio.lowlevel.checkpoint()
        return number

    async def in_asyncio(number: int) -> int:
        await asyncio.sleep(0.0001 * (number % 7))
        return await to_trio(in_trio, number)

    async def call(number: int, answers: list[int]) -> None:
        answers.append(await aio(in_asyncio, number))

    async def main() -> None:
        answers: list[int] = []
        async with trio.open_nursery() as nursery:
            for number in range(3000):
                nursery.start_soon(call, number, answers)
        assert sorted(answers) == list(range(3000))

    run_main(main)


def test_no_wake_up_is_lost_when_trio_sleeps_between_calls(run_main: Any) -> None:
    """A lost wake-up would show as a hang, so each of many lone calls must come back within its deadline."""

    async def hop(number: int) -> None:
        loop = asyncio.get_running_loop()
        answer = loop.create_future()
        if number % 3 == 0:
            loop.call_soon(answer.set_result, None)
        elif number % 3 == 1:
            loop.call_later(0.0005, answer.set_result, None)
        else:
            loop.run_in_executor(None, lambda: loop.call_soon_threadsafe(answer.set_result, None))
        await answer

    async def main() -> None:
        for number in range(600):
            with trio.fail_after(5):
                await aio(hop, number)
                if number % 5 == 0:
                    await trio.to_thread.run_sync(lambda: None)

    run_main(main)


@pytest.mark.parametrize("ending", ["value", "error", "cancelled"])
def test_a_finished_call_leaves_no_garbage_for_the_cycle_collector(ending: str) -> None:
    class Thing:
        """Something a call holds on to."""

    async def use(thing: Thing, scope: trio.CancelScope) -> None:
        await asyncio.sleep(0)
        if ending == "error":
            raise LookupError
        if ending == "cancelled":
            scope.cancel()
            await asyncio.sleep(3600)

    async def call() -> "weakref.ref[Thing]":
        thing = Thing()
        with trio.CancelScope() as scope, contextlib.suppress(LookupError):
            await aio(use, thing, scope)
        return weakref.ref(thing)

    async def main() -> None:
        gc.disable()
        try:
            gone = await call()
            await trio.sleep(0.001)
            assert gone() is None
        finally:
            gc.enable()

    run(main)
