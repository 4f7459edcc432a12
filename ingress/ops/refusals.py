"""What is refused to somebody, who is let in and asks for what is not theirs: written to the audit."""

from quart import jsonify, request
from quart.typing import ResponseReturnValue

from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.allowance import Allowance
from mailroom.ingress.ops.asker import Asker, NotAllowedError, asker
from mailroom.supervisors.oncall.oncall import OnCall
from mailroom.supervisors.oncall.reports import By

REFUSALS_MAX = 300
"""Of one person, at once and in `REFUSALS_SECONDS` from then on: the audit forgets the oldest line with each
new one, and nobody is to fill it with theirs.
"""
REFUSALS_SECONDS = 3600.0


class Refusals:
    """Answers what is refused, with whoever it is in the audit."""

    def __init__(self, oncall: OnCall, allowance: Allowance) -> None:
        self._oncall = oncall
        self._allowance = allowance

    async def answer(self, error: NotAllowedError) -> ResponseReturnValue:
        """403 with a sentence; 429 where there were too many already, which are not written down."""
        one = asker()
        wait = await aio(self._write_down, one, f"{request.method} {request.path}", str(error))
        if wait > 0:
            words = "too much was refused to you already: wait, or ask whoever is on call what is yours"
            return jsonify(error=words), 429, {"Retry-After": str(int(wait) + 1)}
        return jsonify(error=f"{error}."), 403

    async def _write_down(self, one: Asker, what: str, why: str) -> float:
        wait = await self._allowance.take(
            "console_refusals", one.person or one.who, most=REFUSALS_MAX, seconds=REFUSALS_SECONDS
        )
        if wait == 0:
            await self._oncall.refused(By(one.who, why), what)
        return wait
