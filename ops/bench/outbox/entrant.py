"""A contestant that has entered: with a database of its own, a producer that waits, and workers as needed."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg

from mailroom.ops.bench.children import ChildError
from mailroom.ops.bench.outbox.contestants import Contestant
from mailroom.ops.bench.outbox.remote import Remote
from mailroom.ops.bench.outbox.tally import Tally

LOOK_SECONDS = 0.005
STALL_SECONDS = 30.0
"""A worker that has handled nothing for so long is stuck."""
BATCH = 500
WARM_UP_JOBS = 20


class Entrant:
    """One contestant under measurement; everything it does, it does in processes of its own."""

    def __init__(
        self, contestant: Contestant, url: str, directory: Path, library: Path | None, runner: asyncio.Runner
    ) -> None:
        self.contestant = contestant
        self.url = url
        self._runner = runner
        self._log = directory / f"{contestant.name}.log"
        self._environment = {} if library is None else {"PYTHONPATH": str(library)}
        self._tally_file = directory / f"{contestant.name}.tally"
        self.tally = Tally(self._tally_file)
        self._worker: Remote | None = None
        self.producer = self._start("producer", contestant.module)
        try:
            self.producer.ask("prepare")
            self.producer.ask("open")
        except BaseException:
            self.close()
            raise

    @property
    def name(self) -> str:
        """The contestant's."""
        return self.contestant.name

    def sql(self, statement: str) -> Any:
        """The first value of an answer of its database."""

        async def run() -> Any:
            connection = await asyncpg.connect(self.url, command_timeout=60)
            try:
                return await connection.fetchval(statement)
            finally:
                await connection.close()

        return self._runner.run(run())

    def clear(self) -> None:
        """Throw all jobs away, so that no round begins with what another left behind."""
        self.sql(f"TRUNCATE {', '.join(self._tables())} CASCADE")
        self.sql("CHECKPOINT")

    def load(self, jobs: int) -> None:
        """Make a backlog."""
        self.producer.ask("in_batches", size=BATCH, jobs=jobs, answer_seconds_max=600)

    @contextmanager
    def worker(self, *, warm: bool) -> Iterator[Remote]:
        """A worker at work; `warm`: it has done some jobs, and the queue is empty again.

        The process is the same each time (to start it may take seconds), its connections are not.
        """
        worker = self._worker = self._worker or self._start(
            "worker", self.contestant.worker or self.contestant.module
        )
        try:
            worker.ask("work")
            if warm:
                self.producer.ask("in_batches", size=WARM_UP_JOBS, jobs=WARM_UP_JOBS)
                self.wait_for(worker, WARM_UP_JOBS, STALL_SECONDS)
                self.wait_until_finished(worker)
                worker.ask("forget")
            yield worker
            worker.ask("rest")
        except BaseException:
            self._worker = None
            worker.stop()
            raise

    def wait_for(self, worker: Remote, jobs: int, seconds_max: float) -> bool:
        """Wait until so many jobs were handled; False if the time was too short. Raises when it is stuck."""
        deadline = time.monotonic() + seconds_max
        handled, changed_at = self.tally.get(), time.monotonic()
        while handled < jobs:
            now = time.monotonic()
            if now > deadline:
                return False
            if now - changed_at > STALL_SECONDS:
                raise ChildError(f"{self.name} is stuck after {handled} of {jobs} jobs")
            worker.check()
            time.sleep(LOOK_SECONDS)
            if (seen := self.tally.get()) != handled:
                handled, changed_at = seen, time.monotonic()
        return True

    def wait_until_finished(self, worker: Remote) -> float:
        """Wait until nothing is left to be done, also on disk; the moment at which that was so."""
        deadline = time.monotonic() + STALL_SECONDS

        async def wait() -> float:
            connection = await asyncpg.connect(self.url)
            try:
                while await connection.fetchval(self.contestant.unfinished):
                    if time.monotonic() > deadline:
                        raise ChildError(f"{self.name} does not finish its last jobs")
                    worker.check()
                    await asyncio.sleep(LOOK_SECONDS)
                return time.monotonic()
            finally:
                await connection.close()

        return self._runner.run(wait())

    @contextmanager
    def old_snapshot(self) -> Iterator[None]:
        """Hold a snapshot of the database, as a forgotten transaction or a long report does."""

        async def hold() -> asyncpg.Connection:
            connection = await asyncpg.connect(self.url)
            await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            await connection.fetchval("SELECT count(*) FROM pg_class")
            return connection

        connection = self._runner.run(hold())
        try:
            yield
        finally:
            self._runner.run(connection.close())

    def bytes_of(self, tables: Sequence[str]) -> int:
        """What tables take on disk, with their indexes."""
        sizes = " + ".join(f"pg_total_relation_size('{table}')" for table in tables)
        taken: int = self.sql(f"SELECT {sizes}")
        return taken

    def close(self) -> None:
        """End its processes."""
        self.producer.stop()
        if self._worker is not None:
            self._worker.stop()
        self.tally.close()

    def _tables(self) -> Sequence[str]:
        return (*self.contestant.work_tables, *self.contestant.history_tables)

    def _start(self, role: str, module: str) -> Remote:
        given = [module, self.url, json.dumps(self.contestant.settings)]
        name = f"{self.name}'s {role}"
        return Remote(name, [*given, str(self._tally_file)], self._log, self._environment)
