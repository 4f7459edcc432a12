"""A rolling deploy from the version whose bots shared one queue of payments: its worker goes on beside ours,
and both names are enqueued by. Nothing is lost, nothing is paid twice, and of one key all is done in order.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import asyncpg
import pytest

from mailroom.ops.embedded.postgres import EmbeddedPostgres
from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.storage.postgres.outbox.notifier import QueueNotifier
from mailroom.storage.postgres.outbox.oncall import OutboxAdmin
from mailroom.storage.postgres.payments import created_at_provider, open_payment
from mailroom.storage.vault import Vault
from tests.acceptance.history import ROOT, code_of
from tests.acceptance.processes import wait_until

BEFORE = "f733cee"
"""The last commit of that version."""
BOTS = ("one", "two")
CONFIG = "".join(f'[bots.{bot}]\ntoken = "42{n}:{bot}"\nbot = "shop"\n' for n, bot in enumerate(BOTS))
TABLES = """
CREATE TABLE steps (id bigint GENERATED ALWAYS AS IDENTITY, row text, number bigint, began timestamptz,
    ended timestamptz DEFAULT clock_timestamp(), by text);
CREATE TABLE paid (payment bigint PRIMARY KEY, by text);
CREATE TABLE refunds (payment text PRIMARY KEY, key text);
"""
MIGRATE = "from mailroom.ops.cli import main; main()"
DONE_OF = "SELECT DISTINCT split_part(row, ':', 1) FROM steps WHERE row NOT LIKE '%slow'"
ROUNDS = 40


class BothVersions:
    """Two bots that are paid, and the workers of both versions."""

    def __init__(self, folder: Path, code: Path, database_url: str, redis_url: str) -> None:
        self.folder, self.url = folder, database_url
        self.config = folder / "mailroom.toml"
        self.config.write_text(CONFIG)
        self.env = {
            **os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url, "MAILROOM_DATA": str(folder),
            "TELEGRAM_API_BASE": "http://127.0.0.1:9", "MAILROOM_ENCRYPTION_KEY": Vault.new_key(),
        }  # fmt: skip
        self.paths = {"old": code / ".package", "new": ROOT / ".package"}
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self._runner = asyncio.Runner()
        self._numbers = {f"{bot}:{row}": 0 for bot in BOTS for row in range(3)}
        self.payments = 0

    def migrate(self, version: str) -> None:
        command = [sys.executable, "-P", "-c", MIGRATE, "migrate", "--config", str(self.config)]
        env = {**self.env, "PYTHONPATH": str(self.paths[version])}
        subprocess.run(command, env=env, cwd=self.folder, check=True, capture_output=True, timeout=120)

    def start(self, version: str) -> None:
        script = Path(__file__).with_name("paying_worker.py")
        command = [sys.executable, "-P", str(script), str(self.config), version]
        env = {**self.env, "PYTHONPATH": str(self.paths[version])}
        with self.log(version).open("ab") as log:
            self.workers[version] = subprocess.Popen(
                command, stdout=log, stderr=log, env=env, cwd=self.folder
            )

    def log(self, version: str) -> Path:
        return self.folder / f"{version}.log"

    def said(self, version: str, word: str) -> None:
        wait_until(lambda: word in self.log(version).read_text(), f"{version} to say {word}")

    def ask(self, work: Callable[[asyncpg.Pool], object]) -> object:
        async def run() -> object:
            async with asyncpg.create_pool(self.url, min_size=1, max_size=2) as pool:
                return await work(pool)

        return self._runner.run(run())

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.ask(lambda pool: pool.fetch(statement))]

    def enqueue(self, *jobs: NewJob) -> None:
        self.ask(lambda pool: enqueue(pool, jobs))

    def pay(self, bot: str, name: str = "p") -> tuple[int, str]:
        """Somebody has paid; the notice is yet to come."""
        self.payments += 1

        async def opened(pool: asyncpg.Pool) -> tuple[int, str]:
            payment = await open_payment(
                pool, bot=bot, provider="till", purpose="thing", reference=str(self.payments),
                amount_minor=1_000, currency="RUB",
            )  # fmt: skip
            await created_at_provider(pool, payment.id, f"{name}-{payment.id}")
            return payment.id, f"{name}-{payment.id}"

        return self.ask(opened)

    def steps(self, queue: Callable[[str], str]) -> list[NewJob]:
        """The next one of each row."""
        jobs = []
        for row in self._numbers:
            self._numbers[row] += 1
            bot = row.partition(":")[0]
            carried = {"bot": bot, "row": row, "number": self._numbers[row]}
            jobs.append(NewJob(queue(bot), "step", json.dumps(carried), key=row))
        return jobs

    def close(self) -> None:
        for worker in self.workers.values():
            worker.kill()
            worker.wait()
        self._runner.close()


def shared(_bot: str) -> str:
    return "payment"


def own(bot: str) -> str:
    return f"{bot}.payment"


def noticed(provider_id: str, queue: str) -> NewJob:
    carried = {"provider": "till", "provider_id": provider_id, "state": "paid"}
    return NewJob(queue, "payment.noticed", json.dumps(carried), dedup_key=f"notice:{provider_id}")


@pytest.fixture(name="both")
def street_fixture(folder: Path, own_redis: EmbeddedRedis) -> Iterator[BothVersions]:
    folder.chmod(0o711)
    code, postgres = code_of(BEFORE, folder), EmbeddedPostgres(folder)
    both = BothVersions(folder, code, postgres.start(), own_redis.url)
    yield both
    both.close()
    postgres.stop()


@pytest.mark.long
@pytest.mark.timeout(400)
def test_no_payment_is_lost_or_paid_twice_while_its_queue_becomes_its_bots(both: BothVersions) -> None:
    both.migrate("old")
    both.ask(lambda pool: pool.execute(TABLES))
    both.start("old")
    both.said("old", "READY")
    for bot in BOTS:
        both.enqueue(noticed(both.pay(bot, "bad")[1], "payment"))
    count = "SELECT count(*) FROM mailroom.outbox_dead"
    wait_until(lambda: both.rows(count) == [(2,)], "two dead letters")
    slow = [{"bot": bot, "row": f"{bot}:slow", "number": 1, "waits": True} for bot in BOTS]
    both.enqueue(
        *(
            NewJob("payment", "step", json.dumps(one), key=str(one["row"]), timeout_seconds=200)
            for one in slow
        )
    )
    held = (
        "SELECT queue, key FROM mailroom.outbox_job WHERE worker IS NOT NULL AND key LIKE '%slow' ORDER BY id"
    )
    wait_until(lambda: len(both.rows(held)) == 2, "two in hand")

    both.ask(lambda pool: OutboxAdmin(pool, QueueNotifier(pool)).pause("payment", "ann", "the books"))
    both.enqueue(*both.steps(shared))
    both.migrate("new")
    both.start("new")
    left = "SELECT count(*) FROM mailroom.outbox_job WHERE queue = 'payment'"
    wait_until(lambda: both.rows(left) == [(0,)], "all of it to move")
    assert both.rows("SELECT DISTINCT queue FROM mailroom.outbox_dead") == [("accounts",)]
    assert both.rows(held) == [("one.payment", "one:slow"), ("two.payment", "two:slow")]
    paused = "SELECT queue FROM mailroom.outbox_queue WHERE paused_by = 'ann' ORDER BY queue"
    assert both.rows(paused) == [("accounts",), ("one.payment",), ("two.payment",)]
    assert both.rows("SELECT count(*) FROM steps") == [(0,)]
    (both.folder / "go").touch()

    for round_ in range(ROUNDS):
        for bot in BOTS:
            queue = "accounts" if round_ % 2 else "payment"
            id_, provider_id = both.pay(bot)
            confirm = {"payment_id": id_, "notified": True}
            asked = NewJob(own(bot) if round_ % 3 else "payment", "payment.confirm", json.dumps(confirm))
            both.enqueue(noticed(provider_id, queue), asked)
        both.enqueue(*both.steps(own if round_ % 2 else shared))
        if round_ == ROUNDS // 4:
            both.ask(lambda pool: OutboxAdmin(pool, QueueNotifier(pool)).resume("one.payment"))
            wait_until(lambda: both.rows(DONE_OF) == [("one",)], "the one that was resumed, alone")
        if round_ == ROUNDS // 2:
            for queue in ("two.payment", "accounts"):
                both.ask(lambda pool, queue=queue: OutboxAdmin(pool, QueueNotifier(pool)).resume(queue))
            both.workers["old"].send_signal(signal.SIGTERM)
    (both.folder / "mended").touch()
    dead = [int(str(row[0])) for row in both.rows("SELECT id FROM mailroom.outbox_dead")]
    both.ask(lambda pool: OutboxAdmin(pool, QueueNotifier(pool)).retry(dead))
    jobs = "SELECT count(*) FROM mailroom.outbox_job"
    wait_until(lambda: both.rows(jobs) == [(0,)], "all to be done", 150)

    assert both.rows("SELECT queue, name, error FROM mailroom.outbox_dead") == []
    assert both.rows("SELECT count(*) FROM paid") == [(both.payments,)], "each once: it is their key"
    back = both.rows("SELECT count(*) FROM mailroom.payment WHERE status = 'refunded'")
    assert back == both.rows("SELECT count(*) FROM refunds") != [(0,)]
    by_row: dict[str, list[tuple[object, ...]]] = {}
    for row, *told in both.rows("SELECT row, number, began, ended FROM steps ORDER BY id"):
        by_row.setdefault(str(row), []).append(tuple(told))
    assert both.rows("SELECT DISTINCT by FROM steps WHERE row LIKE '%slow'") == [("old",)]
    for row, told in by_row.items():
        assert [number for number, *_ in told] == list(range(1, len(told) + 1)), row
        assert all(this[2] <= next_[1] for this, next_ in pairwise(told)), row
    assert {len(told) for row, told in by_row.items() if "slow" not in row} == {ROUNDS + 1}
