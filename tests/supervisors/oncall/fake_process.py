"""A process of the installation in small: its own loops, a tree and chats that live in the test."""

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import trio

from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.oncall.listener import Listener
from mailroom.supervisors.oncall.node import LocalNode
from mailroom.supervisors.oncall.reports import NodeReport
from mailroom.supervisors.otp.child import Life

PATIENCE_SECONDS = 10.0
PATHS = ("stores", "stores/redis", "oncall", "chats", "chats/timers", "chats/bots", "chats/bots/shop")


class Tree:
    """A tree that does what it is told, and remembers it."""

    def __init__(self, paths: tuple[str, ...] = PATHS) -> None:
        self.known = list(paths)
        self.held: dict[str, Any] = {}
        self.parked: set[str] = set()
        self.told: list[tuple[Any, ...]] = []
        self.fault: Exception | None = None
        self.freed: trio.Event | None = None
        """Where it is there, a stop waits for it."""

    def report(self) -> NodeReport:
        nodes = tuple(self._node(path) for path in self.known)
        return NodeReport("", "supervisor", "running", 1.5, 0, "one_for_one", children=nodes)

    def paths(self) -> list[str]:
        return list(self.known)

    async def restart(self, path: str) -> None:
        await self._do("restart", path)

    async def suspend(self, path: str, seconds: float | None) -> None:
        self.held[path] = "suspended"
        await self._do("suspend", path, seconds)

    async def resume(self, path: str) -> None:
        self.held.pop(path, None)
        self.parked.discard(path)
        await self._do("resume", path)

    async def _do(self, *told: Any) -> None:
        await trio.lowlevel.checkpoint()  # proves that we are on the Trio side
        self.told.append(told)
        if self.freed is not None:
            await self.freed.wait()
        if self.fault is not None:
            raise self.fault

    def _node(self, path: str) -> NodeReport:
        state = "suspended" if path in self.held else "parked" if path in self.parked else "running"
        return NodeReport(
            path, "worker", state, 1.5, 2, error="ValueError: no", details={"epoch": 7, "x": 1.5}
        )


class Chats:
    """Chats that are in memory, each with so many messages being handled."""

    def __init__(self, busy: dict[str, int] | None = None) -> None:
        self.busy = dict(busy or {})
        self.told: list[tuple[Any, ...]] = []
        self.ends_within_seconds = float("inf")

    def running(self, matches: Callable[[Chat], bool]) -> int:
        self.told.append(("running",))
        return sum(self.busy[chat] for chat in self._of(matches))

    async def quiesce(self, matches: Callable[[Chat], bool], seconds: float) -> int:
        await trio.lowlevel.checkpoint()
        self.told.append(("quiesce", seconds))
        if self.ends_within_seconds <= seconds:
            self.busy.update(dict.fromkeys(self._of(matches), 0))
        return sum(self.busy[chat] for chat in self._of(matches))

    def reload(self, matches: Callable[[Chat], bool]) -> int:
        self.told.append(("reload", *self._of(matches)))
        return len(self._of(matches))

    def forgive(self, matches: Callable[[Chat], bool]) -> None:
        self.told.append(("forgive", *self._of(matches)))

    def restart(self, matches: Callable[[Chat], bool]) -> int:
        self.told.append(("restart", *self._of(matches)))
        return len(self._of(matches))

    def describe(self, chat: Chat) -> dict[str, object]:
        return {"running": [4], "crashes": 1} if str(chat) in self.busy else {}

    def _of(self, matches: Callable[[Chat], bool]) -> list[str]:
        return sorted(chat for chat in self.busy if matches(Chat.parse(chat)))


class FakeProcess:
    """The process, in a thread of its own. Nothing but Redis is between it and the test."""

    def __init__(
        self,
        url: str,
        name: str,
        *,
        roles: tuple[str, ...] = ("worker",),
        bots: tuple[str, ...] = ("shop", "stars"),
        tree: Tree | None = None,
        chats: Chats | None = None,
        listens: bool = True,
    ) -> None:
        self.tree = tree or Tree()
        self.chats = chats
        self.node: LocalNode
        self.listener: Listener | None = None
        self.line: Line
        self.started = threading.Event()
        self._url, self._name, self._roles, self._bots = url, name, roles, bots
        self._listens = listens
        self._up = threading.Event()
        self._thread = threading.Thread(target=lambda: host.run(self._main), name=name)
        self._thread.start()
        assert self._up.wait(PATIENCE_SECONDS)

    def call(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Run something on its asyncio side."""
        return asyncio.run_coroutine_threadsafe(work(), self._loop).result(PATIENCE_SECONDS)

    def on_trio(self, work: Callable[[], None]) -> None:
        """Run something on its Trio side."""
        self._token.run_sync_soon(work)

    def close(self) -> None:
        """End it in good order."""
        if self._thread.is_alive():
            self._token.run_sync_soon(self._end.set)
            self._thread.join(PATIENCE_SECONDS)
            assert not self._thread.is_alive()

    async def _main(self) -> None:
        self._token, self._end = trio.lowlevel.current_trio_token(), trio.Event()
        self._loop = asyncio.get_running_loop()
        self.line = Line(self._url)
        self.node = LocalNode(
            self.tree, lambda: self.chats, roles=self._roles, bots=self._bots, process_id=self._name
        )
        async with trio.open_nursery() as nursery:
            if self._listens:
                self.listener = Listener(self._url, self.line, self.node)
                nursery.start_soon(self._keep_listening, self.listener)
            self._up.set()
            await self._end.wait()
            nursery.cancel_scope.cancel()
        await aio(self.line.close)

    async def restart_listener(self) -> None:
        """As its supervisor does it. To be awaited in Trio."""
        self._again = trio.Event()
        self._listening.cancel()
        await self._again.wait()

    async def _keep_listening(self, listener: Listener) -> None:
        while True:
            with trio.CancelScope() as self._listening:
                await listener.serve_orders(Life("oncall", self.started.set))
            self._again.set()


def eventually(holds: Callable[[], Any], what: str = "it did not come to pass") -> Any:
    """Wait until something holds; its value."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (value := holds()):
        assert time.monotonic() < deadline, what
        time.sleep(0.01)
    return value


if __name__ == "__main__":
    # A process of its own, for the tests that stop and kill one.
    arguments = json.loads(sys.argv[1])
    fake_process = FakeProcess(arguments["url"], arguments["name"], chats=Chats({"shop:1": 1}))
    fake_process.started.wait()
    print("listening", flush=True)
    sys.stdin.read()
    print(json.dumps(fake_process.tree.told), flush=True)
    fake_process.close()
