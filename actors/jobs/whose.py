"""Whose a job is that was enqueued by a name from when all bots shared their queues."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from pydantic_core import from_json

from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.queue import DOT, bot_of
from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.outbox.renamed import Old, Whose

Asked = Callable[[Connection, str, Mapping[str, object]], Awaitable[str | None]]
"""What somebody says of a job, by its name and what it carries: which bot's it is, if he knows. Rooms do of
their things, and the platform of payments.
"""


def whose_of(queues: Mapping[str, Sequence[Handlers]], asked: Sequence[Asked]) -> Whose:
    """The queue for a job: that of the bot whose chat it came from, whom it names, or whom somebody knows;
    else the first that could do it, and last of all the first, where it dies for on-call to see. A bot that
    somebody knows and nobody has here any more is waited for in the queue that it had. `queues` are those
    that have taken over, by the old name.
    """

    async def whose(connection: Connection, old_name: str, job: Old) -> str:
        its = {bot_of(one.queue): one for one in queues[old_name]}
        carried = _read(job.payload)
        if job.bot in its:
            return its[job.bot].queue
        named = carried.get("bot")
        if isinstance(named, str) and named in its:
            return its[named].queue
        absent = None
        for ask in asked:
            bot = await ask(connection, job.name, carried)
            if bot is not None and bot in its:
                return its[bot].queue
            absent = absent or bot
        if absent:
            return f"{absent}{DOT}{old_name}"
        able = [one for one in queues[old_name] if one.find(job.name) is not None]
        return (able or queues[old_name])[0].queue

    return whose


def _read(payload: str) -> Mapping[str, object]:
    try:
        found = from_json(payload)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
