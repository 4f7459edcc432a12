"""Where futures are got, hooked, derived and set as Pykka's are: also outside Trio and in other threads."""

import queue
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pykka
import pytest
import trio
import trio.testing

from mailroom.actors.runtime.actor import TrioActor
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.runtime.future import TrioFuture, WouldBlockError
from mailroom.actors.runtime.host import run
from mailroom.actors.runtime.system import open_actor_system

PATIENCE_SECONDS = 10


class Double(TrioActor):
    """Doubles a number, a moment later."""

    async def on_receive(self, message: int) -> int:
        await trio.sleep(0.01)
        return message * 2


class Blocker(TrioActor):
    """Blocks the thread that all share, as a careless handler does."""

    def on_receive(self, message: Any) -> Any:
        time.sleep(message)
        return "answered"


def hosted(test: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        with trio.fail_after(PATIENCE_SECONDS):
            async with open_actor_system():
                await test()

    run(main)


async def in_thread(fn: Callable[[], Any]) -> Any:
    return await trio.to_thread.run_sync(fn)


# Getting


def test_a_bare_future_is_got_in_one_thread_and_set_in_another() -> None:
    future: TrioFuture[str] = TrioFuture()
    answers: list[str] = []
    getter = threading.Thread(target=lambda: answers.append(future.get(timeout=PATIENCE_SECONDS)))
    getter.start()
    future.set("from here")
    getter.join()
    assert answers == ["from here"]


def test_a_bare_future_that_actors_set_is_got_in_another_thread() -> None:
    class Setter(TrioActor):
        """Sets what it is told."""

        def on_receive(self, message: TrioFuture[str]) -> None:
            message.set("set by an actor")

    async def test() -> None:
        future: TrioFuture[str] = TrioFuture()
        ref = Setter.start()

        def tell_and_get() -> str:
            ref.tell(future)
            return future.get(timeout=PATIENCE_SECONDS)

        assert await in_thread(tell_and_get) == "set by an actor"

    hosted(test)


def test_a_bare_future_that_tasks_await_may_be_set_in_another_thread() -> None:
    async def test() -> None:
        future: TrioFuture[str] = TrioFuture()
        answers: list[str] = []

        async def wait() -> None:
            answers.append(await future)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(wait)
            nursery.start_soon(wait)
            await trio.testing.wait_all_tasks_blocked()
            await in_thread(lambda: future.set("from a thread"))
        assert answers == ["from a thread"] * 2

    hosted(test)


def test_a_get_that_comes_too_early_ends_with_its_timeout() -> None:
    future: TrioFuture[str] = TrioFuture()
    for seconds in (0, 0.01):
        with pytest.raises(pykka.Timeout, match=f"{seconds} seconds"):
            future.get(timeout=seconds)
    with pytest.raises(pykka.Timeout):
        pykka.get_all([future], timeout=0)
    future.set("late")
    assert future.get() == "late"


def test_a_timeout_of_nothing_waits_for_nobody_even_when_the_thread_of_actors_is_busy() -> None:
    async def test() -> None:
        ref = Blocker.start()
        with pytest.raises(pykka.Timeout):
            await in_thread(lambda: ref.ask(0.01, block=True, timeout=0))

    hosted(test)


def test_getting_a_bare_future_in_a_loops_thread_says_that_it_would_block() -> None:
    async def in_asyncio() -> None:
        with pytest.raises(WouldBlockError):
            TrioFuture[str]().get()

    async def test() -> None:
        with pytest.raises(WouldBlockError):
            TrioFuture[str]().get()
        await aio(in_asyncio)

    hosted(test)


# Awaiting outside Trio


def test_an_answer_that_is_there_can_be_awaited_in_asyncio() -> None:
    async def in_asyncio(future: TrioFuture[str]) -> str:
        return await future

    async def test() -> None:
        future: TrioFuture[str] = TrioFuture()
        with pytest.raises(WouldBlockError):
            await aio(in_asyncio, future)
        future.set("there")
        assert await aio(in_asyncio, future) == "there"

    hosted(test)


# Hooks


def test_a_hook_is_asked_once_even_for_none() -> None:
    asked: list[float | None] = []
    future: TrioFuture[None] = TrioFuture()
    future.set_get_hook(asked.append)
    assert future.get(timeout=3) is None
    assert future.get(timeout=4) is None
    assert asked == [3]


def test_a_future_has_either_an_answer_or_a_hook() -> None:
    hooked: TrioFuture[int] = TrioFuture()
    hooked.set_get_hook(lambda _timeout: 1)
    with pytest.raises(queue.Full):
        hooked.set(2)
    try:
        int("no number")
    except ValueError:
        with pytest.raises(queue.Full):
            hooked.set_exception()
    assert hooked.get() == 1
    answered: TrioFuture[int] = TrioFuture()
    answered.set(3)
    with pytest.raises(queue.Full):
        answered.set_get_hook(lambda _timeout: 4)
    with pytest.raises(queue.Full):
        answered.set(5)
    assert answered.get() == 3


# What is computed from futures


def test_what_is_computed_from_futures_can_be_got_where_they_can() -> None:
    numbers: TrioFuture[list[int]] = TrioFuture()
    other: TrioFuture[str] = TrioFuture()
    evens = numbers.filter(lambda number: number % 2 == 0)
    count, total = numbers.map(len), numbers.reduce(lambda a, b: a + b, 10)
    both, wrong = numbers.join(other), other.filter(lambda _: 1 / 0)
    for derived in (evens, count, total, both, wrong):
        with pytest.raises(pykka.Timeout):
            derived.get(timeout=0)
    numbers.set([1, 2, 3, 4])
    with pytest.raises(pykka.Timeout):
        both.get(timeout=0)
    other.set("x")
    assert [evens.get(), count.get(), total.get()] == [[2, 4], 4, 20]
    assert both.get(timeout=0) == [[1, 2, 3, 4], "x"]
    with pytest.raises(ZeroDivisionError):
        wrong.get()


def test_what_is_computed_from_futures_is_computed_once() -> None:
    computed: list[int] = []
    source: TrioFuture[int] = TrioFuture()
    derived = source.map(computed.append)
    source.set(1)
    assert [derived.get(), derived.get()] == [None, None]
    assert computed == [1]


def test_an_answer_computed_from_an_actors_is_got_in_another_thread() -> None:
    async def test() -> None:
        ref = Double.start()
        increased = ref.ask(21).map(lambda number: number + 1)
        with pytest.raises(WouldBlockError):
            increased.get()
        assert await in_thread(increased.get) == 43
        assert await in_thread(lambda: [ref.stop(block=True), ref.stop(block=True)]) == [True, False]

    hosted(test)
