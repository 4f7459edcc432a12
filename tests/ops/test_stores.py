import asyncio

import asyncpg
import pytest
import redis

from mailroom.actors.runtime import host
from mailroom.ops.faults import ConfigurationError
from mailroom.ops.settings import Settings
from mailroom.ops.stores import open_stores
from mailroom.storage.postgres.division import divided
from mailroom.storage.postgres.migrate import migrate


def test_a_test_gets_an_empty_postgres_and_an_empty_redis(clean_postgres_url, clean_redis_url):
    async def count_tables() -> int:
        connection = await asyncpg.connect(clean_postgres_url)
        count = await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'")
        await connection.close()
        return count

    assert asyncio.run(count_tables()) == 0
    with redis.Redis.from_url(clean_redis_url) as client:
        assert client.dbsize() == 0


def test_a_redis_of_another_installation_is_refused_by_name_before_anything_is_written(
    clean_postgres_url, clean_redis_url
):
    migrate(clean_postgres_url)
    with redis.Redis.from_url(clean_redis_url) as client:
        client.hset("mailroom:pair", mapping={"id": "another", "own": 7, "postgres": 7})
        settings = Settings(database_url=clean_postgres_url, redis_url=clean_redis_url)

        async def start() -> None:
            async with open_stores(settings, divided(8, 0)):
                pass

        with pytest.raises(ConfigurationError, match="REDIS_URL: this Redis belongs to installation another"):
            host.run(start)
        assert client.keys() == [b"mailroom:pair"]
