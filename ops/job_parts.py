"""The parts of a process that work jobs: its queues, and what runs beside them."""

from collections.abc import Mapping
from functools import partial

import trio
from structlog import get_logger

from mailroom.actors.broadcast.part import BroadcastPart
from mailroom.actors.jobs.actor import job_life
from mailroom.actors.jobs.context import Services
from mailroom.actors.jobs.every import Every
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.queue import took_over
from mailroom.actors.jobs.whose import whose_of
from mailroom.actors.jobs.worker import POLL_SECONDS
from mailroom.actors.paying.kinds import LIST, RECONCILE, ListPayments, Reconcile
from mailroom.actors.paying.whose_job import bot_of_payment
from mailroom.actors.runtime.bridge import aio
from mailroom.ops.outbox import Outbox
from mailroom.ops.process import Process
from mailroom.ops.queues import all_queues
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.outbox.listen import CannotListenError
from mailroom.storage.postgres.outbox.prune import prune
from mailroom.storage.postgres.room_events import prune as prune_events
from mailroom.supervisors.moving_jobs import MovingJobs
from mailroom.supervisors.otp.child import Life, Start
from mailroom.supervisors.periodic import Periodic

log = get_logger("mailroom.outbox")

LISTEN_AGAIN_SECONDS = 1.0
"""The pause after the connection that listens was lost. Meanwhile the queues look by themselves."""
DEAF_SECONDS = 60.0
"""How often to look whether a pooler that lets no LISTEN through is still there."""
PRUNE_SECONDS = 2.0
"""Deleted jobs take room until then: at ten thousand a second some tens of megabytes."""
PRUNE_EVENTS_SECONDS = 600.0
"""What bots tell of people is kept for months: it matters to nobody by how many minutes."""
RECONCILE_SECONDS = 60.0
"""How often payments whose notice never came are asked for."""
LIST_NIGHTLY = "17 1 * * *"
"""When providers are asked for all that they have: when few pay, and not at the full hour as everybody."""


def job_parts(process: Process) -> dict[str, Start]:
    """The children of `jobs` in the tree, in the order they start."""
    outbox, bots, chats = process.outbox, process.bots, process.chats
    services = Services(outbox.url, outbox.listener, outbox.notifier, bots, chats, outbox.connections)
    works = [
        Every(RECONCILE.name, lambda: RECONCILE(Reconcile()), every_seconds=RECONCILE_SECONDS),
        Every(LIST.name, lambda: LIST(ListPayments()), cron=LIST_NIGHTLY),
        *process.brought.periodic,
    ]
    queues = all_queues(process.services, process.brought, bots)
    return {
        "ears": partial(_listen, outbox),
        **{queue: job_life(services, handlers) for queue, handlers in queues.items()},
        "moving": _moving(process, queues).live,
        "broadcast": BroadcastPart(outbox.pool, bots, chats).live,
        "periodic": Periodic(outbox.pool, outbox.notifier, works).live,
        "prune": partial(_prune, outbox),
    }


def _moving(process: Process, queues: Mapping[str, Handlers]) -> MovingJobs:
    """What moves the jobs of queues that have other names now."""
    outbox, names = process.outbox, took_over(queues)
    handlers = {old: [queues[one] for one in new] for old, new in names.items()}
    whose = whose_of(handlers, [bot_of_payment, *process.brought.whose])
    return MovingJobs(outbox.pool, outbox.listener, outbox.notifier, names, whose)


async def _listen(outbox: Outbox, life: Life) -> None:
    """Hear of jobs that other processes commit."""
    life.started()
    said = False
    while True:
        pause_seconds = LISTEN_AGAIN_SECONDS
        try:
            await aio(outbox.listener.run)
        except StoreUnavailable as error:
            log.warning("jobs_not_heard", why=str(error), note="the queues look by themselves")
        except CannotListenError:
            pause_seconds = DEAF_SECONDS
            if not said:
                log.warning("jobs_found_by_looking", every_seconds=POLL_SECONDS, why=outbox.listen_fault)
            said = True
        await trio.sleep(pause_seconds)


async def _prune(outbox: Outbox, life: Life) -> None:
    """Delete what is over."""
    life.started()
    events_from = trio.current_time()
    while True:
        try:
            await aio(partial(prune, outbox.pool))
            if trio.current_time() >= events_from:
                events_from = trio.current_time() + PRUNE_EVENTS_SECONDS
                await aio(partial(prune_events, outbox.pool))
        except StoreUnavailable as error:
            log.warning("outbox_not_pruned", why=str(error))
        await trio.sleep(PRUNE_SECONDS)
