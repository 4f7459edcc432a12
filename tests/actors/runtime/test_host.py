"""The host runs Trio inside asyncio: what goes in, what comes out, and who ends whom."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio
import trio.testing
import uvloop

from mailroom.actors.runtime.bridge import BridgeClosedError, aio, to_trio
from mailroom.actors.runtime.host import hosted, run


def run_on_stock_asyncio(main: Callable[[], Awaitable[Any]]) -> Any:
    return asyncio.run(hosted(main))


@pytest.fixture(params=[run, run_on_stock_asyncio], ids=["uvloop", "asyncio"])
def run_main(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_run_returns_what_main_returns(run_main: Any) -> None:
    async def main() -> int:
        await trio.lowlevel.checkpoint()
        return 42

    assert run_main(main) == 42


def test_run_raises_what_main_raises_without_a_group_around_it(run_main: Any) -> None:
    async def main() -> None:
        raise LookupError("from main")

    with pytest.raises(LookupError, match="from main"):
        run_main(main)


def test_base_exceptions_come_out_too(run_main: Any) -> None:
    async def main() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit) as caught:
        run_main(main)
    assert caught.value.code == 3


def test_run_uses_uvloop() -> None:
    async def kind_of_loop() -> type:
        return type(asyncio.get_running_loop())

    async def main() -> type:
        return await aio(kind_of_loop)

    assert run(main) is uvloop.Loop


def test_trio_may_be_hosted_again_after_it_ended() -> None:
    async def main() -> int:
        await trio.sleep(0.001)
        return 1

    async def twice() -> int:
        return await hosted(main) + await hosted(main)

    assert asyncio.run(twice()) == 2


def test_cancelling_the_host_task_cancels_main_and_waits_for_its_cleanup(run_main: Any) -> None:
    events: list[str] = []

    async def say(what: str) -> None:
        await asyncio.sleep(0.001)
        events.append(what)

    async def main() -> None:
        try:
            tasks[0].cancel()
            await trio.sleep_forever()
        finally:
            with trio.CancelScope(shield=True):
                await aio(say, "cleaned up")

    async def host() -> None:
        tasks.append(asyncio.ensure_future(hosted(main)))
        with pytest.raises(asyncio.CancelledError):
            await tasks[0]
        events.append("host ended")

    tasks: list[asyncio.Future[Any]] = []
    asyncio.run(host())
    assert events == ["cleaned up", "host ended"]


def test_cancelled_host_before_main_began_still_ends() -> None:
    async def main() -> None:
        await trio.sleep_forever()

    async def host() -> None:
        task = asyncio.ensure_future(hosted(main))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(host())


def test_error_of_a_cleanup_wins_over_the_cancellation() -> None:
    async def main() -> None:
        try:
            tasks[0].cancel()
            await trio.sleep_forever()
        finally:
            raise ValueError("cleanup failed")

    async def host() -> None:
        tasks.append(asyncio.ensure_future(hosted(main)))
        await tasks[0]

    tasks: list[asyncio.Future[Any]] = []
    with pytest.raises(ValueError, match="cleanup failed"):
        asyncio.run(host())


def test_left_over_asyncio_tasks_are_cancelled_at_the_end() -> None:
    events: list[str] = []

    async def linger() -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            events.append("cancelled")
            raise

    async def leave_behind() -> None:
        kept.append(asyncio.ensure_future(linger()))
        await asyncio.sleep(0)

    kept: list[Any] = []

    async def main() -> None:
        await aio(leave_behind)

    run(main)
    assert events == ["cancelled"]


def test_calls_into_trio_in_flight_at_the_end_are_cancelled_and_awaited() -> None:
    events: list[str] = []

    async def in_trio() -> None:
        try:
            await trio.sleep_forever()
        finally:
            events.append("trio function cleaned up")

    async def caller() -> None:
        try:
            await to_trio(in_trio)
        except BridgeClosedError:
            events.append("caller was told")

    async def start_caller() -> None:
        kept.append(asyncio.ensure_future(caller()))
        await asyncio.sleep(0.001)

    kept: list[Any] = []

    async def main() -> None:
        await aio(start_caller)

    async def host() -> None:
        await hosted(main)
        events.append("host ended")
        await kept[0]

    asyncio.run(host())
    assert events[0] == "trio function cleaned up"
    assert sorted(events[1:]) == ["caller was told", "host ended"]


def test_deadlines_fire_while_only_trio_has_something_to_wait_for() -> None:
    async def main() -> float:
        begin = trio.current_time()
        with trio.move_on_after(0.02):
            await trio.sleep_forever()
        return trio.current_time() - begin

    assert 0.02 <= run(main) < 10


def test_a_deadline_moved_from_asyncio_is_noticed() -> None:
    async def pull_in(scope: trio.CancelScope) -> None:
        await asyncio.sleep(0.001)
        scope.deadline = trio.current_time() + 0.005

    async def main() -> None:
        with trio.move_on_after(3600) as scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(aio, pull_in, scope)
                await trio.sleep_forever()
        assert scope.cancelled_caught

    run(main)


def test_trio_sockets_work_and_wake_the_host_while_asyncio_sleeps(run_main: Any) -> None:
    async def echo(stream: trio.SocketStream) -> None:
        async for data in stream:
            await stream.send_all(data)

    async def main() -> bytes:
        received = b""
        async with trio.open_nursery() as nursery:
            listeners = await nursery.start(trio.serve_tcp, echo, 0)
            client = await trio.testing.open_stream_to_socket_listener(listeners[0])
            async with client:
                with trio.fail_after(10):
                    for number in range(100):
                        await client.send_all(b"%03d" % number)
                        received += await client.receive_some(3)
                        if number % 10 == 0:
                            await aio(asyncio.sleep, 0.001)
            nursery.cancel_scope.cancel()
        return received

    assert run_main(main) == b"".join(b"%03d" % number for number in range(100))


def test_when_asyncio_ends_first_trio_sees_an_ordinary_cancellation() -> None:
    seen: list[type] = []

    async def main() -> None:
        try:
            await aio(asyncio.sleep, 3600)
        except BaseException as error:
            seen.append(type(error))
            raise

    async def host() -> None:
        kept.append(asyncio.ensure_future(hosted(main)))
        await asyncio.sleep(0.005)

    kept: list[Any] = []
    asyncio.run(host())
    assert seen == [trio.Cancelled]
