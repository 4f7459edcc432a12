"""The statements that work the jobs use the indexes made for them, whatever the planner believes."""

import re

import pytest

from mailroom.storage.postgres.outbox import claim, complete
from tests.storage.postgres.outbox.box import mail, story


async def plan(pool, statement):
    """The plan that our connections keep for a statement, whatever its arguments."""
    arguments = ", ".join("NULL" for _ in set(re.findall(r"\$\d+", statement)))
    async with pool.acquire() as connection:
        await connection.execute(f"PREPARE statement AS {statement}")
        rows = await connection.fetch(f"EXPLAIN EXECUTE statement ({arguments})")
        await connection.execute("DEALLOCATE statement")
    return "\n".join(row[0] for row in rows)


async def fill(box):
    await box.enqueue(*(mail(f"n{n}", key=f"k{n % 50}" if n % 2 else None) for n in range(10_000)))


STATES = {
    "is empty": "SELECT 1",
    "was empty when it was analyzed": "VACUUM ANALYZE mailroom.outbox_job, mailroom.outbox_key",
    "was analyzed": None,
}


@pytest.mark.parametrize("state", STATES)
def test_a_claim_walks_the_index_and_sorts_nothing_while_the_table(state, outbox_url):
    @story
    async def tell(box):
        if state != "is empty":
            if state == "was analyzed":
                await fill(box)
            await box.pool.execute("VACUUM ANALYZE mailroom.outbox_job, mailroom.outbox_key")
            if state != "was analyzed":
                await fill(box)
        text = await plan(box.claims, claim.SQL["claim"])
        assert "Index Scan using outbox_job_by_turn on outbox_job job" in text
        assert (
            "turn_at >= line.low" in text.split("Index Scan using outbox_job_by_turn")[1].split("Filter")[0]
        )
        assert "Tid Scan on outbox_job" in text
        assert "Seq Scan on outbox_job" not in text
        assert "Bitmap" not in text
        candidates = text.split("CTE candidate")[1].split("CTE taken")[0]
        assert "Sort" not in candidates

    tell(outbox_url)


@story
async def test_outcomes_find_their_rows_by_index(box):
    for name in ("finish", "bury", "put_back", "renew"):
        text = await plan(box.completions, complete.SQL[name])
        assert "outbox_job_pkey" in text
        assert "Seq Scan on outbox_job" not in text, name
        assert "Seq Scan on outbox_key" not in text, name
        assert "Seq Scan on outbox_dedup" not in text, name


@story
async def test_a_claim_rewrites_rows_in_place(box):
    stats = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'outbox_job'"

    async def updates():
        for pool in (box.claims, box.pool):
            async with pool.acquire() as connection:
                await connection.fetch("SELECT pg_stat_force_next_flush()")
        return await box.pool.fetchrow(stats)

    before = await updates()
    await box.enqueue(*("n" for _ in range(3_000)))
    claimer = box.claimer()
    while await claimer.claim(500):
        pass
    after = await updates()
    assert after["n_tup_upd"] - before["n_tup_upd"] == 3_000
    assert after["n_tup_hot_upd"] - before["n_tup_hot_upd"] == 3_000
