"""What a supervisor tells of its work: for the log, the metrics, and the tests that compare it with OTP."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "starting",
    "started",
    "ignored",
    "start_failed",
    "exited",  # a child ended that nobody had asked to
    "stopped",  # a child ended because its supervisor asked it to
    "stuck",  # a child was asked, then killed, and lives
    "restarting",  # a child is about to be started again, now or at a moment
    "suspended",
    "resumed",
    "parked",
    "gave_up",
]


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to the child `child` of the supervisor at `path`. `at` is Trio's clock, `seconds`
    the pause before a restart.
    """

    kind: Kind
    path: str
    child: str
    reason: str = ""
    at: float = 0.0
    seconds: float = 0.0
    error: BaseException | None = None


Tracer = Callable[[Event], None]


def ignore_events(_event: Event) -> None:
    """The tracer of a supervisor that nobody listens to."""
