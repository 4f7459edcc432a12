"""The work on one queue, on the asyncio side: claim, run, complete, over and over.

The whole loop lives here and not on the Trio side. All it does is talk: claims, handlers and completions are
asyncio, and a crossing for each batch (or worse, each job) would only add its price. Trio starts it, asks it
to stop, cancels it and sees it fail (`actor.py`): one crossing for the whole life of a worker.

Jobs are claimed while there is room; every attempt is a task of its own, so that none holds up another; what
has ended is written down (`writer.py`) while the next claim is under way; leases are kept beside it all
(`held.py`).
"""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import asyncpg
from structlog import get_logger

from mailroom.actors.jobs import report
from mailroom.actors.jobs.context import JobContext, Services
from mailroom.actors.jobs.deadlines import Deadlines
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.held import Held, keep
from mailroom.actors.jobs.limits import Limits, Throttle
from mailroom.actors.jobs.outage import Outage
from mailroom.actors.jobs.queue import former_of
from mailroom.actors.jobs.report import Ended
from mailroom.actors.jobs.run import attempt, failed
from mailroom.actors.jobs.writer import Writer
from mailroom.actors.judge import GIVEN_BACK
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.division import Division
from mailroom.storage.postgres.outbox.claim import LEASE_SECONDS, Claimer, Claims
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Snoozed
from mailroom.storage.postgres.outbox.pools import QueueConnections, SharedConnections, connect_shared
from mailroom.storage.texts import shown

log = get_logger("mailroom.jobs")

CLAIM_JOBS_MAX = 500
"""Jobs in one claim: more gains nothing."""
TURN_JOBS = 50
"""Attempts begun before others get the loop: some milliseconds of handlers that do not wait."""
POLL_SECONDS = 0.5
"""How often an idle worker looks by itself: for jobs of which no notification came, or a queue that was
resumed.
"""
GIVE_BACK_SECONDS = 0.4
"""How long a worker that is cancelled may take to end its attempts, and again to give back their jobs: a
supervisor waits a second. What is not given back is run again when its lease has run out.
"""

Details = Mapping[str, str | int | float]


class QueueWorker:
    """One worker on one queue. Made anew for each life of its actor: its name is half of the fence."""

    def __init__(
        self, handlers: Handlers, services: Services, limits: Limits, *, lease_seconds: float = LEASE_SECONDS
    ) -> None:
        self.queue = handlers.queue
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._handlers = handlers
        self._services = services
        self._limits = limits
        self._lease_seconds = lease_seconds
        self._held: set[Held] = set()
        self._deadlines = Deadlines(self._held)
        self._changed = asyncio.Event()
        """Set when an attempt has ended, or was written down, or everything is to end."""
        self._writer = Writer(self.queue, self.name, self._wrote, handlers.besides)
        self._outage = Outage(self.queue, "claims")
        self._stopping = False

    def details(self) -> Details:
        """What the supervision tree shows of the worker: attempts in progress, and those written down."""
        return {"worker": self.name, "running": len(self._held), "ended": self._writer.written}

    def wake(self) -> None:
        """There may be jobs."""
        self._services.listener.wake(self.queue)

    def stop(self) -> None:
        """Claim no more, finish what is in progress within its time, and end `run`."""
        self._stopping = True
        self._changed.set()
        self.wake()

    async def run(self, started: Callable[[], None]) -> None:
        """Work until asked to stop. An outage of Postgres is waited out; everything else is raised."""
        report.known(self.queue, lambda: len(self._held))
        async with self._connected(started) as connections:
            try:
                async with asyncio.TaskGroup() as group:
                    writing = group.create_task(self._writer.run(connections.outcomes))
                    keeping = group.create_task(
                        keep(self._held, connections.claims, self.name, self._lease_seconds)
                    )
                    await self._claim_until_stopped(connections)
                    await self._finish()
                    writing.cancel()
                    keeping.cancel()
            finally:
                self._deadlines.close()
                await self._give_back(connections.outcomes)

    @asynccontextmanager
    async def _connected(self, started: Callable[[], None]) -> AsyncIterator[QueueConnections]:
        """Our share of the process's connections, or our own where the process has none to share."""
        if self._services.connections is not None:
            started()
            yield self._services.connections.of(self.queue)
            return
        own = await self._connect(started)
        try:
            started()
            yield own.of(self.queue)
        finally:
            own.terminate()

    async def _connect(self, started: Callable[[], None]) -> SharedConnections:
        division = Division(0, claims=2, outcomes=1, work=self._limits.connections_max)
        while True:
            try:
                return await connect_shared(self._services.database_url, division, [self.queue])
            except StoreUnavailable as error:
                # Up all the same: those started after us need not wait, and no restart would help.
                started()
                await self._outage.wait(error)

    async def _claim_until_stopped(self, connections: QueueConnections) -> None:
        loop = asyncio.get_running_loop()
        claimer = self._claims(connections)
        throttle = Throttle(self._limits.per_second, loop.time())
        while not self._stopping:
            self._changed.clear()
            room, allowed = self._room(), throttle.room(loop.time())
            if room < 1 or allowed < 1:
                await self._wait_for_change(None if room < 1 else throttle.wait_seconds())
                continue
            keep_until = loop.time() + self._lease_seconds
            due_seconds = None
            try:
                jobs = await claimer.claim(int(min(room, allowed)))
                if not jobs:
                    due_seconds = await claimer.next_due_seconds()
            except StoreUnavailable as error:
                await self._outage.wait(error)
                continue
            self._outage.over()
            throttle.took(len(jobs))
            for number, job in enumerate(jobs, start=1):
                deadline = loop.time() + job.timeout_seconds
                context = JobContext(
                    job, self._services, connections.handlers, connections.endings, self.name, deadline
                )
                held = Held(context, keep_until)
                self._held.add(held)
                held.task = loop.create_task(self._attempt(held))
                self._deadlines.watch(deadline)
                if number % TURN_JOBS == 0:
                    await asyncio.sleep(0)
            if not jobs:
                await self._services.listener.wait(self.queue, min(POLL_SECONDS, due_seconds or POLL_SECONDS))

    def _claims(self, connections: QueueConnections) -> Claims:
        claimer = Claimer(
            connections.claims,
            self.queue,
            self.name,
            lease_seconds=self._lease_seconds,
            former=former_of(self.queue),
        )
        return claimer if self._handlers.claims is None else self._handlers.claims(claimer)

    def _room(self) -> int:
        if self._writer.behind:
            return 0
        return min(self._limits.concurrency - len(self._held), CLAIM_JOBS_MAX)

    async def _attempt(self, held: Held) -> None:
        loop = asyncio.get_running_loop()
        context, began = held.context, loop.time()
        try:
            outcome = await attempt(self._handlers, context)
        except asyncio.CancelledError:
            if held.cut_off is None:
                raise  # everything ends, and what is held is given back
            outcome = held.cut_off.outcome
        except Exception as error:  # ours, then; the queue must not lose a slot with it
            outcome = failed(error)
        if held.cut_off is not None and held.cut_off.outcome is None:
            outcome = None  # another's by now, whatever its handler still had to say
        if context.ended:
            outcome = Done()
        self._held.discard(held)
        self._changed.set()
        seconds = loop.time() - began
        self._writer.add(Ended(context.job, outcome, seconds, context.ended, context.record))

    def _wrote(self, freed: bool) -> None:
        self._changed.set()
        if freed:
            self.wake()

    async def _wait_for_change(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            pass

    async def _finish(self) -> None:
        """Let attempts come to their end, cut off those that take too long, and write all of it down."""
        await self._wait_until_idle(self._limits.finish_seconds)
        for held in list(self._held):
            held.cut(Snoozed(None, GIVEN_BACK.says))
        await self._wait_until_idle(GIVE_BACK_SECONDS)
        while self._writer:
            self._changed.clear()
            await self._changed.wait()

    async def _wait_until_idle(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while self._held:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            pass

    async def _give_back(self, completions: asyncpg.Pool) -> None:
        """What did not come to its end is free for others at once, and that was no attempt."""
        tasks = [held.task for held in self._held if held.task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=GIVE_BACK_SECONDS)
        for held in self._held:
            if held.task is None or not held.task.done():
                log.error("attempt_does_not_end", queue=self.queue, job=held.context.id)
                continue
            gone: Outcome = Snoozed(None, GIVEN_BACK.says)
            self._writer.add(Ended(held.context.job, gone, 0.0, written=held.context.ended))
        try:
            async with asyncio.timeout(GIVE_BACK_SECONDS):
                while self._writer:
                    await self._writer.write(completions)
        except Exception as error:  # the worker ends all the same, and the leases run out
            log.warning("jobs_not_given_back", queue=self.queue, jobs=len(self._writer), why=shown(error))
