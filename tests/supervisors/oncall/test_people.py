"""Who works in the console, as on-call sees it."""

import asyncio

import asyncpg
import pytest

from mailroom.storage.postgres.console_people import Proved, add_link, find_session, open_session, use_link
from mailroom.storage.postgres.migrate import migrate
from mailroom.storage.redis.batch import Line
from mailroom.supervisors.oncall.errors import UnknownTargetError
from mailroom.supervisors.oncall.oncall import OnCall
from mailroom.supervisors.oncall.reports import By

ANNA = Proved("telegram", "tg:7001", None, "Анна")


def test_on_call_sees_who_is_logged_in_and_logs_them_out_everywhere_and_that_is_in_the_audit(
    clean_postgres_url, clean_redis_url
):
    migrate(clean_postgres_url)

    async def main():
        line = Line(clean_redis_url)
        async with asyncpg.create_pool(clean_postgres_url, min_size=1, max_size=2) as pool:
            oncall = OnCall.over(line, database=pool)
            for secret in ("a phone", "a desk"):
                await open_session(pool, secret, ANNA, 600)
            await add_link(pool, "a link", ANNA, 600)
            (one,) = await oncall.people.logged_in()
            assert (one.person, one.name, one.sessions) == ("tg:7001", "Анна", 2)
            assert one.until_ms - one.since_ms == pytest.approx(600_000, abs=5_000)
            outcome = await oncall.people.log_out("tg:7001", By("ann", "her phone is gone"))
            assert (outcome.says, outcome.done) == ("tg:7001 is logged out everywhere.", 2)
            assert await find_session(pool, "a phone") is None
            assert await use_link(pool, "a link") is None
            assert await oncall.people.logged_in() == []
            with pytest.raises(UnknownTargetError, match='Nobody is logged in as "tg:7001"'):
                await oncall.people.log_out("tg:7001", By("ann", "again"))
            audit = await oncall.look.audit()
            assert [(line.who, line.action, line.target) for line in audit] == [
                ("ann", "log out", "tg:7001")
            ] * 2
        await line.close()

    asyncio.run(main())
