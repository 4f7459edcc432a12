"""What the console shows, anew every second: asked once, however many look on, and not at all while none do.

Each part stands for itself: where a store is down, the tree and the rates are still there, and the parts that
could not be had say why. That is when on-call looks.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from time import time
from typing import Any, Literal, get_args

import trio
from structlog import get_logger

from mailroom.actors.runtime.bridge import BridgeClosedError, aio
from mailroom.ingress.ops.plain import plain
from mailroom.storage.errors import StoreError
from mailroom.storage.words import words
from mailroom.supervisors.oncall.attention import PART_SECONDS, too_slow
from mailroom.supervisors.oncall.errors import OnCallError
from mailroom.supervisors.oncall.need import Seen, concerns
from mailroom.supervisors.oncall.oncall import OnCall

log = get_logger("mailroom.console")

By = Literal["depth", "age"]

FRESH_SECONDS = 0.9
"""How long an answer serves all who look on; less than the beat of a stream, so that each beat has news."""
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
        """As on-call's function gave it."""
        self.fault = ""

    async def refresh(self) -> None:
        """Ask, unless it was asked just now."""
        async with self._lock:
            if trio.current_time() - self._asked < FRESH_SECONDS:
                return
            self._asked = trio.current_time()
            try:
                with trio.fail_after(PART_SECONDS):
                    self.value = await aio(self._ask)
                self.fault = ""
            except (OnCallError, StoreError, BridgeClosedError) as error:
                self.fault = str(error)
            except trio.TooSlowError:
                self.fault = too_slow(self._name)
            except Exception as error:  # whatever breaks in one part, the others are still shown
                self.fault = words(error)
                log.exception("console_part_failed", part=self._name)


@dataclass(frozen=True, slots=True)
class Order:
    """Which chats are shown first, and whether those too that somebody has suspended."""

    by: By = "depth"
    suspended_too: bool = False


class Feed:
    """The parts, together."""

    def __init__(self, oncall: OnCall) -> None:
        async def top(order: Order) -> object:
            return await oncall.look.top(order.by, TOP_MOST, suspended_too=order.suspended_too)

        self._parts = {
            "processes": Part("processes", oncall.look.tree),
            "missed": Part("missed", oncall.attention.missed),
            "totals": Part("totals", oncall.dead.totals),
            "suspensions": Part("suspensions", oncall.look.suspensions),
            "waits": Part("waits", oncall.attention.long_waits),
            "jobs": Part("jobs", oncall.attention.jobs_in_need),
        }
        self._top = {
            order: Part("chats", partial(top, order))
            for order in (Order(by, too) for by in get_args(By) for too in (False, True))
        }

    async def news(self, order: Order) -> dict[str, Any]:
        """Everything as it is now, what needs on-call first of all."""
        chats = self._top[order]
        async with trio.open_nursery() as nursery:
            for part in (*self._parts.values(), chats):
                nursery.start_soon(part.refresh)
        faults = {name: part.fault for name, part in self._parts.items() if part.fault}
        seen = {name: part.value for name, part in self._parts.items() if name not in faults}
        suspensions = self._parts["suspensions"].value or []
        return {
            "at_ms": int(time() * 1000),
            "by": order.by,
            "concerns": plain(concerns(Seen(**seen, faults=faults))),
            "tree": plain(self._parts["processes"].value),
            "totals": plain(self._parts["totals"].value),
            "suspensions": plain(suspensions[:TARGETS_MOST]),
            "suspended": len(suspensions),
            "chats": plain(chats.value),
            "faults": {**faults, **({"chats": chats.fault} if chats.fault else {})},
        }
