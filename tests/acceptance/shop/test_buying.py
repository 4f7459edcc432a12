"""More buyers than goods, and everything killed between "pay" and "delivered".

`ops/test tests/acceptance/shop --buyers 500` is the full run.
"""

import asyncio
import json
import os
import signal
import threading
import time
import urllib.request
from collections import Counter

import pytest

from mailroom.storage.postgres.division import CONNECTIONS_DEFAULT
from tests.acceptance.processes import wait_until
from tests.acceptance.shop.buyers import Crowd
from tests.acceptance.shop.shop_service import PRICE_MINOR
from tests.storage.postgres.bouncer import TRANSACTION, TRANSACTION_KEEPING

AT_ONCE_MAX = 500
KILL_PAUSE_SECONDS = 1.5
"""Between two kills: the others get on with their orders."""

DIRECTLY = pytest.param(None, id="directly")
POOLED = pytest.param(TRANSACTION, id="pooled")
POOLED_IN_LONG = pytest.param(TRANSACTION, id="pooled", marks=pytest.mark.long)
POOLED_KEEPING = pytest.param(TRANSACTION_KEEPING, id="pooled, statements kept", marks=pytest.mark.long)


def notices_to(shop_service):
    body = json.dumps({"base": shop_service.shop.url}).encode()
    urllib.request.urlopen(
        urllib.request.Request(f"{shop_service.gateways.url}/sim/notify", body), timeout=10
    ).read()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("database_url", [DIRECTLY, POOLED, POOLED_KEEPING], indirect=True)
def test_many_buyers_for_few_goods_get_exactly_what_there_is(shop_service, buyers):
    goods = buyers // 5
    notices_to(shop_service)
    crowd = Crowd(
        shop_service.telegram.url, shop_service.gateways.url, shop_service.books.offer(goods), buyers
    )
    began = time.monotonic()
    asyncio.run(crowd.buy(AT_ONCE_MAX))
    print(f"{buyers} buyers for {goods} goods in {time.monotonic() - began:.0f} s")
    assert Counter(buyer.end for buyer in crowd.buyers) == {"bought": goods, "sold out": buyers - goods}
    shown = [code for buyer in crowd.buyers for code in buyer.codes]
    assert len(shown) == len(set(shown)) == goods
    pooled = shop_service.shop.env["DATABASE_URL"] != shop_service.postgres.url
    assert ("jobs_found_by_looking" in shop_service.shop.said()) == pooled
    sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'mailroom' AND pid <> pg_backend_pid()"
    assert pooled or shop_service.books.value(sessions) <= CONNECTIONS_DEFAULT
    wait_until(
        lambda: (
            shop_service.books.value("SELECT count(*) FROM shop.orders WHERE status = 'delivered'") == goods
        ),
        "",
    )
    assert (
        shop_service.books.value("SELECT count(*) FROM shop.stock_items WHERE reserved_until IS NOT NULL")
        == 0
    )
    assert (
        shop_service.books.value("SELECT count(*) FROM shop.stock_items WHERE sold_at IS NOT NULL") == goods
    )
    assert (
        shop_service.books.value("SELECT sum(amount_minor) FROM mailroom.payment WHERE status = 'paid'")
        == goods * PRICE_MINOR
    )


class Killer(threading.Thread):
    """Kills one after another, and brings each up again, until it is told to stop."""

    def __init__(self, shop_service):
        super().__init__()
        self._mall = shop_service
        self._enough = threading.Event()
        self.kills = Counter()

    def run(self):
        while not self._enough.is_set():
            for what in (self.shop, self.redis, self.postgres, self.gateways):
                if self._enough.wait(KILL_PAUSE_SECONDS):
                    return
                what()
                self.kills[what.__name__] += 1

    def stop(self):
        self._enough.set()
        self.join()

    def shop(self):
        self._mall.shop.kill()
        self._mall.shop.start_and_wait()

    def redis(self):
        self._killed(self._mall.redis)

    def postgres(self):
        self._killed(self._mall.postgres)

    def gateways(self):
        self._mall.gateways.kill()
        self._mall.gateways.start_and_wait()

    def _killed(self, store):
        os.kill(store.pid, signal.SIGKILL)
        os.waitpid(store.pid, 0)
        store.start()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("database_url", [DIRECTLY, POOLED_IN_LONG, POOLED_KEEPING], indirect=True)
def test_every_paid_order_is_delivered_once_whatever_is_killed_meanwhile(shop_service, buyers):
    orders = max(buyers // 5, 2)
    notices_to(shop_service)
    crowd = Crowd(
        shop_service.telegram.url, shop_service.gateways.url, shop_service.books.offer(orders * 2), orders
    )
    anna = 10_000 + 10**6
    shop_service.books.knows(anna)
    killer = Killer(shop_service)
    killer.start()
    try:
        asyncio.run(crowd.buy(AT_ONCE_MAX, referrer=f"ref{base36(anna)}"))
    finally:
        killer.stop()
    print(f"{orders} orders; kills: {dict(killer.kills)}")
    books = shop_service.books
    wait_until(
        lambda: books.value("SELECT count(*) FROM mailroom.outbox_job WHERE name <> 'shop.expire'") == 0,
        "all jobs",
        120,
    )
    assert books.value("SELECT count(*) FROM mailroom.outbox_dead") == 0
    paid = books.value("SELECT count(*) FROM mailroom.payment WHERE status = 'paid'")
    assert paid == books.value("SELECT count(*) FROM shop.orders WHERE status = 'delivered'") == orders
    assert books.value("SELECT count(*) FROM shop.stock_items WHERE sold_at IS NOT NULL") == orders
    shown = [code for buyer in crowd.buyers for code in buyer.codes]
    assert len(shown) == len(set(shown)) == orders, "each its own code"
    # A message that was on its way when its sender was killed may be said twice, as after any crash.
    twice = sum(times - 1 for buyer in crowd.buyers for times in buyer.codes.values())
    assert twice <= killer.kills["shop"] * AT_ONCE_MAX
    bonuses = books.rows(
        "SELECT order_id, count(*) AS n FROM shop.balance_entries WHERE kind = 'bonus' GROUP BY 1"
    )
    assert [row["n"] for row in bonuses] == [1] * orders, "every bonus once"
    assert books.value("SELECT sum(orders) FROM shop.leaderboard") == orders


def base36(number):
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits
