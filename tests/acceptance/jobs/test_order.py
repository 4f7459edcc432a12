"""Jobs of one key in their order, whatever fails; jobs of other queues at their own pace, whatever hangs.

`ops/test tests/acceptance/jobs --jobs 100000` is the full run.
"""

import json
import random
import time
from itertools import groupby

import pytest

from mailroom.storage.postgres.outbox.job import Backoff, NewJob
from tests.acceptance.processes import wait_until

KEYS_OF_JOBS = 100
"""Jobs of each key."""
FAILING = 0.05
WRITE_JOBS = 5_000
QUICK = Backoff(first_seconds=0.05, factor=1.0)


@pytest.mark.timeout(600)
def test_jobs_of_many_keys_keep_their_order_though_some_fail_at_first(outbox, new_worker, jobs):
    dice, keys = random.Random(5), max(jobs // KEYS_OF_JOBS, 1)
    failing = 0
    for start in range(0, jobs, WRITE_JOBS):
        batch = []
        for number in range(start, min(start + WRITE_JOBS, jobs)):
            fails = int(dice.random() < FAILING)
            failing += fails
            payload = json.dumps({"number": number, "fails": fails})
            key = f"order:{dice.randrange(keys)}"
            batch.append(NewJob("shop.delivery", "deed", payload, key=key, backoff=QUICK, attempts_max=50))
        outbox.enqueue(batch)
    workers = [new_worker(), new_worker()]
    for worker in workers:
        worker.live()
    wait_until(lambda: outbox.value("SELECT count(*) FROM effect"), "the first effect")
    began = time.monotonic()
    outbox.wait_until_done(400)
    print(
        f"{jobs} jobs of {keys} keys, {failing} failed once: {jobs / (time.monotonic() - began):.0f} a second"
    )
    effects = outbox.rows("SELECT job_key, number FROM effect ORDER BY job_key, id")
    assert len(effects) == jobs
    for key, rows in groupby(effects, lambda row: row["job_key"]):
        numbers = [row["number"] for row in rows]
        assert numbers == sorted(numbers), key
    kinds = {
        row["kind"]: row["n"]
        for row in outbox.rows(
            "SELECT kind, count(*) AS n FROM mailroom.outbox_event WHERE name = 'deed' GROUP BY 1"
        )
    }
    for busy in ("lost", "snoozed"):  # a machine that takes longer than a lease, or for a connection's word
        kinds.pop(busy, None)
    assert kinds == {"done": jobs, "retry": failing}


@pytest.mark.timeout(300)
def test_a_queue_whose_every_job_hangs_holds_up_no_other(outbox, new_worker, jobs):
    """All that the queue of accounts may have in hand hangs until its timeout, and as much again waits."""
    outbox.enqueue([NewJob("accounts", "hang", "{}", timeout_seconds=20) for _ in range(200)])
    worker = new_worker()
    worker.live()
    wait_until(
        lambda: (
            outbox.value(
                "SELECT count(*) FROM mailroom.outbox_job WHERE queue = 'accounts' AND worker IS NOT NULL"
            )
            >= 20
        ),
        "notices in hand",
    )
    outbox.enqueue(
        [NewJob("shop.delivery", "deed", json.dumps({"number": number})) for number in range(jobs)]
    )
    began = time.monotonic()
    wait_until(lambda: outbox.value("SELECT count(*) FROM effect") == jobs, "every delivery", 200)
    print(f"{jobs / (time.monotonic() - began):.0f} deliveries a second beside notices that hang")
    assert (
        outbox.value("SELECT count(*) FROM mailroom.outbox_event WHERE name = 'hang' AND kind = 'done'") == 0
    )
    assert outbox.value("SELECT count(*) FROM mailroom.outbox_job WHERE name = 'hang'") == 200
