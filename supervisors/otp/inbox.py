"""What lies in a supervisor's inbox besides requests (`admin.py`), and how its loop is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailroom.supervisors.otp.child import Running
    from mailroom.supervisors.otp.record import Child


class End(Exception):  # noqa: N818 - it leaves the loop
    """The supervisor ends, and raises `outcome` once its children are stopped."""

    def __init__(self, outcome: Exception) -> None:
        self.outcome = outcome


class Exited:
    """A child's task has ended."""

    def __init__(self, child: Child, running: Running) -> None:
        self.child = child
        self.running = running


class Again:
    """A restart that was put off is due; void when the child was started or stopped since."""

    def __init__(self, child: Child, *, counted: bool) -> None:
        self.child = child
        self.counted = counted


def is_to_be_tried(child: Child) -> bool:
    """As in OTP, any retry that is due serves, also that of an earlier failure."""
    return isinstance(child.again, Again) and not child.again.counted
