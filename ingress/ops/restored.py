"""`/ops/restored`: stores that went back, as JSON over HTTP; a router like the rest of `/ops`."""

from functools import partial

from quart import Blueprint, Response

from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.detached import Detached
from mailroom.ingress.ops.answers import body, by, finished, shown
from mailroom.ingress.ops.asked import Reasoned
from mailroom.supervisors.oncall.oncall import OnCall


class Go(Reasoned):
    """Go on, also where a gateway has not been asked yet."""

    unasked: bool = False


def add_restored(ops: Blueprint, oncall: OnCall, detached: Detached) -> None:
    """Build the routes."""

    @ops.get("/restored")
    async def restored() -> Response:
        """Whether the stores fit together; what went back, and what the gateways say."""
        return shown(await aio(oncall.restored.state))

    @ops.post("/restored/go")
    async def go() -> Response:
        """Let chats and jobs go on after a store went back. Body: why, unasked? (false)."""
        asked = await body(Go)
        return await finished(detached, partial(oncall.restored.go_on, by(asked), unasked=asked.unasked))
