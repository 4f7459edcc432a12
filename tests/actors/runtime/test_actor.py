"""What a Trio actor adds to Pykka's, or does otherwise on purpose."""

import contextvars
import gc
import logging
import threading
import weakref
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import pykka
import pytest
import trio
import trio.testing
from pykka import ActorDeadError, ActorRegistry

from mailroom.actors.runtime.actor import MESSAGES_PER_TURN, TrioActor
from mailroom.actors.runtime.bridge import aio, to_trio
from mailroom.actors.runtime.future import WouldBlockError, answer_of
from mailroom.actors.runtime.host import run
from mailroom.actors.runtime.inbox import InboxFullError
from mailroom.actors.runtime.ref import TrioActorRef
from mailroom.actors.runtime.system import ActorSystem, NoActorSystemError, open_actor_system
from mailroom.actors.runtime.waiting import ReentrancyError

trace_id: contextvars.ContextVar[str] = contextvars.ContextVar("trace_id", default="none")


class Echo(TrioActor):
    """Answers with what it is told."""

    async def on_receive(self, message: Any) -> Any:
        return message


class Sleeper(TrioActor):
    """Sleeps as many seconds as it is asked to, and notes how it went."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Any] = []

    async def on_receive(self, message: float) -> str:
        self.events.append("begin")
        await trio.sleep(message)
        self.events.append("end")
        return "slept"

    async def on_stop(self) -> None:
        self.events.append("stop")


class Relay(TrioActor):
    """Forwards an ask along the references it is given and answers with the last one's answer."""

    async def on_receive(self, message: list[Any]) -> Any:
        if not message:
            return "end of the chain"
        following, *rest = message
        return await following.ask(rest)


def in_system(test: Callable[[ActorSystem], Awaitable[None]]) -> None:
    """Run a test inside an actor system whose clock jumps whenever everybody sleeps."""

    async def main() -> None:
        async with open_actor_system() as system:
            await test(system)

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
    assert not ActorRegistry.get_all()


# Asking


def test_an_ask_is_awaited() -> None:
    async def test(_: ActorSystem) -> None:
        assert await Echo.start().ask("hello") == "hello"

    in_system(test)


def test_a_future_may_be_awaited_by_many_and_again() -> None:
    async def test(_: ActorSystem) -> None:
        future = Sleeper.start().ask(1)
        answers: list[Any] = []

        async def wait() -> None:
            answers.append(await future)

        async with trio.open_nursery() as nursery:
            for _number in range(3):
                nursery.start_soon(wait)
        await wait()
        assert answers == ["slept"] * 4

    in_system(test)


def test_an_ask_times_out_in_seconds_and_may_be_awaited_again() -> None:
    async def test(_: ActorSystem) -> None:
        future = Sleeper.start().ask(10, timeout=8)
        begin = trio.current_time()
        with pytest.raises(pykka.Timeout, match="8 seconds"):
            await future
        assert trio.current_time() - begin == pytest.approx(8)
        assert await future == "slept"
        assert trio.current_time() - begin == pytest.approx(10)

    in_system(test)


def test_a_cancelled_asker_does_not_disturb_the_actor() -> None:
    async def test(_: ActorSystem) -> None:
        ref = Sleeper.start()
        with trio.move_on_after(1) as scope:
            await ref.ask(5)
        assert scope.cancelled_caught
        assert await ref.proxy().events == ["begin", "end"]

    in_system(test)


def test_blocking_in_the_actors_thread_is_an_error_instead_of_a_deadlock() -> None:
    async def test(_: ActorSystem) -> None:
        ref = Echo.start()
        with pytest.raises(WouldBlockError, match="await"):
            ref.ask("hello", block=True)
        with pytest.raises(WouldBlockError, match="await"):
            ref.stop(block=True)
        future = ref.ask("hello")
        with pytest.raises(WouldBlockError, match="await"):
            future.get()
        await future
        assert future.get() == "hello"

    in_system(test)


def test_proxies_return_awaitable_futures() -> None:
    async def test(_: ActorSystem) -> None:
        proxy = Sleeper.start().proxy()
        assert await proxy.on_receive(3) == "slept"
        assert await proxy.events == ["begin", "end"]

    in_system(test)


def test_a_derived_future_times_out_like_its_source_and_recovers() -> None:
    async def test(_: ActorSystem) -> None:
        length = Sleeper.start().ask(10, timeout=8).map(len)
        with pytest.raises(pykka.Timeout):
            await length
        assert await length == 5

    in_system(test)


# Nobody waits for itself (P5)


def test_mbx_p5_an_actor_that_asks_itself_gets_an_error_at_once() -> None:
    async def test(_: ActorSystem) -> None:
        ref = Relay.start()
        with pytest.raises(ReentrancyError, match="would wait"):
            await ref.ask([ref])
        assert await ref.ask([]) == "end of the chain"

    in_system(test)


@pytest.mark.parametrize("others", [1, 2, 5])
def test_mbx_p5_asking_oneself_through_others_is_an_error_at_once(others: int) -> None:
    async def test(_: ActorSystem) -> None:
        begin = trio.current_time()
        ref = Relay.start()
        chain = [Relay.start() for _number in range(others)]
        with pytest.raises(ReentrancyError):
            await ref.ask([*chain, ref])
        assert await ref.ask(chain) == "end of the chain"
        assert trio.current_time() == pytest.approx(begin)

    in_system(test)


def test_mbx_p5_unrelated_messages_that_would_wait_for_each_other_are_an_error() -> None:
    class Late(TrioActor):
        """Asks another one after a while."""

        async def on_receive(self, message: tuple[float, TrioActorRef[Any] | None]) -> str:
            seconds, other = message
            await trio.sleep(seconds)
            return "idle" if other is None else await other.ask((0, None))

    async def test(_: ActorSystem) -> None:
        one, other = Late.start(), Late.start()
        first, second = one.ask((1, other)), other.ask((2, one))
        # One waits for the other from second 1 on; the other would close the circle at second 2.
        with pytest.raises(ReentrancyError):
            await second
        assert await first == "idle"

    in_system(test)


def test_mbx_p5_the_error_also_comes_through_asyncio_and_threads() -> None:
    class Detour(TrioActor):
        """Asks itself by way of the other loop."""

        async def on_receive(self, way: str) -> Any:
            if way == "asyncio":
                return await aio(self.in_asyncio)
            return await trio.to_thread.run_sync(lambda: self.actor_ref.ask("hello", block=True))

        async def in_asyncio(self) -> Any:
            return await to_trio(self.ask_myself)

        async def ask_myself(self) -> Any:
            return await self.actor_ref.ask("hello")

    async def main() -> None:
        async with open_actor_system():
            ref = Detour.start()
            for way in ("asyncio", "thread"):
                with pytest.raises(ReentrancyError):
                    await ref.ask(way)

    run(main)


@pytest.mark.parametrize("seed", range(20))
def test_mbx_p5_actors_that_ask_each_other_at_random_never_sleep_for_ever(seed: int) -> None:
    """A circle that went unnoticed would leave everybody asleep, and the clock would jump to the deadline."""
    random = Random(seed)

    class SlowRelay(Relay):
        """Takes its time, so that chains meet on their way."""

        async def on_receive(self, message: list[Any]) -> Any:
            await trio.sleep(random.random() / 10)
            return await super().on_receive(message)

    async def test(_: ActorSystem) -> None:
        refs = [SlowRelay.start() for _number in range(8)]
        outcomes: list[str] = []

        async def ask(chain: list[Any]) -> None:
            await trio.sleep(random.random())
            with trio.move_on_after(random.choice([0.1, 60])):
                try:
                    outcomes.append(await random.choice(refs).ask(chain))
                except ReentrancyError:
                    outcomes.append("circle")

        with trio.fail_after(50):
            async with trio.open_nursery() as nursery:
                for _number in range(60):
                    nursery.start_soon(ask, random.choices(refs, k=random.randint(0, 5)))
        assert set(outcomes) == {"circle", "end of the chain"}
        await trio.sleep(60)  # Chains whose asker was cancelled go on to their end.
        assert all(ref.actor_inbox.waits_for == () for ref in refs)

    in_system(test)


def test_an_actor_may_schedule_work_for_itself_without_waiting() -> None:
    class Counter(TrioActor):
        """Counts down by calling itself later, as Pykka's documentation shows."""

        def __init__(self) -> None:
            super().__init__()
            self.count = 5
            self._later = self.actor_ref.proxy()

        def count_down(self) -> None:
            self.count -= 1
            if self.count:
                self._later.count_down()

    async def test(_: ActorSystem) -> None:
        proxy = Counter.start().proxy()
        await proxy.count_down()
        while await proxy.count:
            pass

    in_system(test)


def test_a_refused_circle_leaves_no_edge_behind() -> None:
    async def test(_: ActorSystem) -> None:
        ref, other = Relay.start(), Relay.start()
        with pytest.raises(ReentrancyError):
            await ref.ask([other, ref])
        assert ref.actor_inbox.waits_for == other.actor_inbox.waits_for == ()
        assert await other.ask([ref]) == "end of the chain"

    in_system(test)


def test_a_refused_ask_sends_nothing() -> None:
    class Selfish(TrioActor):
        """Asks itself once, and counts its messages."""

        def __init__(self) -> None:
            super().__init__()
            self.handled = 0

        async def on_receive(self, message: str) -> None:
            self.handled += 1
            if message == "first":
                await self.actor_ref.ask("second")

    async def test(_: ActorSystem) -> None:
        ref = Selfish.start()
        with pytest.raises(ReentrancyError):
            await ref.ask("first")
        assert await ref.proxy().handled == 1

    in_system(test)


# Cancellation, failure, end


def test_a_cancelled_actor_stops_alone() -> None:
    async def test(_: ActorSystem) -> None:
        survivor = Echo.start()
        async with trio.open_nursery() as nursery, open_actor_system():
            doomed = Sleeper.start()
            events = await doomed.proxy().events
            asked = doomed.ask(3600)
            queued = doomed.ask(1)
            stopping = doomed.stop()
            await trio.testing.wait_all_tasks_blocked()
            nursery.cancel_scope.cancel()
        for future in (asked, queued):
            with pytest.raises(ActorDeadError):
                await future
        assert await stopping is True
        assert events == ["begin", "stop"]
        assert not doomed.is_alive()
        assert isinstance(await doomed.wait_for_end(), trio.Cancelled)
        assert await survivor.ask("still here") == "still here"

    in_system(test)


def test_something_like_ctrl_c_in_a_handler_ends_the_program() -> None:
    class Quitter(TrioActor):
        """Leaves."""

        def on_receive(self, message: Any) -> None:
            raise SystemExit(message)

    async def main() -> None:
        async with open_actor_system():
            Quitter.start().tell(3)
            await trio.sleep_forever()

    with pytest.raises(BaseExceptionGroup) as caught:
        trio.run(main)
    assert caught.group_contains(SystemExit)
    assert not ActorRegistry.get_all()


def test_the_end_of_an_actor_can_be_waited_for_and_tells_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    async def test(_: ActorSystem) -> None:
        orderly, failing = Sleeper.start(), Relay.start()
        reasons: dict[str, BaseException | None] = {}

        async def wait(name: str, ref: TrioActorRef[Any]) -> None:
            reasons[name] = await ref.wait_for_end()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(wait, "orderly", orderly)
            nursery.start_soon(wait, "failing", failing)
            await trio.testing.wait_all_tasks_blocked()
            orderly.stop()
            failing.tell(17)  # An int cannot be unpacked.
        assert reasons["orderly"] is None
        assert isinstance(reasons["failing"], TypeError)
        assert await failing.wait_for_end() is reasons["failing"]

    in_system(test)
    assert [record.levelno for record in caplog.records if record.exc_info] == [logging.ERROR]


def test_a_system_stops_its_actors_youngest_first_after_their_messages() -> None:
    ends: list[str] = []

    class Named(Sleeper):
        """Tells when it ended."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

        async def on_stop(self) -> None:
            ends.append(f"{self.name} after {self.events}")

    async def test(_: ActorSystem) -> None:
        Named.start("old").tell(5)
        Named.start("young").tell(1)

    in_system(test)
    assert ends == ["young after ['begin', 'end']", "old after ['begin', 'end']"]


def test_a_stopped_actor_leaves_nothing_in_memory() -> None:
    async def test(system: ActorSystem) -> None:
        actor = Echo()
        gone = weakref.ref(actor)
        Echo._start_actor_loop(actor)
        ref = actor.actor_ref
        del actor
        assert await ref.ask("hello") == "hello"
        await ref.stop()
        await ref.wait_for_end()
        await trio.testing.wait_all_tasks_blocked()
        gc.collect()
        assert gone() is None
        assert not system.actors
        assert not system.nursery.child_tasks

    in_system(test)


def test_an_actor_needs_a_system() -> None:
    with pytest.raises(NoActorSystemError, match="open_actor_system"):
        Echo.start()


def test_an_actor_cannot_be_started_in_another_thread() -> None:
    async def test(_: ActorSystem) -> None:
        with pytest.raises(NoActorSystemError, match="thread"):
            await trio.to_thread.run_sync(Unregistered.start)

    in_system(test)


class Unregistered(Echo):
    """One of many."""

    registered = False


def test_an_unregistered_actor_is_unknown_to_the_registry() -> None:
    async def test(_: ActorSystem) -> None:
        ref = Unregistered.start()
        assert ActorRegistry.get_all() == []
        assert await ref.ask("hello") == "hello"
        assert await ref.stop() is True

    in_system(test)


# Inbox


def test_a_full_inbox_refuses_but_can_still_be_stopped() -> None:
    class Small(Echo):
        """Takes three."""

        inbox_limit = 3

    async def test(_: ActorSystem) -> None:
        ref = Small.start()
        for number in range(3):
            ref.tell(number)
        with pytest.raises(InboxFullError, match="3 messages"):
            ref.tell("one too many")
        future = ref.ask("one too many")
        with pytest.raises(InboxFullError):
            await future
        assert await ref.stop() is True

    in_system(test)


def test_an_actor_with_much_to_do_lets_others_run_in_between() -> None:
    class Counter(TrioActor):
        """Counts, without ever waiting."""

        count = 0

        def on_receive(self, message: Any) -> None:
            self.count += 1

    async def test(_: ActorSystem) -> None:
        counter = Counter()
        Counter._start_actor_loop(counter)
        for number in range(MESSAGES_PER_TURN * 3):
            counter.actor_ref.tell(number)
        await trio.lowlevel.checkpoint()
        await trio.lowlevel.checkpoint()
        assert 0 < counter.count < MESSAGES_PER_TURN * 3

    in_system(test)


def test_other_threads_may_tell_and_ask() -> None:
    async def main() -> None:
        async with open_actor_system():
            ref = Echo.start()

            def in_thread() -> list[Any]:
                return [ref.ask(number, block=True) for number in range(50)] + [
                    ref.ask("later").get(timeout=5)
                ]

            answers: list[Any] = []

            async def run_thread() -> None:
                answers.append(await trio.to_thread.run_sync(in_thread))

            async with trio.open_nursery() as nursery:
                for _ in range(3):
                    nursery.start_soon(run_thread)
            assert answers == [[*range(50), "later"]] * 3

    run(main)


def test_a_threading_actor_for_heavy_work_and_a_trio_actor_talk_to_each_other() -> None:
    class Heavy(pykka.ThreadingActor):
        """Works in a thread of its own and tells the result."""

        def on_receive(self, message: tuple[int, Any]) -> Any:
            number, report_to = message
            result = (number**2, threading.get_ident())
            if report_to is not None:
                report_to.tell(result)
            return result

    class Boss(TrioActor):
        """Has work done."""

        def __init__(self) -> None:
            super().__init__()
            self.results: list[Any] = []

        async def on_receive(self, message: Any) -> Any:
            match message:
                case int():
                    return await answer_of(heavy.ask((message, None), block=False))
                case result:
                    self.results.append(result[0])
                    return None

    heavy: Any = Heavy.start()
    try:

        async def main() -> None:
            async with open_actor_system():
                ref = Boss.start()
                square, thread_id = await ref.ask(7)
                assert square == 49
                assert thread_id != threading.get_ident()
                for number in range(100):
                    heavy.tell((number, ref))
                await answer_of(heavy.ask((0, None), block=False))
                await trio.testing.wait_all_tasks_blocked()
                assert await ref.proxy().results == [number**2 for number in range(100)]

        run(main)
    finally:
        heavy.stop()


def test_a_message_from_a_thread_that_comes_too_late_is_refused() -> None:
    async def main() -> None:
        async with open_actor_system():
            ref = Echo.start()

            def in_thread() -> Any:
                stopped, late = ref.stop(), ref.ask("late")
                return stopped.get(), late

            stopped, late = await trio.to_thread.run_sync(in_thread)
            assert stopped is True
            with pytest.raises(ActorDeadError):
                await late

    run(main)
    assert not ActorRegistry.get_all()


# Context


def test_an_actor_has_the_systems_context_not_its_starters() -> None:
    class Reader(TrioActor):
        """Reads the trace id it runs under."""

        def on_receive(self, message: Any) -> str:
            return trace_id.get()

    async def main() -> None:
        trace_id.set("of the system")
        async with open_actor_system():
            trace_id.set("of the request")
            assert await Reader.start().ask("which?") == "of the system"

    trio.run(main)


def test_an_actor_can_be_started_and_asked_by_asyncio_code() -> None:
    async def in_asyncio() -> Any:
        ref = Echo.start()
        ref.tell("a message nobody waits for")
        return await to_trio(ref.ask, "hello")

    async def main() -> None:
        async with open_actor_system():
            assert await aio(in_asyncio) == "hello"

    run(main)
