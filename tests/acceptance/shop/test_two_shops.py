"""Two shops of two owners in one service, each with a YooKassa account of its own: neither has to do with the
other's money, whichever address a notice comes to and whatever stands in it.
"""

import asyncio
import base64
import json
import urllib.error
import urllib.request
import uuid
from dataclasses import replace
from typing import Any

import pytest

from mailroom.storage.postgres.migrate import migrate
from mailroom.storage.postgres.payments import created_at_provider, open_payment
from tests.acceptance.processes import NeverHappenedError, wait_until
from tests.acceptance.shop.buyers import Crowd
from tests.acceptance.shop.shop_service import PRICE_MINOR, ShopService
from tests.shop_tables import SHOP_TABLES

TOKENS = {"candles": "4242:candles", "tea": "4243:tea"}
ACCOUNTS = {"candles": "demo-candles", "tea": "demo-tea"}
CONFIG = "".join(
    f"""
[bots.{name}]
token = "{TOKENS[name]}"
bot = "shop"
[bots.{name}.options]
payments = ["{name}-pay"]
[payments.{name}-pay]
kind = "yookassa"
shop_id = "{shop}"
secret_key = "test_{shop}"
base_url = "{{gateways}}/yookassa/v3"
"""
    for name, shop in ACCOUNTS.items()
)


@pytest.fixture
def shops(folder, own_postgres, own_redis, telegram, database_url):
    migrate(database_url, [replace(SHOP_TABLES, schema=name) for name in TOKENS])
    one = ShopService(folder, own_postgres, own_redis, telegram, database_url, CONFIG)
    one.gateways.start_and_wait()
    one.shop.start_and_wait()
    yield one
    one.close()


def ask(url: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def buys(shops: ShopService, shop: str, product: int, who: int) -> None:
    """Somebody buys one in a shop, from the card to the code."""
    crowd = Crowd(shops.telegram.url, shops.gateways.url, product, 1, TOKENS[shop])
    crowd.buyers[0].id = who
    asyncio.run(crowd.buy(1))
    assert [buyer.end for buyer in crowd.buyers] == ["bought"]


def payments(shops: ShopService) -> list[tuple[str, ...]]:
    rows = shops.books.rows("SELECT bot, provider, reference, status FROM mailroom.payment ORDER BY id")
    return [tuple(row) for row in rows]


def made_over_there(shops: ShopService, shop: str, reference: str) -> str:
    """A payment that a shop's account has, with this name on it: its owner may write any. It is paid."""
    key = base64.b64encode(f"{ACCOUNTS[shop]}:test_{ACCOUNTS[shop]}".encode()).decode()
    body = {
        "amount": {"value": f"{PRICE_MINOR / 100:.2f}", "currency": "RUB"},
        "capture": True,
        "confirmation": {"type": "redirect", "return_url": "https://shop.example"},
        "metadata": {"order_id": reference},
    }
    headers = {"Authorization": f"Basic {key}", "Idempotence-Key": str(uuid.uuid4())}
    status, said = ask(f"{shops.gateways.url}/yookassa/v3/payments", body, **headers)
    assert status == 200, said
    id_: str = json.loads(said)["id"]
    return id_


def says(shops: ShopService, words: str) -> None:
    """Wait for these words in the log, however it spaces them."""
    try:
        wait_until(lambda: words.replace(" ", "") in shops.shop.said().replace(" ", ""), words, 60)
    except NeverHappenedError:
        print(shops.shop.said()[-6_000:])
        raise


@pytest.mark.timeout(300)
def test_two_shops_with_accounts_of_their_own_side_by_side(shops):
    notify = f"{shops.gateways.url}/sim/notify"
    base, webhook_url = shops.shop.url, f"{shops.shop.url}/webhook/payment"
    product = {name: shops.books.offer(4, name) for name in TOKENS}

    # Each account's cabinet has the address of the account. Both shops count their orders from one number on.
    urls = {f"yookassa/{ACCOUNTS[name]}": f"{webhook_url}/{name}-pay" for name in ACCOUNTS}
    assert ask(notify, {"base": base, "urls": urls})[0] == 200
    buys(shops, "candles", product["candles"], 10_001)
    buys(shops, "tea", product["tea"], 10_002)
    first = payments(shops)[0][2]
    assert payments(shops) == [
        ("candles", "candles-pay", first, "paid"),
        ("tea", "tea-pay", first, "paid"),
    ]

    # Both have the one of the kind: the shop in the notice says which it is for.
    urls = {f"yookassa/{shop}": f"{webhook_url}/yookassa" for shop in ACCOUNTS.values()}
    assert ask(notify, {"urls": urls})[0] == 200
    buys(shops, "tea", product["tea"], 10_003)
    second = payments(shops)[2][2]
    assert payments(shops)[2:] == [("tea", "tea-pay", second, "paid")]

    # An order of candles waits for its payment; whoever owns the account of tea has its name, and pays there.
    assert ask(notify, {"paused": True})[0] == 200
    number = shops.books.value(
        "INSERT INTO candles.orders (effect_id, bot, chat_id, user_id, language, contact, total_minor,"
        " currency, status, reserved_until) VALUES ('theirs', 'candles', 77, 77, 'en', '', 50000, 'RUB',"
        " 'awaiting_payment', now() + interval '1 hour') RETURNING id"
    )
    assert str(number) == second, "tea has sold its own of that number"
    order = {"purpose": "shop.order", "reference": second, "amount_minor": PRICE_MINOR, "currency": "RUB"}
    ours = shops.books.ask(lambda c: open_payment(c, bot="candles", provider="candles-pay", **order))
    forged = made_over_there(shops, "tea", ours.ref)
    assert ask(f"{shops.gateways.url}/sim/act", {"id": forged, "act": "pay"})[0] == 200
    told = {"id": forged, "status": "succeeded", "recipient": {"account_id": "demo-tea", "gateway_id": "1"}}
    notice = {"type": "notification", "event": "payment.succeeded", "object": told}
    assert ask(f"{webhook_url}/candles-pay", notice)[0] == 401, "it is for another account"
    told["recipient"]["account_id"] = "demo-candles"
    assert ask(f"{webhook_url}/candles-pay", notice)[0] == 200, "a hint, which is believed as far as to ask"
    says(shops, '"verdict": "unknown"')
    told["recipient"]["account_id"] = "demo-tea"
    assert ask(f"{webhook_url}/tea-pay", notice)[0] == 200
    says(shops, '"verdict": "unclaimed"')

    # What is paid for tea's order of that number is tea's: it was paid for before, and goes back.
    alike = shops.books.ask(lambda c: open_payment(c, bot="tea", provider="tea-pay", **order))
    real = made_over_there(shops, "tea", alike.ref)
    shops.books.ask(lambda c: created_at_provider(c, alike.id, real))
    assert ask(f"{shops.gateways.url}/sim/act", {"id": real, "act": "pay"})[0] == 200
    assert ask(notify, {"paused": False})[0] == 200
    wait_until(lambda: payments(shops)[4:] == [("tea", "tea-pay", second, "refunded")], "it goes back", 60)
    assert payments(shops)[3] == ("candles", "candles-pay", second, "pending")
    status = f"SELECT status FROM candles.orders WHERE id = {number}"
    assert shops.books.value(status) == "awaiting_payment"
