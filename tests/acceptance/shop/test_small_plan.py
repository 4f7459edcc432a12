"""Four shops in one process, on a database that has twenty connections for them."""

import json
import re
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from mailroom.ops.embedded.postgres import EmbeddedPostgres
from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.storage.postgres.migrate import migrate
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.storage.postgres.outbox.renamed import RETIRED
from mailroom.storage.vault import Vault
from tests.acceptance.processes import START, Process, Simulator, free_port, wait_until
from tests.acceptance.shop.shop_service import Books
from tests.shop_tables import tables_of

PLAN = 20
AT_MOST = 16
SHOPS = ("north", "south", "east", "west")
OWN = ("payment", "delivery", "notification")
QUEUES = ["accounts", *(f"{shop}.{name}" for shop in SHOPS for name in OWN)]
"""Four times three of the shops' own, and that of the payment accounts of all."""
CONFIG = "".join(
    f'[bots.{shop}]\ntoken = "42{number}:{shop}"\nbot = "shop"\n' for number, shop in enumerate(SHOPS)
)
TABLES = [tables_of("shop", shop) for shop in SHOPS]
WITH_EIGHT = f"database_connections = 8\n{CONFIG}"
FLOOD_JOBS = 300


class ShopsProcess(Process):
    """The process of all four, as the role of a small plan."""

    def __init__(self, folder: Path, env: dict[str, str], config: str, roles: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        path = folder / "mailroom.toml"
        path.write_text(config)
        self.env_of_ours = {**env, "PORT": str(self.port), "PUBLIC_URL": self.url}
        super().__init__(
            [sys.executable, "-c", START, str(path), roles],
            folder / "shops.log",
            self.env_of_ours,
        )

    def metric(self, name: str) -> float:
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=20) as answer:
            found = re.search(rf"^{re.escape(name)} (\S+)$", answer.read().decode(), re.MULTILINE)
        assert found, name
        return float(found[1])


@pytest.fixture
def books(own_postgres: EmbeddedPostgres) -> Iterator[Books]:
    """A database of a role that has so many connections."""
    server = Books(own_postgres.url, Vault([Vault.new_key()]))
    for statement in (f"CREATE ROLE plan LOGIN CONNECTION LIMIT {PLAN}", "CREATE DATABASE small OWNER plan"):
        server.ask(lambda connection, statement=statement: connection.execute(statement))
    server.close()
    url = own_postgres.url.replace("@/mailroom?", "@/small?")
    migrate(url.replace("postgres@/", "plan@/"), TABLES)
    one = Books(url, Vault([Vault.new_key()]))
    yield one
    one.close()


@pytest.fixture
def start_shops(
    folder: Path, own_postgres: EmbeddedPostgres, own_redis: EmbeddedRedis, telegram: Simulator, books: Books
) -> Iterator[Callable[..., ShopsProcess]]:
    env = {
        "DATABASE_URL": own_postgres.url.replace("postgres@/mailroom?", "plan@/small?"),
        "REDIS_URL": own_redis.url,
        "TELEGRAM_API_BASE": telegram.url,
        "MAILROOM_DATA": str(folder),
        "MAILROOM_ENCRYPTION_KEY": Vault.new_key(),
    }
    made: list[ShopsProcess] = []

    def make(config: str, roles: str = "ingress,worker") -> ShopsProcess:
        made.append(ShopsProcess(folder, env, config, roles))
        return made[-1]

    yield make
    for one in made:
        one.kill()


def held(books: Books) -> int:
    return int(books.value("SELECT count(*) FROM pg_stat_activity WHERE usename = 'plan'"))


def payment_of(books: Books, bot: str) -> int:
    """A payment that a bot has asked for, at an account that is not configured."""
    return int(
        books.value(
            "INSERT INTO mailroom.payment (bot, provider, provider_id, purpose, reference, amount_minor,"
            f" currency, ref) VALUES ('{bot}', 'sold', 'p-{bot}', 'shop.order', '1', 100, 'RUB', 'm-{bot}')"
            " RETURNING id"
        )
    )


def write(books: Books, jobs: list[NewJob]) -> None:
    async def write(connection: asyncpg.Connection) -> None:
        await enqueue(connection, jobs)

    books.ask(write)


def test_they_work_and_say_how_many_connections_they_use(
    start_shops: Callable[..., ShopsProcess], books: Books
) -> None:
    shops = start_shops(CONFIG)
    shops.start("READY")
    (said,) = [json.loads(line) for line in shops.said().splitlines() if '"postgres_connections"' in line]
    assert (said["at_most"], said["queues"]) == (AT_MOST, len(QUEUES))
    most = 0
    write(books, [NewJob(queue, "nobody.does") for queue in QUEUES for _ in range(FLOOD_JOBS)])

    def all_ended() -> bool:
        nonlocal most
        most = max(most, held(books))
        return bool(books.value("SELECT count(*) FROM mailroom.outbox_job") == 0)

    wait_until(all_ended, "every job of every queue", 120)
    died = dict(map(tuple, books.rows("SELECT queue, count(*) FROM mailroom.outbox_dead GROUP BY queue")))
    assert died == dict.fromkeys(QUEUES, FLOOD_JOBS)
    print(f"{len(QUEUES)} queues of {len(SHOPS)} shops on {most} connections at most, of a plan with {PLAN}")
    assert most <= AT_MOST == shops.metric("mailroom_database_connections_max")
    assert 0 < shops.metric("mailroom_database_connections") <= AT_MOST
    migrate(shops.env["DATABASE_URL"], TABLES)  # some are left for whoever comes beside it


def test_what_was_enqueued_by_a_name_that_bots_shared_is_done_by_the_bot_it_is_for(
    start_shops: Callable[..., ShopsProcess], books: Books
) -> None:
    write(books, [NewJob("notification", "nobody.does", f'{{"bot": "{shop}"}}', key="k") for shop in SHOPS])
    shops = start_shops(CONFIG)
    shops.start("READY")
    write(books, [NewJob("notification", "nobody.does", f'{{"bot": "{shop}"}}', key="k") for shop in SHOPS])
    died = "SELECT queue, count(*) FROM mailroom.outbox_dead GROUP BY queue"
    expected = {f"{shop}.notification": 2 for shop in SHOPS}
    wait_until(lambda: dict(map(tuple, books.rows(died))) == expected, "all of them where they belong", 60)


def test_what_was_enqueued_when_all_shared_one_queue_of_payments_is_done_by_the_bot_that_was_paid(
    start_shops: Callable[..., ShopsProcess], books: Books
) -> None:
    """The account is none of theirs, so that each dies where it came to. Nobody takes what is another's."""
    asked = {bot: payment_of(books, bot) for bot in (*SHOPS, "gone")}
    jobs = [
        NewJob("payment", name, f'{{"payment_id": {id_}, "why": "owner"}}', key=f"refund:{id_}")
        for id_ in asked.values()
        for name in ("payment.confirm", "payment.refund")
    ]
    write(books, [*jobs, NewJob("payment", "payment.noticed", '{"provider": "sold", "provider_id": "7"}')])
    shops = start_shops(CONFIG)
    shops.start("READY")
    write(books, jobs)
    died = "SELECT queue, count(*) FROM mailroom.outbox_dead GROUP BY queue"
    expected = {"accounts": 1, **{f"{shop}.payment": 4 for shop in SHOPS}}
    wait_until(lambda: dict(map(tuple, books.rows(died))) == expected, "all of them where they belong", 60)
    left = "SELECT queue, count(*) FROM mailroom.outbox_job WHERE name LIKE 'payment.%' GROUP BY queue"
    assert dict(map(tuple, books.rows(left))) == {"gone.payment": 4}, "until there is such a bot again"
    with urllib.request.urlopen(f"{shops.url}/readyz", timeout=20) as answer:
        assert "1 payment of 'gone'" in " ".join(json.load(answer)["warnings"])


def test_the_version_before_takes_no_more_jobs_once_a_process_enqueues_by_the_new_names(
    start_shops: Callable[..., ShopsProcess], books: Books
) -> None:
    start_shops(CONFIG, roles="ingress").start("READY")
    retired = books.rows("SELECT queue, paused_by FROM mailroom.outbox_queue ORDER BY queue")
    assert list(map(tuple, retired)) == [(name, RETIRED) for name in sorted(OWN)]


def test_too_few_are_refused_in_one_sentence(start_shops: Callable[..., ShopsProcess]) -> None:
    shops = start_shops(WITH_EIGHT)
    shops.launch()
    assert shops.child is not None
    shops.child.wait(60)
    assert "database_connections: 13 queues need at least 11, and it is 8" in shops.said()
