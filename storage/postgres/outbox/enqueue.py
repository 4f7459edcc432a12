"""Write jobs in a transaction of the caller's: they exist if and only if it commits.

Over a room's connection the moment that a job is wanted at is one of the room's clock.

Whoever waits for jobs learns of these at its next look, a fraction of a second later; notify after the
commit to make that at once. (A NOTIFY inside of the transaction would make all commits of the database wait
for each other.)
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import asyncpg

from mailroom.storage.errors import Fenced
from mailroom.storage.postgres.outbox.connection import Source, answering
from mailroom.storage.postgres.outbox.job import Enqueued, NewJob
from mailroom.storage.postgres.queries import load
from mailroom.storage.postgres.schemas import SchemaConnection, SchemaPool

SQL = load(Path(__file__).with_name("enqueue.sql"))

STATEMENT_JOBS_MAX = 1_000
"""Jobs in one statement: more gains nothing, and would make a claim wait for the lot."""
EFFECT_RETENTION_SECONDS = 7 * 86_400.0
"""For how long a replayed handler enqueues nothing twice. A message is replayed within minutes, or when
on-call takes it out of the dead letters, within days.
"""


async def enqueue(connection: Source, jobs: Sequence[NewJob]) -> list[Enqueued]:
    """Write jobs, as part of the transaction that the connection is in.

    Raises `Fenced` when the partition of a job's origin has gone to another owner: let it end the
    transaction. A job may wait here for another transaction that is just writing the same deduplication key.
    """
    with answering():
        verdicts = await write(connection, jobs)
    for verdict in verdicts:
        if isinstance(verdict, Fenced):
            raise verdict
    return [verdict for verdict in verdicts if isinstance(verdict, Enqueued)]


async def write(source: Source, jobs: Sequence[NewJob]) -> list[Enqueued | Fenced]:
    """The same, with a verdict on each job: those that are fenced are left out, the others written."""
    verdicts: list[Enqueued | Fenced] = []
    jobs = _waited_for(source, jobs)
    for start in range(0, len(jobs), STATEMENT_JOBS_MAX):
        part = jobs[start : start + STATEMENT_JOBS_MAX]
        if any(job.dedup_key is not None or job.origin is not None for job in part):
            verdicts += await _write_once(source, part)
        else:
            rows = await source.fetch(SQL["enqueue"], *_columns(part))
            verdicts += [Enqueued(row[0]) for row in rows]
    return verdicts


def _waited_for(source: Source, jobs: Sequence[NewJob]) -> Sequence[NewJob]:
    """The same, at moments of the queue's clock instead of the room's."""
    clock = source.clock if isinstance(source, SchemaConnection | SchemaPool) else None
    if clock is None or not clock.ahead:
        return jobs
    return [replace(job, run_at=job.run_at and clock.real(job.run_at)) for job in jobs]


def _refused(job: NewJob) -> Fenced:
    epoch = job.origin.epoch if job.origin is not None else 0
    return Fenced(f"{job.origin}: another owner has taken over the partition", epoch or 0)


async def _write_once(source: Source, jobs: Sequence[NewJob]) -> list[Enqueued | Fenced]:
    rows = await _try_once(source, jobs)
    refused = [place for place, row in enumerate(rows) if not row["written"] and not row["fenced"]]
    if refused and await _forget_expired(source, [jobs[place] for place in refused]):
        effects = [_effect(jobs[place]) for place in refused]
        await source.execute(SQL["take_back"], [rows[place]["id"] for place in refused], effects)
        for place, row in zip(refused, await _try_once(source, [jobs[n] for n in refused]), strict=True):
            rows[place] = row
        refused = [place for place in refused if not rows[place]["written"]]
    verdicts: list[Enqueued | Fenced] = [
        _refused(job) if row["fenced"] else Enqueued(row["id"]) for job, row in zip(jobs, rows, strict=True)
    ]
    if refused:
        twins = [jobs[place] for place in refused]
        effects = [_effect(job) for job in twins]
        queues, keys = [job.queue for job in twins], [job.dedup_key for job in twins]
        await source.execute(SQL["adopt"], [rows[place]["id"] for place in refused], effects, queues, keys)
        holders = await source.fetch(SQL["holders"], effects, queues, keys)
        for place, holder in zip(refused, holders, strict=True):
            if holder["id"] is None:  # its time was over just now, and somebody has pruned it
                verdicts[place : place + 1] = await _write_once(source, [jobs[place]])
            else:
                verdicts[place] = Enqueued(holder["id"], duplicate=True)
    return verdicts


async def _try_once(source: Source, jobs: Sequence[NewJob]) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await source.fetch(
        SQL["enqueue_once"], *_columns(jobs), *_identities(jobs), EFFECT_RETENTION_SECONDS
    )
    return rows


async def _forget_expired(source: Source, jobs: Sequence[NewJob]) -> bool:
    keys = [(job.queue, job.dedup_key) for job in jobs if job.dedup_key is not None]
    keys += [("", job.origin.effect) for job in jobs if job.origin is not None]
    tag: str = await source.execute(
        SQL["forget_expired"], [queue for queue, _ in keys], [key for _, key in keys]
    )
    return tag != "DELETE 0"


def _effect(job: NewJob) -> str | None:
    return job.origin.effect if job.origin else None


def _columns(jobs: Sequence[NewJob]) -> list[list[object]]:
    """The kinds that there are among the jobs, column by column, and the jobs with the numbers of theirs."""
    kinds: dict[tuple[object, ...], int] = {}
    rows = [(kinds.setdefault(_kind(job), len(kinds) + 1),
             job.payload, job.key, job.trace, job.run_at, job.delay_seconds) for job in jobs]  # fmt: skip
    return [list(column) for part in (kinds, rows) for column in zip(*part, strict=True)]


def _kind(job: NewJob) -> tuple[object, ...]:
    backoff = job.backoff
    return (
        job.queue,
        job.name,
        job.priority,
        job.timeout_seconds,
        job.attempts_max,
        backoff.first_seconds,
        backoff.factor,
        backoff.max_seconds,
        backoff.jitter,
    )


def _identities(jobs: Sequence[NewJob]) -> list[list[object]]:
    rows = [
        (job.dedup_key, job.dedup_seconds, None, None, None, None, None, None)
        if (origin := job.origin) is None
        else (
            job.dedup_key,
            job.dedup_seconds,
            origin.bot,
            origin.chat,
            origin.update_id,
            origin.effect,
            origin.partition,
            origin.epoch,
        )
        for job in jobs
    ]
    return [list(column) for column in zip(*rows, strict=True)]
