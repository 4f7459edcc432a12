"""Real stores for every test that asks: one Postgres and one Redis a session, in a temporary directory."""

import asyncio
import contextlib
import itertools
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
import redis

from ops.embedded.postgres import EmbeddedPostgres
from ops.embedded.redis import EmbeddedRedis

_database_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def stores_directory() -> Iterator[Path]:
    """Where the session's stores live; short, because it holds Unix sockets."""
    with tempfile.TemporaryDirectory(prefix="mailroom-tests-", ignore_cleanup_errors=True) as path:
        Path(path).chmod(0o711)
        yield Path(path)


@pytest.fixture(scope="session")
def postgres_url(stores_directory: Path) -> Iterator[str]:
    """The session's Postgres: for `clean_postgres_url`, and for tests that leave nothing behind."""
    server = EmbeddedPostgres(stores_directory)
    url = server.start()
    with _stopped_even_if_we_are_killed(server.pid):
        yield url
        server.stop()


@pytest.fixture(scope="session")
def redis_url(stores_directory: Path) -> Iterator[str]:
    """The session's Redis: for `clean_redis_url`, and for tests that leave nothing behind."""
    server = EmbeddedRedis(stores_directory)
    url = server.start()
    with _stopped_even_if_we_are_killed(server.pid):
        yield url
        server.stop()


@pytest.fixture
def clean_postgres_url(postgres_url: str) -> Iterator[str]:
    """An empty database of the test's own, without tables: call `migrate` where they are needed."""
    name = f"test_{next(_database_numbers)}"
    _run_sql(postgres_url, f"CREATE DATABASE {name}")
    yield postgres_url.replace("@/mailroom?", f"@/{name}?")
    _run_sql(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def clean_redis_url(redis_url: str) -> str:
    """The session's Redis, emptied (scripts and all) before the test."""
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
        client.script_flush()
    return redis_url


def _run_sql(url: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(run())


@contextlib.contextmanager
def _stopped_even_if_we_are_killed(pid: int | None) -> Iterator[None]:
    """A store outlives its parent by design, so a killed test run would leave one behind each time.

    The guard reads a pipe that only we hold open: it ends when we do, however we end.
    """
    assert pid is not None
    script = f"import os,sys; sys.stdin.read(); os.kill({pid}, 3)"
    guard = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", script],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        guard.kill()
        guard.wait()
        assert guard.stdin is not None
        guard.stdin.close()
