"""`mailroom outbox` and `mailroom dead` as real processes on a real Postgres, and without one."""

import asyncio
import json
import os

import asyncpg
import pytest

from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import NewJob
from tests import forked
from tests.forked import MAILROOM

WHY = ("--why", "the provider is back")


@pytest.fixture
def mailroom(tmp_path, clean_redis_url):
    ours = ("MAILROOM_", "DATABASE_URL", "REDIS_URL", "PORT", "HOST", "PUBLIC_URL", "TELEGRAM_API", "OPENAI_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    clean |= {"MAILROOM_OPERATOR": "ann", "MAILROOM_DATA": str(tmp_path), "REDIS_URL": clean_redis_url}

    def run(*arguments, **changes):
        return forked.run([MAILROOM, *arguments], env=clean | changes, cwd=tmp_path)

    return run


def test_a_dead_job_is_found_in_both_places_run_again_and_audited(mailroom, clean_postgres_url):
    async def die():
        await apply_migrations(clean_postgres_url)
        connection = await asyncpg.connect(clean_postgres_url)
        (one,) = await enqueue(connection, [NewJob("payment", "ask", key="order-7")])
        await connection.execute(
            "WITH gone AS (DELETE FROM mailroom.outbox_job RETURNING *) INSERT INTO mailroom.outbox_dead"
            " SELECT dead.* FROM gone, jsonb_populate_record(NULL::mailroom.outbox_dead, to_jsonb(gone) ||"
            " jsonb_build_object('died_at', now(), 'error', 'no answer', 'traceback', '', 'history',"
            " '[]'::jsonb)) AS dead"
        )
        await connection.close()
        return f"job:{one.id}"

    job = asyncio.run(die())
    url = {"DATABASE_URL": clean_postgres_url}
    (dead,) = json.loads(mailroom("dead", "--json", **url).stdout)
    assert (dead["id"], dead["queue"], dead["error"]) == (job, "payment", "no answer")
    (listed,) = json.loads(mailroom("outbox", "--key", "order-7", "--json", **url).stdout)
    assert (listed["id"], listed["state"]) == (job, "dead")
    retried = mailroom("outbox", "retry", "--queue", "payment", "--yes", *WHY, **url)
    assert (retried.stdout, retried.stderr) == ("1 job put back in line.\n", "")
    (line,) = json.loads(mailroom("audit", "--json", **url).stdout)
    assert (line["action"], line["who"], line["why"]) == ("retry", "ann", "the provider is back")


def test_without_postgres_jobs_say_what_to_set_and_the_dead_of_chats_are_shown(mailroom):
    refused = mailroom("outbox", "queues")
    assert (refused.returncode, "no DATABASE_URL is set" in refused.stderr) == (1, True)
    shown = mailroom("dead")
    assert (shown.returncode, shown.stdout) == (0, "No dead letter matches.\n")
    assert "Dead jobs are not shown. " in shown.stderr


def test_a_postgres_that_is_away_is_named(mailroom):
    away = {"DATABASE_URL": "postgresql://u:s3cret@127.0.0.1:1/mailroom"}
    refused = mailroom("outbox", "queues", "--json", **away)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Postgres does not answer")
    assert "s3cret" not in refused.stdout + refused.stderr
    assert mailroom("dead", **away).returncode == 0
