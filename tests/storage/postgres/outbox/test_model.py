"""The outbox against a model of it, under random histories: who gets which jobs, and in which order."""

import asyncio
import os
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailroom.storage.postgres.outbox.complete import complete
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.oncall import OutboxAdmin
from mailroom.storage.postgres.outbox.outcome import Done, Finished, Rejected, Retry, Snoozed
from tests.storage.postgres.outbox.box import Box, mail

SETTINGS = settings(
    max_examples=10,
    deadline=None,
    derandomize="CI" in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)
ATTEMPTS_MAX = 3
LATER_SECONDS, AGE_SECONDS = 10_000.0, 100_000.0
OUTCOMES = {
    "done": Done(),
    "retry": Retry("e", after_seconds=0.0),
    "retry later": Retry("e", after_seconds=LATER_SECONDS),
    "rejected": Rejected("e"),
    "snoozed": Snoozed(),
}


@dataclass
class Twin:
    """A job as the model has it."""

    id: int
    key: str | None
    dedup: str | None
    turn: float
    due: float
    priority: int
    worker: str = ""
    expired: bool = False
    started: bool = False
    dead: bool = False
    claims: int = 0
    forgiven: int = 0


class Pair:
    """The outbox and its model, which live through the same history. What is chosen from a list is given by a
    number.
    """

    def __init__(self, runner, box):
        self.runner = runner
        self.box = box
        self.runner.run(box.empty())
        self.admin = OutboxAdmin(box.pool, box.notifier)
        self.now = 0.0
        self.twins: dict[int, Twin] = {}
        self.held: list[tuple[str, object]] = []  # whatever was ever given out, with whom it was given to
        self.paused = False

    def tick(self):
        self.now += 1.0
        return self.now

    def alive(self):
        return [twin for twin in self.twins.values() if not twin.dead]

    def enqueue(self, n):
        key = (None, "a", "a")[n % 3]
        dedup = (None, "x")[n // 3 % 2]
        later = n // 6 % 5 == 0
        priority = 1 if n // 30 % 4 == 0 else 2
        delay = LATER_SECONDS if later else 0.0
        job = mail(
            "n",
            key=key,
            dedup_key=dedup,
            dedup_seconds=0.0,
            priority=priority,
            delay_seconds=delay,
            attempts_max=ATTEMPTS_MAX,
        )
        (answer,) = self.runner.run(enqueue(self.box.pool, [job]))
        holder = [twin.id for twin in self.alive() if dedup and twin.dedup == dedup]
        assert answer.duplicate == bool(holder)
        if holder:
            assert answer.id == holder[0]
        else:
            at = self.tick() + delay
            self.twins[answer.id] = Twin(answer.id, key, dedup, at, at, priority)

    def may_go(self, twin):
        if twin.due > self.now or twin.turn > self.now or (twin.worker and not twin.expired):
            return False
        if twin.key is None:
            return True
        line = [other for other in self.alive() if other.key == twin.key]
        started = [other for other in line if other.started]
        due = [other for other in line if other.due <= self.now]
        return twin is (started[0] if started else min(due, key=lambda other: other.id))

    def claim(self, n):
        worker, most = "vvw"[n % 3], (100, 1)[n // 3 % 2]
        jobs = self.runner.run(self.box.claim(worker, most))
        self.tick()
        line = sorted(filter(self.may_go, self.alive()), key=lambda twin: (twin.priority, twin.turn))[:most]
        expected = []
        for twin in [] if self.paused else line:
            twin.worker, twin.expired, twin.started = worker, False, True
            twin.claims += 1
            if twin.claims - twin.forgiven > ATTEMPTS_MAX:
                self.die(twin)
            else:
                expected.append((twin.id, twin.claims - twin.forgiven))
        assert [(job.id, job.attempt) for job in jobs] == expected
        self.held += [(worker, job) for job in jobs]

    def let_go(self, twin):
        twin.worker, twin.started, twin.expired = "", False, False
        line = [other for other in self.alive() if other.key == twin.key and other.id != twin.id]
        due = [other for other in line if other.due <= self.now]
        if twin.key is not None and due:
            min(due, key=lambda other: other.id).turn = self.tick()

    def die(self, twin):
        twin.dead = True
        self.let_go(twin)

    def end(self, n):
        if not self.held:
            return
        word = sorted(OUTCOMES)[n % 5]
        worker, job = self.held[-1 - n // 5 % min(len(self.held), 5)]
        ours = self.runner.run(complete(self.box.completions, worker, [Finished(job, OUTCOMES[word])]))
        twin = self.twins.get(job.id)
        listened = bool(twin and not twin.dead and twin.worker == worker and twin.claims == job.claims)
        assert ours == ({job.id} if listened else set())
        if not listened:
            return
        self.tick()
        if word == "done":
            del self.twins[twin.id]
            self.let_go(twin)
        elif word == "rejected" or (word != "snoozed" and job.attempt >= ATTEMPTS_MAX):
            self.die(twin)
        else:
            twin.worker, twin.expired = "", False
            twin.forgiven += word == "snoozed"
            twin.due = twin.turn = self.now + (LATER_SECONDS if word == "retry later" else 0.0)

    def workers_die(self, _n):
        self.runner.run(self.box.expire_leases())
        for twin in self.alive():
            twin.expired = bool(twin.worker)

    def time_passes(self, _n):
        self.runner.run(self.box.pass_time(AGE_SECONDS))
        for twin in self.alive():
            twin.turn -= AGE_SECONDS
            twin.due -= AGE_SECONDS

    def pause_or_resume(self, _n):
        self.runner.run(self.admin.resume("mail") if self.paused else self.admin.pause("mail", "eve", "why"))
        self.paused = not self.paused

    def chosen(self, n):
        return sorted(self.twins)[n % len(self.twins)] if self.twins else None

    def retry_by_hand(self, n):
        twin = self.twins.get(self.chosen(n))
        if twin is None:
            return
        retried = self.runner.run(self.admin.retry([twin.id]))
        running = not twin.dead and bool(twin.worker) and not twin.expired
        rival = twin.dead and twin.dedup and any(other.dedup == twin.dedup for other in self.alive())
        assert retried == ([] if running or rival else [twin.id])
        if retried:
            twin.dead, twin.worker, twin.expired, twin.forgiven = False, "", False, twin.claims
            twin.due = twin.turn = self.tick()

    def drop_by_hand(self, n):
        twin = self.twins.pop(self.chosen(n), None)
        if twin is None:
            return
        assert self.runner.run(self.admin.drop([twin.id])) == [twin.id]
        if not twin.dead:
            self.tick()
            self.let_go(twin)


STEPS = {"enqueue": 5, "claim": 5, "end": 8, "workers_die": 1, "time_passes": 1, "pause_or_resume": 1} | {
    "retry_by_hand": 2,
    "drop_by_hand": 1,
}
HISTORIES = st.lists(
    st.tuples(
        st.sampled_from([step for step, weight in STEPS.items() for _ in range(weight)]), st.integers(0, 239)
    ),
    min_size=60,
    max_size=100,
)


def test_the_outbox_does_what_its_model_does(outbox_url):
    with asyncio.Runner() as runner:
        box = Box(outbox_url)
        runner.run(box.__aenter__())

        @SETTINGS
        @given(HISTORIES)
        def live_through(history):
            pair = Pair(runner, box)
            for step, n in history:
                getattr(pair, step)(n)

        live_through()
        runner.run(box.__aexit__())
