"""Whether the service can do its work is told part by part, and a store that forgets is warned of."""

import asyncpg
import pytest
import redis
import structlog

from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.redis.batch import Line
from mailroom.supervisors.readiness import NOT_PERSISTENT, Readiness


def check(postgres_url: str, redis_url: str, *, at_start: bool = False) -> dict[str, str]:
    async def main() -> dict[str, str]:
        pool = await aio(lambda: _pool(postgres_url))
        line = Line(redis_url)
        readiness = Readiness(pool, line)
        if at_start:
            await aio(readiness.probe_stores)
        found = await readiness.check()
        await aio(line.close)
        await aio(pool.close)
        return found

    return host.run(main)


async def _pool(url: str) -> asyncpg.Pool:
    return await asyncpg.create_pool(url, min_size=1, max_size=1)


@pytest.fixture
def keeping_redis_url(clean_redis_url):
    """The session's forgets: it is one of tests."""
    with redis.Redis.from_url(clean_redis_url) as client:
        client.config_set("appendonly", "yes")
        yield clean_redis_url
        client.config_set("appendonly", "no")


def test_nothing_is_reported_while_all_is_well(clean_postgres_url, keeping_redis_url) -> None:
    assert check(clean_postgres_url, keeping_redis_url) == {}


def test_a_redis_that_forgets_is_warned_of_and_keeps_nobody_from_work(
    clean_postgres_url, clean_redis_url
) -> None:
    assert check(clean_postgres_url, clean_redis_url) == {"warning_redis_persistence": NOT_PERSISTENT}


def test_a_redis_that_forgets_is_warned_of_at_start(clean_postgres_url, clean_redis_url) -> None:
    with structlog.testing.capture_logs() as lines:
        check(clean_postgres_url, clean_redis_url, at_start=True)
    assert [line["event"] for line in lines] == ["redis_not_persistent"]
