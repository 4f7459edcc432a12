"""A shop with everything behind it: chats in a real Redis, jobs in a real Postgres, a provider in memory, and
a supplier who answers as he was told to.
"""

import itertools
from contextlib import asynccontextmanager
from types import SimpleNamespace

import httpx
import trio
from aiogram import Router
from pydantic_core import from_json

from mailroom.actors.accounts import account_handlers
from mailroom.actors.bots.shop.balance import balance
from mailroom.actors.bots.shop.catalog import quote_cart
from mailroom.actors.bots.shop.checkout import PURPOSE, pay_link
from mailroom.actors.bots.shop.customers import remember
from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.domain.item import NewItem
from mailroom.actors.bots.shop.jobs.handlers import handlers
from mailroom.actors.bots.shop.jobs.purpose import purposes
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.orders import Buyer, find_order, place_order
from mailroom.actors.bots.shop.stock import add_items, goods_of, levels
from mailroom.actors.hosting.events import ChatEvent, chat_event
from mailroom.actors.hosting.services import BotServices
from mailroom.actors.jobs.chat_sender import ChatSender
from mailroom.actors.notification import notification_handlers
from mailroom.actors.paying.kinds import Noticed
from mailroom.actors.paying.noticed import noticed_job
from mailroom.actors.paying.ways import Ways
from mailroom.actors.payment import payment_handlers
from mailroom.actors.providers.payments import Money
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.texts.language import Language
from mailroom.actors.uses.allowance import Allowance
from mailroom.actors.uses.cpu import Cpu
from mailroom.actors.uses.http import Http
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.payments import find_payment, payments_of
from mailroom.storage.postgres.schemas import SchemaPool
from tests.actors.bot_process import Telegram, open_process
from tests.actors.jobs.queue_harness import open_queues
from tests.actors.paying.memory_provider import MemoryProvider
from tests.rooms import named, purposes_of
from tests.shop_tables import SCHEMA

EVENTS = (
    "shop.delivered",
    "shop.receipt",
    "shop.bonus",
    "shop.expired",
    "shop.refunded",
    "shop.refunding",
    "shop.erased",
)
OWNER, SUPPLIER_CHAT = 900, 901
SECRET = b"between us"
PRICE = 10_000
EN = Language("en")


class Supplier:
    """An address that is called, with its answers in order; 200 when there are none left."""

    def __init__(self):
        self.calls = []
        self.answers = []

    async def __call__(self, request):
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        self.calls.append(request)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(answer)


class ShopHarness:
    def __init__(self, queues, process, vault, services, provider, supplier, told):
        self.queues, self.process, self.vault, self.services = queues, process, vault, services
        self.provider, self.supplier, self.told = provider, supplier, told
        self.telegram = process.telegram
        self.pool = SchemaPool(queues.pool, SCHEMA, Clock())
        theirs = purposes_of(services, purposes(services))
        self.jobs = [
            account_handlers(services.payments),
            payment_handlers("shop", services.payments, theirs),
            handlers(services),
            notification_handlers("shop"),
        ]
        self._numbers = itertools.count(1)
        self._lives = []

    async def start(self, **options):
        """All queues at work."""
        self._lives = [await self.queues.start(jobs, **options) for jobs in self.jobs]

    async def stop(self):
        for life in self._lives:
            await life.stop()

    async def restart(self, **options):
        """The workers are killed where they stand, and others come in their place."""
        for life in self._lives:
            await life.cancel()
        await self.start(**options)

    async def quiet(self):
        """Until no job can be run now, and no chat has anything waiting."""
        await self.queues.quiet()
        await self.process.settled()

    async def sql(self, statement, *values):
        return [tuple(row) for row in await aio(self.pool.fetch, statement, *values)]

    async def value(self, statement, *values):
        return await aio(self.pool.fetchval, statement, *values)

    async def product(self, items, *, supplier=None):
        slug = f"thing-{next(self._numbers)}"
        id_ = await self.value(
            "INSERT INTO shop.products (slug, category_id, position, title_ru, title_en, description_ru, "
            "description_en, price_minor, currency, supplier_id) SELECT $1, min(id), 99, $1, $1, '', '', $2, "
            "'RUB', $3 FROM shop.categories RETURNING id",
            slug, PRICE, supplier,
        )  # fmt: skip
        codes = [NewItem("code", f"{slug}-{number}".encode()) for number in range(items)]
        await aio(add_items, self.pool, self.vault, id_, codes, "test")
        return id_

    async def new_supplier(self, *, chat=False, call=False):
        slug = f"supplier-{next(self._numbers)}"
        return await self.value(
            "INSERT INTO shop.suppliers (slug, title, chat_id, callback_url, callback_secret) "
            "VALUES ($1, $1, $2, $3, $4) RETURNING id",
            slug,
            SUPPLIER_CHAT if chat else None,
            "https://supplier.example/sold" if call else None,
            self.vault.encrypt(SECRET) if call else None,
        )

    async def person(self, *, brought_by=None, language=EN):
        id_ = 10_000 + next(self._numbers)
        person = SimpleNamespace(id=id_, full_name=f"Person {id_}")
        await aio(remember, self.pool, "shop", person, id_, language, brought_by)
        return id_

    async def order(self, *lines, buyer=None, use_balance=False):
        """An order of (product, quantity), placed in the buyer's chat."""
        buyer = buyer or await self.person()
        who = Buyer("shop", buyer, buyer, Language("en"), "ann@example.com", "")

        async def place():
            quote = await quote_cart(self.pool, Language("en"), Cart(tuple(lines)))
            return await place_order(
                self.services, named(f"effect-{next(self._numbers)}"), who, quote,
                reserve_minutes=15, use_balance=use_balance,
            )  # fmt: skip

        return await aio(place)

    async def pay(self, order, *, paid=None, notice=True):
        """The buyer pays; the provider's name for the payment."""
        order = await self.find(order.number)

        async def link():
            ways = Ways(self.services.payments)
            return await pay_link(self.services, named("pay"), ways, order, self.provider.name)

        id_ = (await aio(find_payment, self.pool, (await aio(link)).payment_id)).provider_id
        self.provider.becomes(id_, "paid", money=paid or Money(order.to_pay_minor, order.currency))
        if notice:
            await self.notice(id_)
        return id_

    async def notice(self, provider_id, state="paid"):
        wanted = Noticed(provider=self.provider.name, provider_id=provider_id, state=state)
        return await self.queues.enqueue(noticed_job(wanted, digest=str(next(self._numbers))))

    async def time_passes(self, order):
        """The reservation of an order has run out, and its job is due."""
        await self.sql(
            "UPDATE shop.orders SET reserved_until = now() - interval '1 s' WHERE id = $1", order.number
        )
        await self.sql(
            "UPDATE shop.stock_items SET reserved_until = now() - interval '1 s' WHERE order_id = $1 AND "
            "sold_at IS NULL",
            order.number,
        )
        await self.sql(
            (
                "UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now() "
                "WHERE name = 'shop.expire' AND key = $1"
            ),
            f"order:{order.number}",
        )

    async def find(self, number):
        return await aio(find_order, self.pool, number)

    async def status(self, order):
        return (await self.find(order.number)).status

    async def goods(self, order):
        return [one.content.decode() for one in await aio(goods_of, self.pool, self.vault, order.number)]

    async def balance(self, person):
        return await aio(balance, self.pool, "shop", person, "RUB")

    async def payments(self, order):
        return await aio(payments_of, self.pool, "shop", PURPOSE, str(order.number))

    async def free(self, product):
        return (await aio(levels, self.pool, product))[0].available

    async def boards(self):
        return await self.sql("SELECT user_id, orders, spent_minor FROM shop.leaderboard ORDER BY user_id")

    async def dead(self):
        return await self.sql("SELECT name, error FROM mailroom.outbox_dead ORDER BY id")

    def events(self, chat, *names):
        """What was put into a chat: name and data."""
        return [(name, data) for id_, name, data in self.told if id_ == chat and (not names or name in names)]

    def names(self, chat):
        return [name for name, _ in self.events(chat)]


@asynccontextmanager
async def open_shop(database_url, redis_url, vault, *, provider=None, options=None):
    """To be used under `mailroom.actors.runtime.host.run`."""
    telegram, told, supplier = Telegram(), [], Supplier()
    provider = provider or MemoryProvider()
    router = Router()

    async def hear(event: ChatEvent) -> None:
        told.append((event.chat_id, event.name, from_json(event.data)))

    for name in EVENTS:
        chat_event(router, name)(hear)
    async with open_process(redis_url, router, telegram) as process:
        sender = ChatSender(
            process.mailboxes,
            lambda chat, receipt: process.chats.arrived(chat, receipt.entry, receipt.begun),
            process.chats.look_again,
        )
        async with open_queues(database_url, bots={"shop": process.bot}, chats=sender) as queues:
            services = BotServices(
                database=queues.pool,
                payments={provider.name: provider},
                models=None,
                vault=vault,
                http=Http(transport=httpx.MockTransport(supplier)),
                allowance=Allowance(),
                cpu=Cpu(),
                public_url="https://shop.example",
                wake=queues.listener.wake,
                options={"shop": options or Options(owners=frozenset({OWNER}))},
                schemas={"shop": SCHEMA},
            ).of("shop")
            yield ShopHarness(queues, process, vault, services, provider, supplier, told)
            with trio.CancelScope(shield=True):
                await aio(services.http.aclose)
