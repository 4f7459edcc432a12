"""`/ops/outbox`: jobs and their queues, as JSON over HTTP; a router like the rest of `/ops`."""

from functools import partial

from quart import Blueprint, Response

from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.detached import Detached
from mailroom.ingress.ops.answers import body, by, finished, query, shown
from mailroom.ingress.ops.asked import Edit, Reasoned
from mailroom.ingress.ops.asked_outbox import JobBulk, JobQuery
from mailroom.supervisors.oncall.oncall import OnCall


def add_outbox(ops: Blueprint, oncall: OnCall, detached: Detached) -> None:
    """Build the routes."""
    _add_views(ops, oncall)
    _add_actions(ops, oncall, detached)


def _add_views(ops: Blueprint, oncall: OnCall) -> None:
    @ops.get("/outbox")
    async def jobs() -> Response:
        """Jobs, newest first: ?queue= &state= &name= &key= &chat= &error= &trace= &since_ms= &most=50."""
        asked = query(JobQuery)
        return shown(await aio(oncall.jobs.find, asked.wanted, asked.most))

    @ops.get("/outbox/queues")
    async def queues() -> Response:
        """How many jobs by queue and state, how old the oldest is, what is paused, by whom and why."""
        return shown(await aio(oncall.jobs.queues))

    @ops.get("/outbox/<id>")
    async def job(id: str) -> Response:  # noqa: A002 - the name in the route
        """One job, with its payload and all that happened to it."""
        return shown(await aio(oncall.jobs.show, id))


def _add_actions(ops: Blueprint, oncall: OnCall, detached: Detached) -> None:
    done = partial(finished, detached)

    @ops.post("/outbox/retry")
    async def retry_jobs() -> Response:
        """Run jobs again now, from their first attempt. Body: ids or filter (the dead ones), why."""
        asked = await body(JobBulk)
        return await done(partial(oncall.jobs.retry, asked.which, by(asked)))

    @ops.post("/outbox/drop")
    async def drop_jobs() -> Response:
        """Throw jobs away for good. Body: ids or filter (the dead ones), why."""
        asked = await body(JobBulk)
        return await done(partial(oncall.jobs.drop, asked.which, by(asked)))

    @ops.put("/outbox/<id>")
    async def edit_job(id: str) -> Response:  # noqa: A002 - the name in the route
        """Replace the payload of a job that nobody is working on. Body: payload (text or JSON), why."""
        asked = await body(Edit)
        return await done(partial(oncall.jobs.edit, id, asked.text, by(asked)))

    @ops.post("/outbox/queues/<queue>/pause")
    async def pause_queue(queue: str) -> Response:
        """Have nobody take jobs of a queue until it is resumed; they wait. Body: why."""
        asked = await body(Reasoned)
        return await done(partial(oncall.jobs.pause, queue, by(asked)))

    @ops.post("/outbox/queues/<queue>/resume")
    async def resume_queue(queue: str) -> Response:
        """Let a paused queue go on. Body: why."""
        asked = await body(Reasoned)
        return await done(partial(oncall.jobs.resume, queue, by(asked)))
