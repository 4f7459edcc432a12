"""Yesterday's backup of Postgres beside today's Redis and today's gateways: nobody gets goods unpaid, nobody
pays twice, what was sold since is not sold again, and what is unknown is named to on-call.
"""

import asyncio
import json
import urllib.request
from collections import Counter
from contextlib import suppress
from typing import Any

import aiohttp
import asyncpg

from mailroom.actors.bots.shop.restored import confirm
from mailroom.actors.kit.owners.deeds import By
from tests import forked
from tests.acceptance.processes import wait_until
from tests.acceptance.shop.buyers import Buyer, Crowd
from tests.acceptance.shop.shop_service import SLUG, ShopService
from tests.forked import MAILROOM
from tests.shop_tables import shop_pool, shop_room

GOODS = 8


class HesitatesError(Exception):
    """The buyer has seen where to pay, and waits."""


class Hesitant(Buyer):
    """Somebody who goes to pay, and pays later."""

    payment = ""

    async def _pays(self, payment: str) -> None:
        self.payment = payment
        raise HesitatesError


class Day:
    """A shop in which one after another buys, and whose database may go back."""

    def __init__(self, shop_service: ShopService) -> None:
        self.shop_service = shop_service
        self.product = shop_service.books.offer(GOODS)
        body = json.dumps({"base": shop_service.shop.url}).encode()
        urllib.request.urlopen(f"{shop_service.gateways.url}/sim/notify", body, timeout=10).close()
        self._numbers = iter(range(100))

    def buys(self, kind: type[Buyer] = Buyer) -> Buyer:
        """Somebody new buys; returns when they have what they came for."""
        crowd = Crowd(self.shop_service.telegram.url, self.shop_service.gateways.url, self.product, 0)
        one = kind(crowd, next(self._numbers))
        crowd.buyers = [one]
        with suppress(HesitatesError):
            asyncio.run(asyncio.wait_for(crowd.buy(1), 90))
        return one

    def pays(self, payment: str) -> None:
        body = json.dumps({"id": payment, "act": "pay"}).encode()
        with urllib.request.urlopen(f"{self.shop_service.gateways.url}/sim/act", body, timeout=20):
            pass

    def shown_to(self, one: Buyer) -> Counter[str]:
        """The codes in somebody's chat, as it is now."""

        async def look() -> Counter[str]:
            async with aiohttp.ClientSession() as one._crowd._http:
                await one._sees(lambda _message: True, 5)
            return one.codes

        return asyncio.run(look())

    def mailroom(self, *arguments: str) -> str:
        """What on-call types."""
        done = forked.run([MAILROOM, *arguments], env=self.shop_service.shop.env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def warnings(self) -> str:
        with urllib.request.urlopen(f"{self.shop_service.shop.url}/readyz", timeout=5) as answer:
            return " ".join(json.load(answer)["warnings"])

    def copies(self, source: str, target: str) -> None:
        """Make one database of another; nobody may be connected."""
        url = self.shop_service.postgres.url.replace("@/mailroom?", "@/postgres?")

        async def copy() -> None:
            connection = await asyncpg.connect(url)
            await connection.execute(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
            await connection.execute(f"CREATE DATABASE {target} TEMPLATE {source}")
            await connection.close()

        asyncio.run(copy())

    def confirms(self) -> int:
        """The owner says that what is left was not sold."""

        async def say() -> int:
            async with shop_pool(self.shop_service.postgres.url, 1) as pool:
                return await confirm(shop_room(pool), By("shop", "the owner", "confirm-1", "counted"), SLUG)

        return asyncio.run(say())


def test_yesterdays_backup_beside_todays_gateways_sells_nothing_twice_and_nothing_unpaid(
    shop_service: ShopService,
) -> None:
    day = Day(shop_service)
    before = day.buys()
    hesitant: Any = day.buys(Hesitant)
    shop_service.shop.terminate()
    day.copies("mailroom", "night")
    shop_service.shop.start_and_wait()

    # What the backup does not know: one buys, another pays for what was ordered before it.
    since = day.buys()
    day.pays(hesitant.payment)
    wait_until(lambda: day.shown_to(hesitant), "the one who hesitated has a code")
    sold = [*before.codes, *since.codes, *hesitant.codes]
    assert len(sold) == len(set(sold)) == 3
    shop_service.shop.kill()
    day.copies("night", "mailroom")
    shop_service.shop.start_and_wait()

    # Held: it is said what is unknown; whoever writes is taken in, and waits.
    wait_until(lambda: "1 payment of 500 ₽ unknown here" in day.warnings(), "the lost payment is named")
    assert "Postgres went back to" in day.warnings()
    wait_until(lambda: '"asking": false' in day.mailroom("restored", "--json"), "every gateway was asked")
    lost = json.loads(day.mailroom("payments", "lost", "--json"))
    assert [one["about"]["chat"] for one in lost] == [str(since.id)]
    late = day.shop_service.telegram.ask(
        "send", {"token": "4242:shop", "chat_id": 10_099, "first_name": "Late", "text": "/start"}
    )
    assert late["update_ids"]
    assert not _told(day, 10_099)
    assert shop_service.books.value("SELECT count(*) FROM shop.stock_items WHERE sold_at IS NOT NULL") == 1

    day.mailroom("payments", "end", lost[0]["ref"], "delivered", "--why", "the code is in the chat")
    day.mailroom("restored", "--go", "--yes", "--why", "from the backup of the night, payments compared")
    wait_until(lambda: _told(day, 10_099), "who wrote meanwhile is answered")

    # Paid for an order that the backup knows: it is found, and its own code comes again, nobody else's.
    wait_until(
        lambda: shop_service.books.value("SELECT count(*) FROM shop.orders WHERE status = 'delivered'") == 2,
        "the order that was paid since the backup is delivered",
    )
    assert set(day.shown_to(hesitant)) == set(hesitant.codes)
    assert len(hesitant.codes) == 1

    # What was free at the backup is not sold before the owner confirms it, and what is lost never again.
    disappointed = day.buys()
    assert disappointed.end == "sold out"
    assert day.confirms() == GOODS - 3
    after = day.buys()
    assert after.end == "bought"
    assert not set(after.codes) & set(sold)
    assert shop_service.books.value("SELECT max(id) FROM shop.orders") > 10_000, (
        "no order's number is given twice"
    )
    assert shop_service.books.value("SELECT count(*) FROM mailroom.payment_refund") == 0
    paid = shop_service.books.value("SELECT count(*) FROM mailroom.payment WHERE status = 'paid'")
    assert (
        paid
        == shop_service.books.value("SELECT count(DISTINCT ref) FROM mailroom.payment WHERE status = 'paid'")
        == 3
    )


def _told(day: Day, chat: int) -> bool:
    page = day.shop_service.telegram.ask(f"chat?token=4242:shop&chat_id={chat}&limit=50")
    return any(one.get("from", {}).get("is_bot") for one in page["messages"])
