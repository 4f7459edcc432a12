"""Whatever is killed or cut off, and wherever: no job is lost, and none has its effect twice."""

import json
import os
import signal
import threading
import time
from collections import Counter

import pytest

from mailroom.storage.postgres.outbox.job import Backoff, NewJob
from tests.acceptance.jobs.worker import LEASE_SECONDS, POINTS
from tests.acceptance.network import Network
from tests.acceptance.processes import wait_until

JOBS_A_DEATH = 200
QUICK = Backoff(first_seconds=0.05, factor=1.0)


def deeds(first, count, *, keys=20):
    """Half of them write a row of ours, half of them do something elsewhere."""
    return [
        NewJob("shop.delivery", "deed" if number % 2 else "outside", json.dumps({"number": number}),
               key=f"order:{number % keys}", attempts_max=50, backoff=QUICK)
        for number in range(first, first + count)
    ]  # fmt: skip


def assert_each_once(outbox, count):
    effects = Counter(row["number"] for row in outbox.rows("SELECT number FROM effect"))
    outside = Counter(row["number"] for row in outbox.rows("SELECT number FROM elsewhere"))
    assert outbox.value("SELECT count(*) FROM mailroom.outbox_dead") == 0
    assert effects == Counter(range(1, count, 2)), "each effect in our database once"
    assert outside == Counter(range(0, count, 2)), "each effect elsewhere under one key"


@pytest.mark.timeout(300)
def test_a_worker_killed_at_every_point_of_a_jobs_life_loses_nothing_and_doubles_nothing(outbox, new_worker):
    worker = new_worker()
    count = 0
    for point in POINTS:
        outbox.enqueue(deeds(count, JOBS_A_DEATH))
        count += JOBS_A_DEATH
        worker.live(point, after=JOBS_A_DEATH // 4)
        worker.wait_for_death()
    held = outbox.value("SELECT count(*) FROM mailroom.outbox_job WHERE lease_until > clock_timestamp()")
    died = time.monotonic()
    worker.live()
    outbox.wait_until_done()
    print(
        f"{count} jobs, {len(POINTS)} deaths; {held} leases held, over {time.monotonic() - died:.1f} s later"
    )
    assert_each_once(outbox, count)


@pytest.mark.timeout(300)
def test_leases_of_a_dead_worker_are_taken_over_by_a_living_one(outbox, new_worker):
    outbox.enqueue([NewJob("shop.delivery", "deed", json.dumps({"number": 1, "hangs": True}))])
    first, second = new_worker(), new_worker()
    first.live()
    wait_until(
        lambda: outbox.value("SELECT count(*) FROM mailroom.outbox_job WHERE worker IS NOT NULL"), "a claim"
    )
    second.live()
    second.wait_for("waiting_for_chats")
    owner = outbox.value("SELECT worker FROM mailroom.outbox_job")
    first.kill()
    killed = time.monotonic()
    wait_until(
        lambda: outbox.value("SELECT worker FROM mailroom.outbox_job") != owner, "another worker to take it"
    )
    print(f"taken over {time.monotonic() - killed:.1f} s after the kill; the lease is {LEASE_SECONDS:g} s")
    assert outbox.value("SELECT claims FROM mailroom.outbox_job") == 2
    kinds = [row["kind"] for row in outbox.rows("SELECT kind FROM mailroom.outbox_event")]
    assert kinds == ["lost"]


class Producer(threading.Thread):
    """Enqueues in small transactions, again and again until each is acknowledged."""

    def __init__(self, outbox, count):
        super().__init__()
        self._outbox = outbox
        self._count = count
        self.written = 0
        self.refused = 0
        self.why = ""

    def run(self):
        from tests.acceptance.jobs.conftest import Outbox

        mine = Outbox(self._outbox.url)
        while self.written < self._count:
            jobs = [
                NewJob(job.queue, job.name, job.payload, key=job.key, dedup_key=f"n{self.written}-{n}",
                       dedup_seconds=600, attempts_max=50, backoff=QUICK)
                for n, job in enumerate(deeds(self.written, 10))
            ]  # fmt: skip
            try:
                mine.enqueue(jobs)
            except Exception as error:  # away, or gone in the middle: the same again
                self.refused += 1
                self.why = repr(error)
                time.sleep(0.05)
                continue
            self.written += len(jobs)
        mine.close()


@pytest.mark.timeout(300)
def test_postgres_killed_five_times_under_load_loses_nothing_and_doubles_nothing(
    outbox, own_postgres, new_worker
):
    worker = new_worker()
    worker.live()
    worker.wait_for("READY")
    count = 2_000
    producer = Producer(outbox, count)
    producer.start()
    for kill in range(1, 6):
        wait_until(lambda kill=kill: producer.written >= kill * count // 7, "some more load")
        os.kill(own_postgres.pid, signal.SIGKILL)
        os.waitpid(own_postgres.pid, 0)
        own_postgres.start()
    producer.join()
    outbox.wait_until_done()
    print(f"{count} jobs, 5 kills of Postgres, {producer.refused} refused writes repeated")
    assert_each_once(outbox, count)
    assert worker.child.poll() is None, "the worker has lived through it"


@pytest.mark.timeout(300)
def test_a_network_that_is_cut_or_hangs_loses_nothing_and_doubles_nothing(
    outbox, own_postgres, new_worker, folder
):
    (folder / "net").mkdir()
    network = Network.to_postgres(folder / "net", own_postgres.url)
    worker = new_worker(network.url)
    worker.live()
    worker.wait_for("READY")
    count = 2_000
    producer = Producer(outbox, count)  # by another way
    producer.start()
    try:
        for breaks in (network.cut, network.hang, network.cut):
            done = outbox.value("SELECT count(*) FROM effect")
            wait_until(lambda done=done: outbox.value("SELECT count(*) FROM effect") > done, "work")
            breaks()
            time.sleep(LEASE_SECONDS * 1.5)  # longer than a lease: what the worker has in hand is not its own
            network.heal()
        producer.join()
        outbox.wait_until_done()
    finally:
        network.close()
    assert_each_once(outbox, count)
