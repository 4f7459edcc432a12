"""A shop with its page, on a real Postgres with the demo's goods, and a gateway that takes any payment."""

import asyncio
import contextlib
import functools
import hashlib
import hmac
import itertools
import json
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from urllib.parse import urlencode

import asyncpg
import pytest
import trio

from mailroom.actors.bots.shop.checkout import settle
from mailroom.actors.bots.shop.demo.goods import fill
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.orders import mark_delivered
from mailroom.actors.paying.accounts import Accounts
from mailroom.actors.providers.payments import CreatedPayment
from mailroom.actors.providers.sums import Sums
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.allowance import Allowance
from mailroom.ingress.app import create_app
from mailroom.ingress.pages.shop.page import mini_app
from mailroom.ingress.pages.shop.shops import Shops
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.database import connect
from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.payments import mark_paid, payments_of
from mailroom.storage.postgres.schemas import SchemaPool
from mailroom.storage.vault import Vault
from tests.shop_tables import SCHEMA, SHOP_TABLES, shop_pool

TOKEN = "42:shop-on-a-page"
VAULT = Vault(["ZGVtby1rZXktb2YtdGhlLXNob3AncyB0ZXN0cy0wMDE="])  # 32 bytes, and no secret
ANN = 700_001

_numbers = itertools.count(1)


class Gateway:
    """A payment provider that gives links and does not do anything else."""

    test = True
    can_refund = False

    def __init__(self, name="yookassa"):
        self.kind, self.name, self.names = name, name, (name,)
        self.asked = []
        self.fails_with = None
        self.takes = Sums(1, 10**12)

    def sums(self, currency):
        return self.takes

    async def create(self, order):
        self.asked.append(order)
        if self.fails_with is not None:
            raise self.fails_with
        return CreatedPayment(f"p-{order.reference}", f"https://pay.example/{self.name}/{order.reference}")


@dataclass
class Shop:
    """What a test has in its hands."""

    client: object
    database: asyncpg.Pool
    app: object
    shops: Shops
    woken: list = field(default_factory=list)

    async def ask(self, method, path, json=None, *, user=ANN, headers=None, bot=None, lang="en", data=None):
        """Ask the API as somebody; status, headers and JSON of the answer."""
        query = urlencode({key: value for key, value in {"bot": bot, "lang": lang}.items() if value})
        sent = {"data": data} if data is not None else {"json": json} if json is not None else {}
        answer = await self.client.open(
            f"/app/shop/api/{path}?{query}",
            method=method,
            headers=signed_in(user) if headers is None else headers,
            **sent,
        )
        return SimpleNamespace(
            status=answer.status_code,
            headers=answer.headers,
            json=await answer.get_json(silent=True),
            body=await answer.get_data(),
        )

    async def sql(self, statement, *values):
        """Look into the database, or change it behind everybody's back."""
        return await aio(self.database.fetch, statement, *values)

    async def product(self, slug):
        rows = await self.sql("SELECT id FROM shop.products WHERE slug = $1", slug)
        return rows[0]["id"]

    async def pays(self, number):
        """The provider says that an order's payment was made; what follows in the service, follows."""

        async def settled():
            payment = (await payments_of(self.database, "shop", "shop.order", str(number)))[-1]
            async with self.database.acquire() as connection, connection.transaction():
                await mark_paid(connection, payment.id)
                return await settle(connection, payment)

        return await aio(settled)

    async def delivers(self, number):
        assert await aio(mark_delivered, self.database, number)


def signed_in(user, token=TOKEN, *, at=None, language="en", **fields):
    """The header of a page that Telegram has opened for somebody."""
    person = {
        "id": user,
        "first_name": "Ann",
        "last_name": "Smith",
        "username": "ann_smith",
        "language_code": language,
    }
    return {"Authorization": f"tma {init_data(person, token, at=at, **fields)}"}


def init_data(person, token=TOKEN, *, at=None, **more):
    """Init data as Telegram signs it."""
    fields = {
        "auth_date": str(int(at or time.time())),
        "query_id": "AAE0",
        "user": json.dumps(person),
        **more,
    }
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return urlencode({**fields, "hash": hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()})


@contextlib.asynccontextmanager
async def open_shop(url, **changes):
    """The application with a shop in it; with a console too, where there are a desk and its token."""
    gateways = changes.pop("gateways", [Gateway()])
    on_call = (changes.pop("desk", None), changes.pop("ops_token", None))
    database = await aio(connect, url)
    woken = []
    try:
        shops = Shops(
            **{
                "databases": dict.fromkeys(
                    changes.get("options", ["shop"]), SchemaPool(database, SCHEMA, Clock())
                ),
                "payments": {
                    bot: Accounts(gateways).chosen(options.payments)
                    for bot, options in changes.get("options", {"shop": Options()}).items()
                },
                "vault": VAULT,
                "options": {"shop": Options()},
                "tokens": {"shop": TOKEN},
                "public_url": "https://shop.example",
                "wake": woken.append,
                "allowance": Allowance(),
            }
            | changes
        )
        app = create_app(None, None, {"bots": {}}, *on_call)
        app.register_blueprint(mini_app(shops))
        yield Shop(app.test_client(), SchemaPool(database, SCHEMA, Clock()), app, shops, woken)
    finally:
        with trio.CancelScope(shield=True):
            await aio(database.close)


@pytest.fixture(name="page_database")
def page_database_fixture(postgres_url):
    """A shop's database of the test's own, with the demo's goods."""
    template = _template(postgres_url)
    name = f"page_{next(_numbers)}"
    _execute(postgres_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _sibling(postgres_url, name)
    _execute(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(name="visit")
def visit_fixture(page_database):
    """`visit(test)` runs a test that is given the shop; what else is said changes how the shop is set up."""

    def run(test, **changes):
        async def main():
            with trio.fail_after(40):
                async with open_shop(page_database, **changes) as shop:
                    return await test(shop)

        return host.run(main)

    return run


@functools.cache
def _template(postgres_url):
    """Filled once: a copy takes a tenth of the time."""
    name = "page_template"
    _execute(postgres_url, f"CREATE DATABASE {name}")

    async def make():
        await apply_migrations(_sibling(postgres_url, name), [SHOP_TABLES])
        async with shop_pool(_sibling(postgres_url, name), 1) as pool:
            await fill(pool, VAULT)

    asyncio.run(make())
    return name


def _execute(url, statement):
    async def run():
        connection = await asyncpg.connect(url)
        await connection.execute(statement)
        await connection.close()

    asyncio.run(run())


def _sibling(url, name):
    return url.replace("@/mailroom?", f"@/{name}?")
