import asyncio

import asyncpg
import redis


def test_a_test_gets_an_empty_postgres_and_an_empty_redis(clean_postgres_url, clean_redis_url):
    async def count_tables() -> int:
        connection = await asyncpg.connect(clean_postgres_url)
        count = await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'")
        await connection.close()
        return count

    assert asyncio.run(count_tables()) == 0
    with redis.Redis.from_url(clean_redis_url) as client:
        assert client.dbsize() == 0
