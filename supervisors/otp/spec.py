"""What one writes down of a supervisor and its children; refused at once when it makes no sense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from mailroom.supervisors.otp.child import Start

Strategy = Literal["one_for_one", "one_for_all", "rest_for_one"]
Restart = Literal["permanent", "transient", "temporary"]
AutoShutdown = Literal["never", "any_significant", "all_significant"]

WORKER_SHUTDOWN_SECONDS = 5.0
"""OTP's default for workers; supervisors have all the time their children need."""


class SpecError(ValueError):
    """A child spec or a supervisor's flags make no sense; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """E1: how long to wait before a restart. `min_seconds` doubles with each restart, up to `max_seconds`; a
    child that stays up for `stable_seconds` starts over. `jitter` is the share of the pause that is random.
    """

    min_seconds: float
    max_seconds: float
    stable_seconds: float = 60.0
    jitter: float = 0.2


@dataclass(frozen=True, slots=True)
class SupervisorSpec:
    """A supervisor: what becomes of the others when a child crashes, and how often that may happen.

    It gives up when more than `intensity` restarts fall within `period` seconds. With `give_up="park"` (E2)
    it stops and shows the child that crashed last instead of itself, until on-call resumes it.
    """

    children: tuple[ChildSpec, ...] = ()
    strategy: Strategy = "one_for_one"
    intensity: int = 1
    period: int = 5
    auto_shutdown: AutoShutdown = "never"
    backoff: Backoff | None = None
    give_up: Literal["escalate", "park"] = "escalate"

    def __post_init__(self) -> None:
        _one_of("strategy", self.strategy, Strategy)
        _one_of("auto_shutdown", self.auto_shutdown, AutoShutdown)
        if not _is_int(self.intensity) or self.intensity < 0:
            raise SpecError(f"intensity must be a whole number of 0 or more, not {self.intensity!r}")
        if not _is_int(self.period) or self.period <= 0:
            raise SpecError(f"period must be a whole number of seconds above 0, not {self.period!r}")
        seen: set[str] = set()
        for child in self.children:
            if child.id in seen:
                raise SpecError(f"two children have the id {child.id}")
            seen.add(child.id)
            check_child(child, self.auto_shutdown)
        if self.give_up == "park" and self.strategy != "one_for_one":
            raise SpecError("give_up: only a child that others do not stand on can be parked (one_for_one)")


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """One child: a worker with `start`, or a supervisor with `supervise`.

    `shutdown` is how many seconds it has to end when asked to, "infinity" or "brutal_kill"; None means OTP's
    default for its type. `traps_exit`: it is asked by `life.stopping`, and not cancelled before its time is
    up.
    """

    id: str
    start: Start | None = None
    supervise: SupervisorSpec | None = None
    restart: Restart = "permanent"
    shutdown: float | Literal["infinity", "brutal_kill"] | None = None
    significant: bool = False
    traps_exit: bool = False

    def __post_init__(self) -> None:
        if not self.id or "/" in self.id:
            raise SpecError(f"a child's id must be a word without a slash, not {self.id!r}")
        if (self.start is None) == (self.supervise is None):
            raise SpecError(f"{self.id}: a child has either start or supervise")
        _one_of(f"{self.id}: restart", self.restart, Restart)
        limit = self.shutdown
        if isinstance(limit, str):
            _one_of(f"{self.id}: shutdown", limit, Literal["infinity", "brutal_kill"])
        elif limit is not None and (isinstance(limit, bool) or limit < 0):
            raise SpecError(f"{self.id}: shutdown must be 0 seconds or more, infinity or brutal_kill")

    @property
    def type(self) -> Literal["worker", "supervisor"]:
        """What OTP calls the child's type."""
        return "worker" if self.supervise is None else "supervisor"

    @property
    def shutdown_limit(self) -> float | Literal["infinity", "brutal_kill"]:
        """`shutdown`, with the default of the child's type put in."""
        if self.shutdown is not None:
            return self.shutdown
        return WORKER_SHUTDOWN_SECONDS if self.supervise is None else "infinity"


def check_child(child: ChildSpec, auto_shutdown: AutoShutdown) -> None:
    """Refuse a significant child where it could never matter (OTP: at init and at start_child)."""
    if not child.significant:
        return
    if auto_shutdown == "never":
        raise SpecError(f"{child.id}: significant means nothing where auto_shutdown is never")
    if child.restart == "permanent":
        raise SpecError(f"{child.id}: a permanent child cannot be significant")


def _one_of(name: str, value: object, allowed: object) -> None:
    words = get_args(allowed)
    if value not in words:
        raise SpecError(f"{name} must be one of {', '.join(words)}, not {value!r}")


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
