"""The desk of on-call: what can be seen (`looking`), what can be done to what runs (`acting`) and to messages
that failed for good (`letters`); the same for all three doors.

Awaited on the asyncio side, in any process; a command line needs nothing but a line to Redis.
"""

from supervisors.oncall.acting import Acting
from supervisors.oncall.errors import OnCallError, UnknownTargetError
from supervisors.oncall.letters import Letters
from supervisors.oncall.looking import Looking

__all__ = ["OnCall", "OnCallError", "UnknownTargetError"]


class OnCall(Looking, Acting, Letters):
    """All of it. Calls may raise `OnCallError`, and `StoreError` where Redis does not answer.

    `local` is the process we are in: it is asked directly, also while Redis is away.
    """
