"""What the console shows, anew every second: asked once, however many look on, and not at all while none do.

Each part stands for itself: where a store is down, the tree and the rates are still there, and the parts that
could not be had say why. That is when on-call looks.
"""

from collections.abc import Awaitable, Callable
from time import time
from typing import Any, Literal

import trio
from structlog import get_logger

from actors.runtime.bridge import BridgeClosedError, aio
from ingress.plain import plain
from ingress.rates import Point, Rates
from storage.errors import StoreError
from storage.words import words
from supervisors.oncall.desk import OnCall
from supervisors.oncall.errors import OnCallError

log = get_logger("mailroom.console")

By = Literal["depth", "age"]

FRESH_SECONDS = 0.9
"""How long an answer serves all who look on; less than the beat of a stream, so that each beat has news."""
PART_SECONDS = 3.0
"""A part that takes longer is left out this time."""
TOP_MOST = 20
TARGETS_MOST = 200
"""Suspensions sent every second; the rest are shown on demand."""


class Part:
    """One part of what is shown, with its last answer and what kept it from being answered."""

    def __init__(self, name: str, ask: Callable[[], Awaitable[object]]) -> None:
        self._name = name
        self._ask = ask
        self._lock = trio.Lock()
        self._asked = float("-inf")
        self.value: Any = None
        self.fault = ""

    async def refresh(self) -> None:
        """Ask, unless it was asked just now."""
        async with self._lock:
            if trio.current_time() - self._asked < FRESH_SECONDS:
                return
            self._asked = trio.current_time()
            try:
                with trio.fail_after(PART_SECONDS):
                    self.value = plain(await aio(self._ask))
                self.fault = ""
            except (OnCallError, StoreError, BridgeClosedError) as error:
                self.fault = str(error)
            except trio.TooSlowError:
                self.fault = f"no answer within {PART_SECONDS:.0f} s"
            except Exception as error:  # whatever breaks in one part, the others are still shown
                self.fault = words(error)
                log.exception("console_part_failed", part=self._name)


class Feed:
    """The parts, together."""

    def __init__(self, desk: OnCall, rates: Rates) -> None:
        async def top(by: By) -> object:
            return await desk.top(by, TOP_MOST)

        async def suspensions() -> object:
            return (await desk.suspensions())[:TARGETS_MOST]

        self._rates = rates
        self._measured = float("-inf")
        self._point: Point | None = None
        self._parts = {
            "tree": Part("tree", desk.tree),
            "totals": Part("totals", desk.totals),
            "suspensions": Part("suspensions", suspensions),
        }
        self._top = {
            "depth": Part("chats", lambda: top("depth")),
            "age": Part("chats", lambda: top("age")),
        }

    async def news(self, by: By) -> dict[str, Any]:
        """Everything as it is now; `rates` is the newest point, None where there is none yet."""
        parts = {**self._parts, "chats": self._top[by]}
        async with trio.open_nursery() as nursery:
            for part in parts.values():
                nursery.start_soon(part.refresh)
        at_ms = int(time() * 1000)
        if trio.current_time() - self._measured >= FRESH_SECONDS:
            self._measured = trio.current_time()
            self._point = self._rates.measure(self._measured, at_ms)
        return {
            "at_ms": at_ms,
            "by": by,
            **{name: part.value for name, part in parts.items()},
            "rates": plain(self._point),
            "faults": {name: part.fault for name, part in parts.items() if part.fault},
        }

    def history(self) -> list[Any]:
        """The rates of the last minutes, as far as somebody looked on."""
        return [plain(point) for point in self._rates.points]
