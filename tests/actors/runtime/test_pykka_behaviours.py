"""What Pykka promises about actors, asked of Pykka's own threading actor and of ours alike."""

import queue
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pykka
import pytest
import trio
from pykka import ActorDeadError, ActorRegistry

from mailroom.actors.runtime.actor import TrioActor
from mailroom.actors.runtime.future import TrioFuture, answer_of
from mailroom.actors.runtime.system import open_actor_system


@dataclass(frozen=True)
class Runtime:
    """One kind of actor, with handlers written the way that kind has them."""

    name: str
    base: type[Any]
    future: Callable[[], Any]
    is_async: bool = False


RUNTIMES = [
    Runtime("threading", pykka.ThreadingActor, pykka.ThreadingFuture),
    Runtime("trio", TrioActor, TrioFuture),
    Runtime("trio-async", TrioActor, TrioFuture, is_async=True),
]


@pytest.fixture(params=RUNTIMES, ids=lambda runtime: runtime.name)
def runtime(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    yield request.param
    ActorRegistry.stop_all(block=request.param.base is pykka.ThreadingActor)
    assert not ActorRegistry.get_all()


@pytest.fixture
def recorder(runtime: Runtime) -> type[Any]:
    """An actor class that notes what happens to it, sync or async."""

    class Recorder(runtime.base):  # type: ignore[misc, name-defined]
        attribute = "value"

        def __init__(self, fail_in: str = "") -> None:
            super().__init__()
            self.fail_in = fail_in
            self.events: list[Any] = []

        def happen(self, event: str) -> None:
            self.events.append(event)
            if self.fail_in == event:
                raise LookupError(event)

        def handle(self, message: Any) -> Any:
            self.events.append(message)
            if message == "fail":
                raise ValueError("asked to")
            return ("handled", message)

        def add(self, a: int, b: int = 0) -> int:
            return a + b

        def add_and_fail(self) -> None:
            raise ValueError("method")

        def on_start(self) -> Any:
            self.happen("start")

        def on_stop(self) -> Any:
            self.happen("stop")

        def on_failure(self, *details: Any) -> Any:
            self.events.append(details)
            self.happen("failure")

        def on_receive(self, message: Any) -> Any:
            return self.handle(message)

    return with_async_handlers(Recorder) if runtime.is_async else Recorder


def with_async_handlers(recorder: type[Any]) -> type[Any]:
    """The same actor, each of whose handlers waits for a moment first."""

    def waiting_first(handler: Callable[..., Any]) -> Callable[..., Any]:
        async def wait_and_handle(*args: Any) -> Any:
            await trio.lowlevel.checkpoint()
            return handler(*args)

        return wait_and_handle

    for name in ("on_start", "on_stop", "on_failure", "on_receive"):
        setattr(recorder, name, waiting_first(getattr(recorder, name)))
    return recorder


def in_system(test: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        with trio.fail_after(10):
            async with open_actor_system():
                await test()

    trio.run(main)


async def ask(ref: Any, message: Any) -> Any:
    return await answer_of(ref.ask(message, block=False))


async def stop(ref: Any) -> Any:
    return await answer_of(ref.stop(block=False))


async def wait_until(condition: Callable[[], bool]) -> None:
    """Poll, which is all one can do about a threading actor: nothing tells Trio that it died."""
    while not condition():  # noqa: ASYNC110
        await trio.sleep(0.001)


async def wait_until_dead(ref: Any) -> None:
    await wait_until(lambda: not ref.is_alive())


def test_asking_returns_what_on_receive_returns(recorder: type[Any]) -> None:
    async def test() -> None:
        ref = recorder.start()
        assert await ask(ref, "hello") == ("handled", "hello")

    in_system(test)


def test_telling_returns_nothing_and_messages_are_handled_in_order(recorder: type[Any]) -> None:
    async def test() -> None:
        ref = recorder.start()
        for number in range(500):
            assert ref.tell(number) is None
        await ask(ref, "last")
        assert await answer_of(ref.proxy().events) == ["start", *range(500), "last"]

    in_system(test)


def test_an_error_goes_to_the_asker_and_the_actor_lives_on(recorder: type[Any]) -> None:
    async def test() -> None:
        ref = recorder.start()
        with pytest.raises(ValueError, match="asked to"):
            await ask(ref, "fail")
        assert await ask(ref, "next") == ("handled", "next")

    in_system(test)


def test_an_error_of_a_told_message_stops_the_actor_and_calls_on_failure(recorder: type[Any]) -> None:
    async def test() -> None:
        ref = recorder.start()
        events = await answer_of(ref.proxy().events)
        ref.tell("fail")
        await wait_until_dead(ref)
        await wait_until(lambda: events[-1] == "failure")
        assert "stop" not in events
        kind, value, traceback = events[-2]
        assert kind is ValueError
        assert str(value) == "asked to"
        assert traceback is not None

    in_system(test)


def test_stop_handles_what_came_before_it(recorder: type[Any]) -> None:
    async def test() -> None:
        ref = recorder.start()
        events = await answer_of(ref.proxy().events)
        ref.tell("before")
        assert await stop(ref) is True
        assert events == ["start", "before", "stop"]
        assert not ref.is_alive()

    in_system(test)


def test_messages_after_the_stop_are_refused(recorder: type[Any]) -> None:
    async def test() -> None:
        ref = recorder.start()
        first = ref.ask("first", block=False)
        stopped = ref.stop(block=False)
        late = ref.ask("late", block=False)
        await answer_of(first)
        assert await answer_of(stopped) is True
        with pytest.raises(ActorDeadError):
            await answer_of(late)

    in_system(test)


def test_a_dead_actor_raises_on_tell_and_answers_asks_with_an_error(recorder: type[Any]) -> None:
    async def test() -> None:
        ref = recorder.start()
        await stop(ref)
        with pytest.raises(ActorDeadError, match="not found"):
            ref.tell("anything")
        future = ref.ask("anything", block=False)
        with pytest.raises(ActorDeadError):
            await answer_of(future)
        assert await stop(ref) is False

    in_system(test)


def test_an_actor_may_stop_itself(recorder: type[Any]) -> None:
    async def test() -> None:
        ref = recorder.start()
        ref.proxy().stop.defer()
        await wait_until_dead(ref)

    in_system(test)


def test_an_error_in_on_start_stops_the_actor_before_any_message(recorder: type[Any]) -> None:
    async def test() -> None:
        ref = recorder.start(fail_in="start")
        with pytest.raises(ActorDeadError):
            await ask(ref, "never handled")
        assert not ref.is_alive()

    in_system(test)


@pytest.mark.parametrize("hook", ["stop", "failure"])
def test_an_error_in_a_last_hook_is_survived_by_everybody_else(recorder: type[Any], hook: str) -> None:
    async def test() -> None:
        ref = recorder.start(fail_in=hook)
        if hook == "failure":
            ref.tell("fail")
        else:
            ref.stop(block=False)
        await wait_until_dead(ref)
        other = recorder.start()
        assert await ask(other, "hello") == ("handled", "hello")

    in_system(test)


def test_a_started_actor_is_registered_until_it_stops(recorder: type[Any]) -> None:
    async def test() -> None:
        ref = recorder.start()
        assert ActorRegistry.get_all() == [ref]
        assert ActorRegistry.get_by_urn(ref.actor_urn) is ref
        assert ActorRegistry.get_by_class(recorder) == [ref]
        assert ActorRegistry.get_by_class_name("Recorder") == [ref]
        await stop(ref)
        assert ActorRegistry.get_all() == []

    in_system(test)


def test_the_registry_broadcasts_and_stops_all(recorder: type[Any]) -> None:
    async def test() -> None:
        refs = [recorder.start() for _ in range(3)]
        ActorRegistry.broadcast("news")
        for ref in refs:
            assert await answer_of(ref.proxy().events) == ["start", "news"]
        for future in ActorRegistry.stop_all(block=False):
            assert await answer_of(future) is True
        assert not any(ref.is_alive() for ref in refs)

    in_system(test)


def test_urns_are_unique_and_shown(recorder: type[Any]) -> None:
    async def test() -> None:
        one, other = recorder.start(), recorder.start()
        assert one.actor_urn.startswith("urn:uuid:")
        assert one.actor_urn != other.actor_urn
        assert str(one) == f"Recorder ({one.actor_urn})"
        assert repr(one).startswith("<ActorRef for Recorder")
        assert await answer_of(one.proxy().actor_urn) == one.actor_urn

    in_system(test)


def test_a_proxy_calls_methods_and_reads_and_sets_attributes(recorder: type[Any]) -> None:
    async def test() -> None:
        ref = recorder.start()
        proxy = ref.proxy()
        assert await answer_of(proxy.add(2, b=3)) == 5
        assert await answer_of(proxy.attribute) == "value"
        # A threading actor blocks until the attribute is set, so ask from a thread there.
        if ref.actor_class.__mro__[1] is TrioActor:
            proxy.attribute = "new"
        else:
            await trio.to_thread.run_sync(setattr, proxy, "attribute", "new")
        assert await answer_of(proxy.attribute) == "new"
        with pytest.raises(ValueError, match="method"):
            await answer_of(proxy.add_and_fail())
        with pytest.raises(AttributeError):
            _ = proxy.missing

    in_system(test)


def test_a_proxy_of_a_dead_actor_cannot_be_made(recorder: type[Any]) -> None:
    async def test() -> None:
        ref = recorder.start()
        await stop(ref)
        with pytest.raises(ActorDeadError):
            ref.proxy()

    in_system(test)


def test_a_deferred_call_that_fails_stops_the_actor(recorder: type[Any]) -> None:
    async def test() -> None:
        ref = recorder.start()
        ref.proxy().add_and_fail.defer()
        await wait_until_dead(ref)

    in_system(test)


def test_futures_are_answered_once(runtime: Runtime) -> None:
    future = runtime.future()
    future.set("first")
    with pytest.raises((RuntimeError, queue.Full)):
        future.set("second")
    assert future.get() == "first"
    assert future.get() == "first"


def test_futures_carry_errors(runtime: Runtime) -> None:
    future = runtime.future()
    try:
        int("not a number")
    except ValueError:
        future.set_exception()
    with pytest.raises(ValueError, match="not a number"):
        future.get()


def test_futures_map_filter_join_and_reduce(runtime: Runtime) -> None:
    async def test() -> None:
        numbers, other = runtime.future(), runtime.future()
        numbers.set([1, 2, 3, 4])
        other.set("x")
        assert await answer_of(numbers.map(len)) == 4
        assert await answer_of(numbers.filter(lambda n: n % 2 == 0)) == [2, 4]
        assert await answer_of(numbers.reduce(lambda a, b: a + b, 10)) == 20
        assert await answer_of(numbers.join(other)) == [[1, 2, 3, 4], "x"]
        with pytest.raises(ZeroDivisionError):
            await answer_of(other.map(lambda _: 1 / 0))

    in_system(test)


def test_a_get_hook_makes_the_answer(runtime: Runtime) -> None:
    async def test() -> None:
        future = runtime.future()
        future.set_get_hook(lambda _timeout: "made")
        assert await answer_of(future) == "made"

    in_system(test)
