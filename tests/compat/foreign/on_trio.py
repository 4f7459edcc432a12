"""A pytest plugin: Pykka's own tests, with `TrioActor` where they would take `ThreadingActor`.

They are synchronous and block, which only other threads may do: each test has an actor system of its own, in
Trio as a guest in another thread. What Pykka does by default and we do not, blocking in `ask` and `stop`, is
done here, so that the tests get to what they are about.
"""

import contextvars
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import trio

from mailroom.actors.runtime.actor import TrioActor
from mailroom.actors.runtime.future import TrioFuture
from mailroom.actors.runtime.host import run
from mailroom.actors.runtime.ref import TrioActorRef
from mailroom.actors.runtime.system import _current_system, open_actor_system

PATIENCE_SECONDS = 10


class Home:
    """The thread that a test's actors live in."""

    def __init__(self) -> None:
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._live)
        self._thread.start()
        assert self._ready.wait(PATIENCE_SECONDS)

    def _live(self) -> None:
        # A BaseException in a handler ends the program, and here that is this thread.
        with suppress(BaseExceptionGroup):
            run(self._main)

    async def _main(self) -> None:
        async with open_actor_system() as self.system:
            self._leave = trio.Event()
            self._ready.set()
            await self._leave.wait()

    def close(self) -> None:
        with suppress(trio.RunFinishedError):
            self.system.token.run_sync_soon(self._leave.set)
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()


class BlockingRef(TrioActorRef[Any]):
    """Waits for answers unless it is told not to, as Pykka's own references do."""

    def ask(self, message: Any, *, block: bool | None = None, timeout: float | None = None) -> Any:
        if block is None:
            block = not self.actor_inbox.is_own_thread()
        return super().ask(message, block=block, timeout=timeout)

    def stop(self, *, block: bool | None = None, timeout: float | None = None) -> Any:
        if block is None:
            block = not self.actor_inbox.is_own_thread()
        return super().stop(block=block, timeout=timeout)


class BlockingActor(TrioActor):
    """Started from any thread."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actor_ref = BlockingRef(self)

    @classmethod
    def start(cls, *args: Any, **kwargs: Any) -> Any:
        def start() -> Any:
            return super(BlockingActor, cls).start(*args, **kwargs)

        here = contextvars.copy_context()
        token = here[_current_system].token
        return trio.from_thread.run_sync(here.run, start, trio_token=token)


@pytest.fixture(autouse=True)
def _home() -> Iterator[None]:
    home = Home()
    token = _current_system.set(home.system)
    yield
    _current_system.reset(token)
    home.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        params = item.callspec.params if hasattr(item, "callspec") else {}
        if "runtime" in params:
            theirs = params["runtime"]
            params["runtime"] = type(theirs)("trio", BlockingActor, threading.Event, TrioFuture, time.sleep)
