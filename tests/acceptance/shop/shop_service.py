"""A shop as it is in earnest: the service, both stores, Telegram and the payment gateways, each a process."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg

from mailroom.actors.bots.shop.domain.item import NewItem
from mailroom.actors.bots.shop.stock import add_items
from mailroom.ops.embedded.postgres import EmbeddedPostgres
from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.schemas import in_schema
from mailroom.storage.vault import Vault
from tests.acceptance.processes import START, Process, Simulator, free_port

TOKEN = "4242:shop"
SLUG = "rare"
PRICE_MINOR = 50_000
CONFIG = """
[bots.shop]
token = "{token}"
bot = "shop"
[bots.shop.options]
payments = ["yookassa"]
[payments.yookassa]
shop_id = "demo"
secret_key = "test_demo"
base_url = "{gateways}/yookassa/v3"
"""


class Gateways(Process):
    """The payment gateways; what they know outlives their process."""

    def __init__(self, folder: Path, notify: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._notify = notify
        state = folder / "payments.sqlite"
        command = [
            sys.executable,
            "-m",
            "mailroom.ops.simulators.payments",
            "--port",
            str(self.port),
            "--state",
            str(state),
        ]
        super().__init__(command, folder / "payments.log")

    def start_and_wait(self) -> None:
        self.start("ready at")


class Shop(Process):
    """The service, with the bundled shop."""

    def __init__(
        self, folder: Path, env: dict[str, str], port: int, gateways: str, config_text: str = CONFIG
    ) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        config = folder / "mailroom.toml"
        config.write_text(config_text.format(token=TOKEN, gateways=gateways))
        command = [sys.executable, "-c", START, str(config), "ingress,worker"]
        super().__init__(command, folder / "shop.log", {**env, "PORT": str(port), "PUBLIC_URL": self.url})

    def start_and_wait(self) -> None:
        self.start("READY")


class Books:
    """What is written in Postgres."""

    def __init__(self, url: str, vault: Vault) -> None:
        self._url = url
        self._vault = vault
        self._runner = asyncio.Runner()

    def ask(self, work: Callable[[asyncpg.Connection], Any]) -> Any:
        async def run() -> Any:
            connection = await asyncpg.connect(self._url)
            try:
                return await work(connection)
            finally:
                await connection.close()

        return self._runner.run(run())

    def value(self, statement: str) -> Any:
        return self.ask(lambda connection: connection.fetchval(statement))

    def rows(self, statement: str) -> list[Any]:
        return list(self.ask(lambda connection: connection.fetch(statement)))

    def offer(self, items: int, schema: str = "shop") -> int:
        """Put one product on sale in a shop, of which there are so many; its number."""

        async def fill(connection: asyncpg.Connection) -> int:
            await connection.execute(
                f"INSERT INTO {schema}.categories (slug, position, title_ru, title_en)"
                " VALUES ('rarities', 0, 'Редкости', 'Rarities') ON CONFLICT DO NOTHING"
            )
            product: int = await connection.fetchval(
                f"INSERT INTO {schema}.products (slug, category_id, position, title_ru, title_en,"
                " description_ru, description_en, price_minor, currency)"
                f" SELECT $1, min(id), 0, 'Редкость', 'Rarity', '', '', $2, 'RUB' FROM {schema}.categories"
                " RETURNING id",
                SLUG,
                PRICE_MINOR,
            )
            goods = [NewItem("code", f"CODE-{number:05d}".encode()) for number in range(items)]
            await add_items(in_schema(connection, schema, Clock()), self._vault, product, goods, "test")
            return product

        return int(self.ask(fill))

    def knows(self, user_id: int) -> None:
        """Have somebody who has been here before."""
        self.ask(
            lambda connection: connection.execute(
                "INSERT INTO shop.customers (bot, user_id, chat_id, name, language)"
                " VALUES ('shop', $1, $1, 'Ann', 'en')",
                user_id,
            )
        )

    def close(self) -> None:
        self._runner.close()


class ShopService:
    """All of it."""

    def __init__(
        self,
        folder: Path,
        postgres: EmbeddedPostgres,
        redis: EmbeddedRedis,
        telegram: Simulator,
        database_url: str,
        config_text: str = CONFIG,
    ) -> None:
        key = Vault.new_key()
        port = free_port()
        self.postgres = postgres
        self.redis = redis
        self.telegram = telegram
        self.gateways = Gateways(folder, f"http://127.0.0.1:{port}")
        env = {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis.url,
            "TELEGRAM_API_BASE": telegram.url,
            "MAILROOM_DATA": str(folder),
            "MAILROOM_ENCRYPTION_KEY": key,
        }
        self.shop = Shop(folder, env, port, self.gateways.url, config_text)
        self.books = Books(postgres.url, Vault([key]))

    def close(self) -> None:
        self.books.close()
        self.shop.kill()
        self.gateways.kill()
