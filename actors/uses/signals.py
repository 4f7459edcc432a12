"""That something has changed, told to whoever shows it: in this process at once, in the others over the air.

A signal says no more than its name. It is lost where nobody listens, where a store is away, and where there
are too many of them; so whoever listens also looks by itself now and then, and a lost one costs that wait.
Each process listens over one connection, opened when the first of its listeners comes, for all of them.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from secrets import token_hex
from typing import Protocol

from prometheus_client import Counter
from structlog import get_logger

from mailroom.actors.metrics import child
from mailroom.storage.errors import StoreError

log = get_logger("mailroom.signals")

NAME = re.compile(r"[\w.:-]{1,64}")
NAMES_MAX = 32
"""That one listener waits for."""
GATHERED_SECONDS = 0.05
"""Between two calls: what is signalled meanwhile goes out together, and each name once."""
GATHERED_MAX = 1_000
"""Names in a call, some tens of kilobytes; those past it are not told to other processes."""
LISTEN_AGAIN_SECONDS = 1.0

SIGNALS = Counter("mailroom_signals_total", "Signals of rooms to whoever looks on, by outcome", ["outcome"])


class Air(Protocol):
    """What all processes hear (`storage/redis/air.py`)."""

    async def call(self, words: str) -> None:
        """Call out to all who listen."""

    async def listen(self, heard: Callable[[str], None], listening: Callable[[], None]) -> None:
        """Listen until the connection is lost."""


class Listening:
    """Who waits for some signals, from when it was made: one that comes between two waits ends the next."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def wake(self) -> None:
        """End the wait, or the next one."""
        self._event.set()

    async def wait(self, seconds: float) -> bool:
        """Wait for a signal. True if there was one since the last call, False after these seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


class Signals:
    """All signals of a process. Without the `air` nobody else hears of them. Used from the asyncio side."""

    def __init__(self, air: Air | None = None) -> None:
        self._air = air
        self._me = token_hex(8)
        self._listening: defaultdict[str, set[Listening]] = defaultdict(set)
        self._asked: set[str] = set()
        self._calling: asyncio.Task[None] | None = None
        self._hearing: asyncio.Task[None] | None = None

    def give(self, whose: str, name: str) -> None:
        """Wake all who wait for this name of `whose`. Raises `ValueError` for what is no name."""
        signal = _signal(whose, name)
        self._wake((signal,))
        if self._air is None:
            return
        if len(self._asked) >= GATHERED_MAX and signal not in self._asked:
            child(SIGNALS, "dropped").inc()
            return
        self._asked.add(signal)
        if self._calling is None:
            self._calling = asyncio.create_task(self._call(self._air), name="call out signals")

    @contextmanager
    def listen(self, whose: str, names: Iterable[str]) -> Iterator[Listening]:
        """Listen for these names of `whose`, until the end of the block. Raises `ValueError` for what is no
        name, and for too many.
        """
        signals = {_signal(whose, name) for name in names}
        if len(signals) > NAMES_MAX:
            raise ValueError(f"{len(signals)} signals are to be waited for, and {NAMES_MAX} may")
        if self._air is not None and self._hearing is None:
            self._hearing = asyncio.create_task(self._hear(self._air), name="hear signals")
        listening = Listening()
        for signal in signals:
            self._listening[signal].add(listening)
        try:
            yield listening
        finally:
            for signal in signals:
                self._listening[signal].discard(listening)
                if not self._listening[signal]:
                    del self._listening[signal]

    async def close(self) -> None:
        """Listen and call no more."""
        tasks = [task for task in (self._calling, self._hearing) if task is not None]
        self._calling = self._hearing = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _wake(self, signals: Iterable[str]) -> None:
        for signal in signals:
            for listening in self._listening.get(signal, ()):
                listening.wake()

    async def _call(self, air: Air) -> None:
        try:
            while self._asked:
                asked, self._asked = sorted(self._asked), set()
                try:
                    await air.call("\n".join((self._me, *asked)))
                    child(SIGNALS, "called").inc(len(asked))
                except StoreError as error:
                    child(SIGNALS, "lost").inc(len(asked))
                    log.warning("signals_not_called", why=str(error))
                await asyncio.sleep(GATHERED_SECONDS)
        finally:
            self._calling = None

    async def _hear(self, air: Air) -> None:
        said = False

        def listening() -> None:
            nonlocal said
            said = False
            self._wake(list(self._listening))  # what was called while nobody listened is not known

        while True:
            try:
                await air.listen(self._heard, listening)
            except StoreError as error:
                if not said:
                    log.warning("signals_not_heard", why=str(error), note="whoever looks on looks by itself")
                said = True
            await asyncio.sleep(LISTEN_AGAIN_SECONDS)

    def _heard(self, words: str) -> None:
        who, *signals = words.split("\n")
        if who != self._me:
            child(SIGNALS, "heard").inc(len(signals))
            self._wake(signals)


class RoomSignals:
    """The signals of one bot: no other's has the same name."""

    def __init__(self, signals: Signals, bot: str) -> None:
        self._signals = signals
        self._bot = bot

    def give(self, name: str) -> None:
        """Wake all who listen for this name, in all processes: after the commit of what has changed. Raises
        `ValueError` for what is no name.
        """
        self._signals.give(self._bot, name)

    @contextmanager
    def listen(self, *names: str) -> Iterator[Listening]:
        """Listen until the end of the block: `with room.signals.listen("stock") as heard:` look, then
        `await heard.wait(seconds)`, and look again. Raises `ValueError` for what is no name, and for more
        than 32.
        """
        with self._signals.listen(self._bot, names) as listening:
            yield listening


def _signal(whose: str, name: str) -> str:
    if NAME.fullmatch(name) is None:
        raise ValueError(f"no name of a signal: {name[:80]!r}; it is up to 64 letters, digits and . : _ -")
    return f"{whose}/{name}"
