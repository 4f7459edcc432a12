"""What a room's calls raise that ask for what it may use.

`ops/docs/from-mailroom.md` says what each name is for. Nothing within imports from here.
"""

from mailroom.actors.uses.cpu import CpuBrokenError, CpuBusyError, CpuError
from mailroom.actors.uses.lease import LeaseError, LeaseHeldError, LeaseLostError
from mailroom.actors.uses.limiter import LimitedError

__all__ = [
    "CpuBrokenError", "CpuBusyError", "CpuError", "LeaseError", "LeaseHeldError", "LeaseLostError",
    "LimitedError",
]  # fmt: skip
