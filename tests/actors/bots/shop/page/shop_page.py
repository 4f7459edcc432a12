"""A shop with its page, on a real Postgres with the demo's goods, and a gateway that takes any payment."""

import contextlib
from dataclasses import dataclass, field
from types import SimpleNamespace
from urllib.parse import urlencode

import asyncpg
import pytest
import trio

from mailroom.actors.bots.shop.checkout import settle
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.orders import mark_delivered
from mailroom.actors.bots.shop.page import PAGE
from mailroom.actors.bots.shop.parts import PARTS
from mailroom.actors.hosting.services import BotServices
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.allowance import Allowance
from mailroom.actors.uses.cpu import Cpu
from mailroom.actors.uses.http import Http
from mailroom.ingress.app import create_app
from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.ops.access import Access
from mailroom.ingress.ops.operations import Operations
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.routes import pages
from mailroom.ops.testing.asked.person import init_data
from mailroom.ops.testing.opened.payments import MemoryAccount
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.database import connect
from mailroom.storage.postgres.payments import mark_paid, payments_of
from mailroom.storage.postgres.schemas import SchemaPool
from tests.databases import copied
from tests.rooms import transaction_on
from tests.shop_tables import SCHEMA, VAULT, shop_template

TOKEN = "42:shop-on-a-page"
ANN = 700_001


@dataclass
class Shop:
    """What a test works with."""

    client: object
    database: asyncpg.Pool
    app: object
    woken: list = field(default_factory=list)

    async def ask(self, method, path, json=None, *, user=ANN, headers=None, bot=None, lang="en", data=None):
        """Ask the API as somebody; status, headers and JSON of the answer."""
        query = urlencode({"lang": lang} if lang else {})
        sent = {"data": data} if data is not None else {"json": json} if json is not None else {}
        answer = await self.client.open(
            f"/app/{bot or 'shop'}/api/{path}?{query}",
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
            async with transaction_on(self.database) as tx:
                await mark_paid(tx.connection, payment.id)
                return await settle(tx, payment)

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


@contextlib.asynccontextmanager
async def open_shop(url, **changes):
    """The application with a shop in it; with a console too, where there are on-call's functions and their
    token.
    """
    oncall, token = changes.pop("oncall", None), changes.pop("ops_token", None)
    operations = Operations(oncall, Access(token, Allowance())) if oncall is not None else None
    database = await aio(connect, url)
    woken = []
    try:
        app = create_app(None, None, {"bots": {}}, operations)
        app.register_blueprint(_routes(database, woken, **changes))
        yield Shop(app.test_client(), SchemaPool(database, SCHEMA, Clock()), app, woken)
    finally:
        with trio.CancelScope(shield=True):
            await aio(database.close)


def _routes(
    database,
    woken,
    *,
    options=None,
    tokens=None,
    gateways=None,
    public_url="https://shop.example",
    demo=False,
    chat_url=None,
    held=lambda: False,
    page=PAGE,
):
    """The pages of the shops that have these options, by their names."""
    options, tokens = options or {"shop": Options()}, tokens or {"shop": TOKEN}
    gateways = [MemoryAccount("yookassa", test=True)] if gateways is None else gateways
    services = BotServices(
        database=database,
        payments={one.name: one for one in gateways},
        models=None,
        vault=VAULT,
        http=Http(),
        allowance=Allowance(),
        cpu=Cpu(),
        public_url=public_url,
        wake=woken.append,
        options=options,
        schemas=dict.fromkeys(options, SCHEMA),
        demo=demo,
    )
    shown = [
        BotPage(services.of(name), page, "shop", tokens[name], PARTS.roles, chat_url) for name in options
    ]
    return pages(shown, services.allowance, doing=Doing(held))


@pytest.fixture(name="page_database")
def page_database_fixture(postgres_url):
    """A shop's database of the test's own, with the demo's goods."""
    with copied(postgres_url, shop_template(postgres_url)) as url:
        yield url


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
