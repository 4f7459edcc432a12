"""The desk of on-call: what needs it (`attention`), what can be seen (`looking`, `past`), what can be done to
what runs (`acting`), to messages that failed for good (`letters`), to jobs (`jobs`), to the dead of both
(`dead`), to lost payments (`payments`), to periodic work (`periodic`), and to stores that went back
(`restored`); the same for all three doors.

Awaited on the asyncio side, in any process; a command line needs nothing but a line to Redis, and Postgres
only where it is about jobs.
"""

from mailroom.supervisors.oncall.acting import Acting
from mailroom.supervisors.oncall.attention import Attention
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.past import LookingBack
from mailroom.supervisors.oncall.payments import Payments
from mailroom.supervisors.oncall.periodic import PeriodicWork
from mailroom.supervisors.oncall.restored import Restored

__all__ = ["OnCall", "OnCallError", "UnknownTargetError"]


class OnCall(Attention, LookingBack, Acting, PeriodicWork, Payments, Restored):
    """All of it. Calls may raise `OnCallError`, and `StoreError` where Redis does not answer.

    `local` is the process we are in: it is asked directly, also while Redis is away. `database` is the pool
    of Postgres, or what opens one when jobs are asked for first; without it everything else works.
    """
