"""`/ops/people`: who is logged in at the console, as JSON over HTTP; a router like the rest of `/ops`."""

from functools import partial

from quart import Blueprint, Response

from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.detached import Detached
from mailroom.ingress.ops.answers import body, by, finished, shown
from mailroom.ingress.ops.asked import Reasoned
from mailroom.supervisors.oncall.oncall import OnCall


def add_people(ops: Blueprint, oncall: OnCall, detached: Detached) -> None:
    """Build the routes."""

    @ops.get("/people")
    async def people() -> Response:
        """People who are logged in at the console by a link of their bot, who came last first."""
        return shown(await aio(oncall.people.logged_in))

    @ops.post("/people/<person>/out")
    async def log_out(person: str) -> Response:
        """Log somebody out everywhere, written tg:7001. Body: why."""
        asked = await body(Reasoned)
        return await finished(detached, partial(oncall.people.log_out, person, by(asked)))
