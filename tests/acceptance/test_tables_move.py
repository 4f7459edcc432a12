"""A rolling deploy from the version that had its tables in `public`: its web and its worker go on under load
while the tables are moved, the new ones take over, and started once more the old ones refuse.
"""

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.storage.postgres.migrate import migrate
from mailroom.storage.postgres.old_chain import MOVED
from tests.acceptance.history import code_of
from tests.acceptance.load import People, complaints
from tests.acceptance.processes import START, Simulator
from tests.acceptance.service import ROLES, Service
from tests.acceptance.shape import APART, Installation, Program
from tests.acceptance.test_kills import make_progress, wait_for_answers
from tests.shop_tables import SHOP_TABLES
from tests.storage.postgres.old_database import make_old

BEFORE = "714cb3d"
"""The last commit whose tables had no schema."""
LAST_OF_BEFORE = "0021_shop_pictures"
CLI = "from ops.cli import app; app()"
CHATS = 6


@pytest.fixture(name="code_of_before")
def code_of_before_fixture(folder: Path) -> Path:
    return code_of(BEFORE, folder)


class OldProgram(Program):
    """One process of it; ours are forked from what has loaded our code already."""

    def launch(self) -> None:
        self.log.touch()
        self._from = self.log.stat().st_size
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(self.command, stdout=log, stderr=log, env=self.env)  # type: ignore[assignment]


class Before(Installation):
    """Its web and its worker, with the same bot."""

    def __init__(self, code: Path, config: Path, env: dict[str, str]) -> None:
        start = START.replace("mailroom.", "")
        env = {**env, "PYTHONPATH": str(code)}

        def make(name: str) -> Program:
            # -P: a folder of ours that is called as one of theirs must not be found first.
            command = [sys.executable, "-P", "-c", start, str(config), ROLES[name]]
            return OldProgram(name, command, config.parent, env, ready="READY")

        super().__init__(APART, make)
        self.webhook = f"{self.url}/webhook/telegram/counter"


@pytest.fixture(name="old_stores")
def old_stores_fixture(own_redis: EmbeddedRedis, clean_postgres_url: str) -> dict[str, str]:
    async def make() -> None:
        connection = await asyncpg.connect(clean_postgres_url)
        await make_old(connection, LAST_OF_BEFORE)
        await connection.close()

    asyncio.run(make())
    return {"REDIS_URL": own_redis.url, "DATABASE_URL": clean_postgres_url}


@pytest.mark.long
@pytest.mark.timeout(300)
def test_old_processes_go_on_while_tables_move_and_new_ones_take_over(
    code_of_before: Path, folder: Path, old_stores: dict[str, str], telegram: Simulator
) -> None:
    new = Service(APART, folder, old_stores, telegram)
    env = {**old_stores, "TELEGRAM_API_BASE": telegram.url}
    old = Before(code_of_before, new.config, env)
    webhooks = [old.webhook]
    try:
        old.start_and_wait()
        with People(lambda: webhooks[-1], CHATS, pause_seconds=0.02) as people:
            make_progress(people, 2 * CHATS)
            assert MOVED in migrate(old_stores["DATABASE_URL"], [SHOP_TABLES])
            make_progress(people, 2 * CHATS)
            assert migrate(old_stores["DATABASE_URL"], [SHOP_TABLES]) == []
            for process in new.processes:
                process.launch()
            new.servers[0].wait_until_ready()  # its worker stands by while the old one works all chats
            webhooks.append(new.webhook)
            make_progress(people, CHATS)
            for process in old.processes:
                process.terminate()
            make_progress(people, 2 * CHATS)
            people.finish()
        sent = wait_for_answers(telegram, people)
        assert not complaints(sent, people.acknowledged, crashes=0)
        late = subprocess.run(
            [sys.executable, "-P", "-c", CLI, "worker", "--config", str(new.config)],
            cwd=folder,
            env={**env, "PYTHONPATH": str(code_of_before)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert late.returncode != 0
        said = late.stdout + late.stderr
        assert f"at migration {MOVED}, which this version of Mailroom does not know" in said, said
    finally:
        old.kill()
        new.kill()
