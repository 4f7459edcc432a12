"""`/ops/periodic`: what is done again and again, as JSON over HTTP; a router like the rest of `/ops`."""

from functools import partial

from quart import Blueprint, Response

from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.detached import Detached
from mailroom.ingress.ops.answers import body, by, finished, shown
from mailroom.ingress.ops.asked import Reasoned
from mailroom.supervisors.oncall.oncall import OnCall


def add_periodic(ops: Blueprint, oncall: OnCall, detached: Detached) -> None:
    """Build the routes."""

    @ops.get("/periodic")
    async def periodic() -> Response:
        """Periodic work: when each ran, what came of it, when it runs next, by how much it is late."""
        return shown(await aio(oncall.periodic.works))

    @ops.post("/periodic/<name>/run")
    async def run_periodic(name: str) -> Response:
        """Run a periodic work now, once; not beside a run that is under way. Body: why."""
        asked = await body(Reasoned)
        return await finished(detached, partial(oncall.periodic.run, name, by(asked)))
