"""What a supervisor keeps of each child, and what a whole tree of supervisors shares."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Literal

from mailroom.storage.words import traceback_of
from mailroom.supervisors.otp.errors import GaveUp
from mailroom.supervisors.otp.trace import Tracer, ignore_events

if TYPE_CHECKING:
    from mailroom.supervisors.otp.child import Reason, Running
    from mailroom.supervisors.otp.spec import ChildSpec

ChildState = Literal[
    "starting", "running", "restarting", "stopping", "stopped", "suspended", "parked", "stuck"
]


def _wall_ms() -> int:
    return int(time.time() * 1000)


@dataclass(slots=True)
class Surroundings:
    """What all supervisors of a tree share. `is_held` says which paths on-call has put aside, `on_park` is
    told of what a supervisor puts aside itself (E2).
    """

    tracer: Tracer = ignore_events
    is_held: Callable[[str], bool] = lambda _path: False
    on_park: Callable[[str, str], None] = lambda _path, _why: None
    random: Random = field(default_factory=Random)
    wall_ms: Callable[[], int] = _wall_ms


class Child:
    """One child of a supervisor: its spec, and how it fares."""

    def __init__(self, spec: ChildSpec, path: str) -> None:
        self.spec = spec
        self.path = path
        self.state: ChildState = "stopped"
        self.running: Running | None = None
        """Its present start; None while there is none."""
        self.stuck: Running | None = None
        """A former start that could not be ended."""
        self.info: object = None
        self.restarts = 0
        self.failures = 0
        """Restarts in a row without a stable time between them."""
        self.error: BaseException | None = None
        """The last one, also when it is long over."""
        self.traceback = ""
        self.error_ms = 0
        self.next_start_at = 0.0
        self.again: object | None = None
        """The restart that is due later, if one is."""
        self.start_when_freed = False
        self.patience_seconds: float | None = None
        """How long it may take to end this time, instead of what its spec says."""

    @property
    def traps_exit(self) -> bool:
        """Whether it ends by itself when asked. A supervisor does: it has children to stop."""
        return self.spec.traps_exit or self.spec.supervise is not None

    def remember(self, reason: Reason, now_ms: int) -> None:
        """Keep the last error for whoever asks later."""
        if reason.error is None or not (reason.kind == "crash" or isinstance(reason.error, GaveUp)):
            return
        self.error, self.error_ms = reason.error, now_ms
        self.traceback = traceback_of(reason.error)
