"""What is measured every few seconds, because no single event tells of it: the lag of both loops, the stores'
latency, what waits in all mailboxes and in the outbox, the states of the supervision tree.

Every process measures all of it, also one that does not own the chats: what waits is most worth knowing when
nobody owns them. It is the same number whoever reads it, so queries take `max` over the processes, not `sum`.
A number that cannot be read becomes NaN: its last value would look as if all were well.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from math import nan
from typing import get_args

import asyncpg
import trio
from prometheus_client import Counter, Gauge, Histogram
from structlog import get_logger

from mailroom.actors.hosting.measure import Measure
from mailroom.actors.metrics import child
from mailroom.actors.report import HANDLED
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreError
from mailroom.storage.postgres.database import UNAVAILABLE, unavailable
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.inspection import totals
from mailroom.supervisors.bot_gauges import BotGauges
from mailroom.supervisors.history import Recorder
from mailroom.supervisors.job_gauges import count_jobs
from mailroom.supervisors.oncall.reports import State
from mailroom.supervisors.otp.child import Life
from mailroom.supervisors.payment_gauges import count_lost
from mailroom.supervisors.periodic_gauges import measure_periodic
from mailroom.supervisors.stalls import STALLS

log = get_logger("mailroom.gauges")

LAG_SECONDS = 0.5
"""How long the loops are asked to sleep: whatever blocks them for longer cannot fall between two sleeps."""
PING_SECONDS = 2.0
"""How often the stores are asked: on-call is to see within five seconds that one does not answer."""
ANSWER_SECONDS_MAX = 2.0
"""A store that takes longer counts as down, as in `/readyz`."""
TOTALS_SECONDS = 15.0
"""How often the mailboxes are counted: it asks every partition, and Prometheus comes no more often."""
TOTALS_SECONDS_MAX = 5.0
"""Past this counting is given up: whoever waits for Redis should not wait for us."""
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2)

LAG = Histogram(
    "mailroom_event_loop_lag_seconds",
    "By how much a sleep was too long: how long the loop did nothing else",
    ["loop"],
    buckets=(*BUCKETS, 5, 10),
)
LATENCY = Histogram(
    "mailroom_store_latency_seconds",
    "From a PING or SELECT 1 to its answer, the wait for a connection included",
    ["store"],
    buckets=BUCKETS,
)
UP = Gauge("mailroom_store_up", "Whether the store answered when last asked", ["store"])
UNANSWERED = Counter("mailroom_store_pings_failed_total", "Times a store did not answer in time", ["store"])
MEMORY = Gauge("mailroom_redis_memory_bytes", "What Redis holds in memory")
MEMORY_MAX = Gauge("mailroom_redis_memory_max_bytes", "Redis' maxmemory; 0 where none is set")
CHATS_WAITING = Gauge("mailroom_chats_waiting", "Chats with messages in line")
MESSAGES_WAITING = Gauge("mailroom_messages_waiting", "Messages in line, those being handled included")
OLDEST = Gauge("mailroom_oldest_message_age_seconds", "How long the oldest message in line is there already")
DEAD_LETTERS = Gauge("mailroom_dead_letters", "Messages that failed for good and wait for on-call")
SUSPENDED = Gauge("mailroom_chats_suspended", "Chats with messages in line that are suspended")
CHILDREN = Gauge("mailroom_supervisor_children", "Nodes of this process's supervision tree", ["state"])

_COUNTED = (CHATS_WAITING, MESSAGES_WAITING, OLDEST, DEAD_LETTERS, SUSPENDED, MEMORY, MEMORY_MAX)
_VERDICTS = ("handled", "unhandled", "refused", "stopped", "dead")

STORES_SILENT: dict[str, str] = {}
"""Why a store did not answer when it was last asked: for its node in the tree, which would look well."""

Tally = Callable[[], Mapping[str, int]]


async def watch(
    life: Life,
    line: Line,
    database: asyncpg.Pool,
    *,
    bots: Collection[str] = (),
    tally: Tally = dict,
    measures: Mapping[str, Measure] | None = None,
) -> None:
    """Measure for as long as we live. `tally` counts the nodes of the tree by their state, `measures` is
    what bots have counted of themselves.
    """
    # A counter that appears with its first event has not risen: alerts on dead letters, or on a loop that was
    # blocked, would miss the first.
    for bot in bots:
        for verdict in _VERDICTS:
            child(HANDLED, bot, verdict)
        child(STALLS, bot)
    life.started()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_every, 0.0, feel_trio)
        nursery.start_soon(_every, 0.0, aio, feel_host)
        nursery.start_soon(_every, PING_SECONDS, Pulse("redis", lambda: line.command("PING")).feel)
        nursery.start_soon(_every, PING_SECONDS, Pulse("postgres", lambda: _select(database)).feel)
        nursery.start_soon(_every, TOTALS_SECONDS, count, line)
        nursery.start_soon(_every, TOTALS_SECONDS, count_jobs, database)
        nursery.start_soon(_every, TOTALS_SECONDS, count_lost, database)
        nursery.start_soon(_every, TOTALS_SECONDS, measure_periodic, database)
        for bot, measure in (measures or {}).items():
            nursery.start_soon(_every, TOTALS_SECONDS, BotGauges(bot, measure).count)
        nursery.start_soon(_every, PING_SECONDS, show_tree, tally)
        nursery.start_soon(Recorder(line).record)


async def feel_trio() -> None:
    """How late Trio wakes us."""
    began = time.perf_counter()
    await trio.sleep(LAG_SECONDS)
    child(LAG, "trio").observe(_late(began))


async def feel_host() -> None:
    """How late asyncio wakes us. To be awaited there."""
    began = time.perf_counter()
    await asyncio.sleep(LAG_SECONDS)
    child(LAG, "host").observe(_late(began))


class Pulse:
    """Whether a store is there: it is asked something small, and both how long the answer took and that
    there was none are noted. `question` is awaited on the asyncio side.
    """

    def __init__(self, store: str, question: Callable[[], Awaitable[object]]) -> None:
        self._store = store
        self._question = question
        self._up = True

    async def feel(self) -> None:
        """Ask once. The log is told when the answer is another than last time."""
        began = time.perf_counter()
        why = f"no answer within {ANSWER_SECONDS_MAX:.0f} s"
        try:
            with trio.move_on_after(ANSWER_SECONDS_MAX):
                await aio(self._question)
                child(LATENCY, self._store).observe(time.perf_counter() - began)
                why = ""
        except StoreError as error:
            why = str(error)
        if why:
            child(UNANSWERED, self._store).inc()
        if why and self._up:
            log.error("store_down", store=self._store, why=why)
        elif not why and not self._up:
            log.info("store_is_back", store=self._store)
        self._up = not why
        STORES_SILENT[self._store] = why
        child(UP, self._store).set(self._up)


async def count(line: Line) -> None:
    """Read what waits in the mailboxes, and how full Redis is."""
    try:
        with trio.fail_after(TOTALS_SECONDS_MAX):
            found = await aio(totals, line)
            memory = _fields(await aio(line.command, "INFO", "memory"))
    except (StoreError, trio.TooSlowError):
        for gauge in _COUNTED:
            gauge.set(nan)
        return
    CHATS_WAITING.set(found.chats_waiting)
    MESSAGES_WAITING.set(found.messages_waiting)
    OLDEST.set(max(time.time() - found.oldest_ms / 1000, 0.0) if found.messages_waiting else 0.0)
    DEAD_LETTERS.set(found.dead_letters)
    SUSPENDED.set(found.suspended_chats)
    MEMORY.set(memory.get("used_memory", nan))
    MEMORY_MAX.set(memory.get("maxmemory", 0))


async def show_tree(tally: Tally) -> None:
    """Say how many nodes of the tree are in each state; a state without any is said too."""
    found = tally()
    for state in get_args(State):
        child(CHILDREN, state).set(found.get(state, 0))


async def _every(seconds: float, work: Callable[..., Awaitable[None]], *args: object) -> None:
    while True:
        await work(*args)
        await trio.sleep(seconds)


async def _select(database: asyncpg.Pool) -> None:
    try:
        await database.fetchval("SELECT 1")
    except UNAVAILABLE as error:
        raise unavailable(error) from error


def _late(began: float) -> float:
    return max(time.perf_counter() - began - LAG_SECONDS, 0.0)


def _fields(info: bytes) -> dict[str, float]:
    """The numbers among the lines of INFO."""
    pairs = (line.partition(":") for line in info.decode().splitlines())
    return {name: float(value) for name, _, value in pairs if value.isdigit()}
