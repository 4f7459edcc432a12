"""Actors of queues over a real Postgres, and what a test does with them all the time."""

import asyncio
from contextlib import asynccontextmanager
from functools import partial

import asyncpg
import trio
from pydantic import BaseModel

from mailroom.actors.jobs.actor import job_life
from mailroom.actors.jobs.context import Services
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.kind import Kind, Patience
from mailroom.actors.jobs.queue import Queue
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import Backoff
from mailroom.storage.postgres.outbox.listen import QueueListener
from mailroom.storage.postgres.outbox.notifier import QueueNotifier
from mailroom.storage.postgres.outbox.oncall import OutboxAdmin
from mailroom.storage.postgres.outbox.seen import Wanted, find, show

PATIENCE_SECONDS = 15.0
MAIL, OTHER = Queue("mail", of_bots=False), Queue("other", of_bots=False)
QUICK = Backoff(first_seconds=0.0, jitter=0.0)


class Letter(BaseModel):
    text: str = ""


class Life:
    """A place in the tree."""

    def __init__(self):
        self.stopping = trio.Event()
        self.details = None
        self.up = trio.Event()
        self.over = trio.Event()
        self.scope = trio.CancelScope()
        self.error = None

    def started(self, info=None):
        self.up.set()

    async def run(self, start):
        try:
            with self.scope:
                await start(self)
        except Exception as error:
            self.error = error
        finally:
            self.over.set()

    async def stop(self):
        self.stopping.set()
        await self.over.wait()

    async def cancel(self):
        self.scope.cancel()
        await self.over.wait()


class QueueHarness:
    def __init__(self, url, pool, nursery, **services):
        self.url = url
        self.pool = pool
        self.listener = QueueListener(url)
        self.services = Services(url, self.listener, **services)
        self._nursery = nursery
        self.patience_seconds = PATIENCE_SECONDS
        self._worked = set()

    async def start(self, handlers, **options):
        """Put an actor into its place, and wait until it is up."""
        life = Life()
        self._worked.add(handlers.queue)
        self._nursery.start_soon(life.run, job_life(self.services, handlers, **options))
        await self.until(lambda: life.up.is_set() or life.over.is_set(), "the actor to start")
        if life.error:
            raise life.error
        return life

    async def enqueue(self, *jobs):
        enqueued = await aio(enqueue, self.pool, jobs)
        for queue in {job.queue for job in jobs}:
            self.listener.wake(queue)
        return [one.id for one in enqueued]

    async def run_all(self, handlers, *jobs, **options):
        """Enqueue, and work until nothing is left that could be run now. The jobs' stories. `handlers` may be
        those of several queues.
        """
        ids = await self.enqueue(*jobs)
        several = handlers if isinstance(handlers, list) else [handlers]
        lives = [await self.start(one, **options) for one in several]
        await self.quiet()
        for life in lives:
            await life.stop()
            assert life.error is None
        return [await self.story(id_) for id_ in ids]

    async def states(self):
        return {seen.id: seen.state for seen in await aio(find, self.pool, Wanted(), 10_000)}

    async def seen(self, id_):
        return (await aio(show, self.pool, id_)).job

    async def story(self, id_):
        return [event.kind for event in (await aio(show, self.pool, id_)).history]

    async def quiet(self):
        """Wait until every job that has a worker is over, or waits for its time."""
        await self.until_true(self._is_quiet, "the jobs to end")

    async def _is_quiet(self):
        restless = await self.fetch(
            "SELECT count(*) FROM mailroom.outbox_job WHERE queue = ANY ($1) AND"
            " (run_at <= clock_timestamp() + interval '2 s' OR lease_until > clock_timestamp())",
            list(self._worked),
        )
        return restless == 0

    async def fetch(self, statement, *args):
        return await aio(self.pool.fetchval, statement, *args)

    async def execute(self, statement, *args):
        return await aio(self.pool.execute, statement, *args)

    def on_call(self):
        """What on-call does to jobs; its wake-ups nobody hears."""
        return OutboxAdmin(self.pool, QueueNotifier(self.pool))

    async def cut_connections(self):
        """Everybody's but ours, as if the server or the network had failed for a moment."""
        await self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND application_name <> 'harness'"
        )

    async def until(self, condition, what="it"):
        async def asked():
            return condition()

        await self.until_true(asked, what)

    async def until_true(self, condition, what="it"):
        with trio.move_on_after(PATIENCE_SECONDS):
            while not await condition():  # noqa: ASYNC110 - what is waited for has no event
                await trio.sleep(0.01)
            return
        raise AssertionError(f"waited in vain for {what}; jobs: {await self.states()}")


@asynccontextmanager
async def open_queues(url, **services):
    pool = await aio(
        partial(
            asyncpg.create_pool, url, min_size=1, max_size=4, server_settings={"application_name": "harness"}
        )
    )
    try:
        async with trio.open_nursery() as nursery:
            yield QueueHarness(url, pool, nursery, **services)
            nursery.cancel_scope.cancel()
    finally:
        pool.terminate()


class LetterHandlers:
    """Handlers that a test controls: a letter's text says what becomes of it."""

    def __init__(self, name="mail", **patience):
        queue = Queue(name, of_bots=False)
        self.handlers = Handlers(queue)
        self.began = []
        self.ended = []
        self.contexts = []
        self.answers = {}
        self._held = {}
        self.kind = Kind("letter", Letter, Patience(**{"backoff": QUICK, **patience}), queue=queue)
        self.handlers.job(self.kind)(self.read)

    def new(self, text="", **options):
        return self.kind(Letter(text=text), **options)

    def hold(self, text):
        """The handler of this letter waits until it is let go."""
        self._held[text] = asyncio.Event()

    def let_go(self, text):
        self._held.pop(text).set()

    async def read(self, letter, context):
        self.began.append(letter.text)
        self.contexts.append(context)
        if held := self._held.get(letter.text):
            await held.wait()
        answer = self.answers.get(letter.text)
        if callable(answer):
            answer = await answer(context)
        if isinstance(answer, BaseException):
            raise answer
        self.ended.append(letter.text)
        return answer
