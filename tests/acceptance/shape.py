"""The shapes an installation comes in: everything in one process, or a process for each side of it.

What is promised holds in every shape, so a suite is written against an `Installation` and runs in each.
"""

import itertools
import signal
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.processes import READY_SECONDS_MAX, Process, free_port, wait_until

SERVERS = ("up", "web")
HOSTS = ("up", "worker")


@dataclass(frozen=True)
class Shape:
    """How many processes there are, by the command that starts each, a server first."""

    name: str
    commands: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


TOGETHER = Shape("together", ("up",))
APART = Shape("apart", ("web", "worker"))
"""As in the Procfile."""
SHAPES = (TOGETHER, APART)
TWO_WEBS = Shape("two_webs", ("web", "web", "worker"))
UP_AND_WEB = Shape("up_and_web", ("up", "web"))


def in_shapes(*shapes: Shape) -> pytest.MarkDecorator:
    """Run a test in these shapes only, because the others would show nothing more."""
    return pytest.mark.parametrize("shape", shapes, ids=str, indirect=True)


def usually_in(only: Shape) -> pytest.MarkDecorator:
    """Run a test in this shape, and in the others among the long tests: for what costs much and is not about
    the order of messages.
    """
    shapes = [pytest.param(one, marks=() if one is only else pytest.mark.long, id=str(one)) for one in SHAPES]
    return pytest.mark.parametrize("shape", shapes, indirect=True)


class Program(Process):
    """One process of an installation. Its command is named as `mailroom` names it: `up` and `web` listen on
    the port, a `worker` shows nothing there but its metrics.
    """

    def __init__(
        self, name: str, command: list[str], folder: Path, env: Mapping[str, str], *, ready: str
    ) -> None:
        self.name = name
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        port = {"MAILROOM_METRICS_PORT" if name == "worker" else "PORT": str(self.port)}
        super().__init__(command, folder / f"{name}-{self.port}.log", {**env, **port})
        self._ready = ready

    def start_and_wait(self) -> None:
        self.start(self._ready)

    def wait_until_ready(self) -> None:
        self.wait_for(self._ready)

    @property
    def alive(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def wait_until_dead(self) -> int:
        """Wait for its end, which it brings about itself; returns the exit code."""
        assert self.child is not None
        return self.child.wait(READY_SECONDS_MAX)

    def metrics(self) -> list[str]:
        """The lines of its `/metrics`."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=20) as answer:
            return answer.read().decode().splitlines()  # type: ignore[no-any-return]


class Installation:
    """The processes of one installation. What is asked of it is asked of all of them; its address is that of
    the first server.
    """

    def __init__(self, shape: Shape, make: Callable[[str], Program]) -> None:
        self.shape = shape
        self.processes = [make(command) for command in shape.commands]
        self.servers = [one for one in self.processes if one.name in SERVERS]
        """Those that take messages in."""
        self.hosts = [one for one in self.processes if one.name in HOSTS]
        """Those that handle them."""

    @property
    def port(self) -> int:
        return self.servers[0].port

    @property
    def url(self) -> str:
        return self.servers[0].url

    @property
    def alive(self) -> bool:
        """Whether every process is."""
        return all(one.alive for one in self.processes)

    @property
    def pids(self) -> list[int]:
        return [one.child.pid for one in self.processes if one.child is not None]

    def start_and_wait(self) -> None:
        """Start what does not run."""
        starting = [one for one in self.processes if not one.alive]
        for one in starting:
            one.launch()
        for one in starting:
            one.wait_until_ready()

    def kill(self) -> None:
        for one in self.processes:
            one.kill()

    def terminate(self) -> list[int]:
        """Ask all to stop, as every platform does before an update; gives their exit codes."""
        for one in self.processes:
            one.signal(signal.SIGTERM)
        # Once: a second SIGTERM gives up on the drain, and one that comes behind it kills.
        return [one.wait_until_dead() for one in self.processes]

    def victims(self) -> Iterator[list[Program]]:
        """Whom to kill, again and again: all at once, and where there are several, each of them alone."""
        every = [self.processes]
        if len(self.processes) > 1:
            every += [[one] for one in reversed(self.processes)]
        return itertools.cycle(every)

    def said(self) -> str:
        """What all have said since they were started last."""
        return "\n".join(one.said() for one in self.processes if one.child is not None)

    def wait_for(self, words: str) -> None:
        """Wait until one of them has said these words."""
        wait_until(lambda: words in self.said(), f"{words!r} of any process")

    def metrics(self) -> list[str]:
        """The lines of every `/metrics`."""
        return [line for one in self.processes for line in one.metrics()]
