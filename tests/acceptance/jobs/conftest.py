"""Workers as processes, with a Postgres of their own: it is killed too."""

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from mailroom.ops.embedded.postgres import EmbeddedPostgres
from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.storage.postgres.migrate import migrate
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import NewJob
from tests.acceptance.processes import CONFIG, NeverHappenedError, Process, wait_until
from tests.shop_tables import SHOP_TABLES

TABLES = """
CREATE TABLE effect (id bigint GENERATED ALWAYS AS IDENTITY, number bigint NOT NULL, job_key text);
CREATE TABLE elsewhere (key text PRIMARY KEY, number bigint NOT NULL);
"""


class Worker(Process):
    """`worker.py`, which may be told where to die."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self._command = [sys.executable, str(Path(__file__).with_name("worker.py"))]
        self._config = folder / "mailroom.toml"
        self._config.write_text(CONFIG)
        (folder / "counter_bot.py").write_text(
            Path(__file__).parents[1].joinpath("counter_bot.py").read_text()
        )
        super().__init__([], folder / "worker.log", env)

    def live(self, point: str = "", after: int = 0) -> None:
        """Start it; it dies at the point after so many jobs."""
        self.command = [*self._command, str(self._config), point, str(after)]
        self.launch()

    def wait_for_death(self) -> None:
        assert self.child is not None
        child = self.child
        try:
            wait_until(lambda: child.poll() is not None, "the worker to die", 60)
        except NeverHappenedError as error:
            raise AssertionError(f"the worker goes on; it said {self.said()[-2000:]}") from error
        assert child.returncode == -9, self.said()[-2000:]


class Outbox:
    """The tables, looked at and filled from outside."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._runner = asyncio.Runner()

    def ask(self, work: Callable[[asyncpg.Connection], Any]) -> Any:
        async def run() -> Any:
            connection = await asyncpg.connect(self.url)
            try:
                return await work(connection)
            finally:
                await connection.close()

        return self._runner.run(run())

    def enqueue(self, jobs: Sequence[NewJob]) -> None:
        self.ask(lambda connection: enqueue(connection, jobs))

    def value(self, statement: str) -> Any:
        return self.ask(lambda connection: connection.fetchval(statement))

    def rows(self, statement: str) -> list[Any]:
        return list(self.ask(lambda connection: connection.fetch(statement)))

    @property
    def left(self) -> int:
        return int(self.value("SELECT count(*) FROM mailroom.outbox_job"))

    def wait_until_done(self, seconds: float = 60) -> None:
        wait_until(lambda: self.left == 0, "every job to be over", seconds)

    def close(self) -> None:
        self._runner.close()


@pytest.fixture
def own_postgres(folder: Path) -> Iterator[EmbeddedPostgres]:
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder, durable=False)
    migrate(server.start(), [SHOP_TABLES])
    yield server
    server.stop()


@pytest.fixture
def outbox(own_postgres: EmbeddedPostgres) -> Iterator[Outbox]:
    one = Outbox(own_postgres.url)
    one.ask(lambda connection: connection.execute(TABLES))
    yield one
    one.close()


@pytest.fixture
def new_worker(
    folder: Path, own_postgres: EmbeddedPostgres, own_redis: EmbeddedRedis
) -> Iterator[Callable[..., Worker]]:
    workers: list[Worker] = []

    def make(database_url: str = own_postgres.url) -> Worker:
        # Nothing listens at that address of Telegram's: these workers' bot has nothing to say.
        env = {
            "DATABASE_URL": database_url,
            "REDIS_URL": own_redis.url,
            "MAILROOM_DATA": str(folder),
            "TELEGRAM_API_BASE": "http://127.0.0.1:9",
        }
        workers.append(Worker(folder, env))
        return workers[-1]

    yield make
    for worker in workers:
        worker.kill()


deed = partial(NewJob, "shop.delivery", "deed", attempts_max=50)
