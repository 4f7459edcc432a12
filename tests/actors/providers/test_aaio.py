"""AAIO: its signatures, against vectors that were made elsewhere, and what it leaves us to do ourselves."""

import pytest
from cryptography.hazmat.primitives import hashes
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.providers.aaio import STATES, sign
from mailroom.actors.providers.payments import (
    Money,
    Notice,
    NoticedPayment,
    NoticeRefusedError,
    ProviderRefusedError,
    ProviderUnavailableError,
)
from mailroom.actors.providers.receipts import Receipt
from tests.actors.providers.gateway import LOST, AaioGateway, meet, order

MERCHANT = "c1a2b3d4-0000-4000-8000-000000000001"
NOTICE = (
    "merchant_id=c1a2b3d4-0000-4000-8000-000000000001&invoice_id=9b0c&order_id=order-1042&amount=1490"
    "&currency=RUB&profit=1400.6&commission=89.4&commission_client=0&commission_type=100%3A0"
    "&sign=585a25672db19b22ab98250264103991a98ec50a5d86f68de622024e35ee5215&status=success&method=cards_ru"
    "&desc=&email=&us_attempt=1"
)


@pytest.mark.parametrize(
    ("amount", "secret", "expected"),
    [
        ("1490.00", "secret-one", "84018bc8848a4686b6f48b0d211cc1ac398b99b0595f4ccd83c26fa73bdefabe"),
        ("1490", "secret-two", "585a25672db19b22ab98250264103991a98ec50a5d86f68de622024e35ee5215"),
    ],
    ids=["order", "notice"],
)
def test_signatures_are_those_that_were_made_elsewhere(amount, secret, expected):
    assert sign(MERCHANT, amount, "RUB", secret, "order-1042") == expected


@given(parts=st.tuples(*[st.text(max_size=20)] * 5))
def test_signatures_are_those_of_another_library(parts):
    digest = hashes.Hash(hashes.SHA256())
    for number, part in enumerate(parts):
        digest.update((":" if number else "").encode() + part.encode())
    assert sign(*parts) == digest.finalize().hex()


def test_a_notice_as_it_comes_is_taken_and_any_change_of_what_is_signed_is_not():
    async def scenario(gateway, provider):
        taken = [NoticedPayment("order-1042", "paid")]
        assert await provider.verify_notice(Notice({}, NOTICE.encode(), "")) == taken
        for old, new in (
            ("amount=1490", "amount=1490.0"), ("amount=1490", "amount=149"), ("order-1042", "order-1043"),
            ("=RUB", "=USD"), ("sign=5", "sign=6"), ("sign=5", "sin=5"), ("0001&", "0002&"),
            ("status=success", "status=failed"), ("amount=1490&", "amount=1490&amount=1&"),
        ):  # fmt: skip
            assert old in NOTICE
            with pytest.raises(NoticeRefusedError):
                await provider.verify_notice(Notice({}, NOTICE.replace(old, new).encode(), ""))

    meet(AaioGateway, scenario, secret_2="secret-two")


@pytest.mark.parametrize(
    ("change", "state"),
    [("status=hold", "paid"), ("", "paid"), ("status=", "paid")],
    ids=["hold", "none", "empty"],
)
def test_a_notice_is_only_sent_for_what_was_paid(change, state):
    async def scenario(gateway, provider):
        body = NOTICE.replace("status=success", change)
        (noticed,) = await provider.verify_notice(Notice({}, body.encode(), ""))
        assert noticed.state == state

    meet(AaioGateway, scenario, secret_2="secret-two")


def test_a_genuine_notice_for_another_shop_is_refused():
    async def scenario(gateway, provider):
        with pytest.raises(NoticeRefusedError, match="another merchant"):
            await provider.verify_notice(Notice({}, NOTICE.encode(), ""))

    meet(AaioGateway, scenario, secret_2="secret-two", merchant_id="f56b279c-d250-11ed-afa1-0242ac120002")


def test_the_amount_that_is_signed_is_the_amount_that_is_sent():
    async def scenario(gateway, provider):
        wanted = order(
            receipt=Receipt((), email="anna@example.com"), language="en", description="Заказ " * 200
        )
        await provider.create(wanted)
        form = gateway.asked[0].form
        assert form["amount"] == "1490.00"
        assert form["sign"] == sign(MERCHANT, form["amount"], "RUB", gateway.secrets[0], "1042")
        assert (form["order_id"], form["lang"], form["email"]) == ("1042", "en", "anna@example.com")
        assert len(form["desc"]) == 512
        assert gateway.asked[0].headers["content-type"] == "application/x-www-form-urlencoded"
        assert not any(secret in gateway.asked[0].body.decode() for secret in gateway.secrets)

    meet(AaioGateway, scenario)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"money": Money(100, "KZT")}, "takes RUB, UAH, EUR, USD, not KZT"),
        ({"reference": "заказ"}, "does not take 'заказ'"),
        ({"reference": ""}, "does not take ''"),
        ({"reference": "1\n"}, "does not take"),
        ({"reference": "1" * 65}, "does not take"),
    ],
)
def test_what_aaio_cannot_take_is_not_sent(changes, why):
    async def scenario(gateway, provider):
        with pytest.raises(ProviderRefusedError, match=why):
            await provider.create(order(**changes))
        assert gateway.asked == []

    meet(AaioGateway, scenario)


@pytest.mark.parametrize(
    ("status", "state"),
    [("in_process", "pending"), ("success", "paid"), ("hold", "paid"), ("expired", "canceled")],
)
def test_the_states_of_an_order(status, state):
    assert STATES[status] == state

    async def scenario(gateway, provider):
        made = await provider.create(order())
        gateway.payments[made.provider_id]["status"] = status
        assert (await provider.fetch(made.provider_id)).state == state
        assert gateway.asked[-1].headers["x-api-key"] == gateway.secrets[2]

    meet(AaioGateway, scenario)


@pytest.mark.parametrize(
    ("text", "minor"),
    [(b"1490", 149_000), (b"1490.0", 149_000), (b"0.29", 29), (b'"1490.00"', 149_000), (b"1.49E+3", 149_000)],
)
def test_an_amount_is_exact_however_it_is_written(text, minor):
    async def scenario(gateway, provider):
        body = (
            b'{"type":"success","order_id":"1042","merchant_id":"%s","status":"success","amount":%s,'
            b'"currency":"RUB","us_vars":{"attempt":"1"}}' % (MERCHANT.encode(), text)
        )
        gateway.answers.append((200, {}, body))
        assert (await provider.fetch("1042")).money == Money(minor, "RUB")

    meet(AaioGateway, scenario)


@pytest.mark.parametrize(
    ("amount", "error"),
    [("1e999999999", ProviderRefusedError), ('"much"', ProviderRefusedError), ("1.005", ProviderRefusedError),
     ("true", ProviderUnavailableError), ("NaN", ProviderUnavailableError)],
)  # fmt: skip
def test_an_amount_that_is_none_is_told(amount, error):
    async def scenario(gateway, provider):
        fields = (
            f'"type":"success","order_id":"1042","merchant_id":"{MERCHANT}","status":"hold","currency":"RUB"'
        )
        gateway.answers.append((200, {}, f'{{{fields},"amount":{amount}}}'.encode()))
        with pytest.raises(error, match="amount"):
            await provider.fetch("1042")

    meet(AaioGateway, scenario)


def test_an_error_that_comes_with_status_200_is_an_error():
    async def scenario(gateway, provider):
        gateway.answers += [(200, {}, gateway.mistake("Invalid sign", 401))] * 2
        for call in (provider.create(order()), provider.fetch("1042")):
            with pytest.raises(ProviderRefusedError, match="aaio answered 200: 401: Invalid sign"):
                await call

    meet(AaioGateway, scenario)


def test_an_answer_for_another_shop_is_not_taken():
    async def scenario(gateway, provider):
        made = await provider.create(order())
        gateway.payments[made.provider_id]["merchant_id"] = "f56b279c-d250-11ed-afa1-0242ac120002"
        with pytest.raises(ProviderRefusedError, match="another merchant"):
            await provider.fetch(made.provider_id)

    meet(AaioGateway, scenario)


def test_an_order_that_was_paid_before_the_call_had_its_answer_leads_back_to_the_shop():
    async def scenario(gateway, provider):
        gateway.answers.append(LOST)
        with pytest.raises(ProviderUnavailableError):
            await provider.create(order())
        taken = (400, {}, gateway.mistake("Order with this order_id already exists"))
        gateway.answers.append(taken)
        with pytest.raises(ProviderRefusedError, match="already exists"):
            await provider.create(order())
        gateway.pay("1042")
        gateway.answers.append(taken)
        made = await provider.create(order())
        assert (made.provider_id, made.pay_url) == ("1042", order().return_url)
        gateway.answers.append(taken)
        with pytest.raises(ProviderRefusedError, match="already exists"):
            await provider.create(order(money=Money(1, "RUB")))

    meet(AaioGateway, scenario)
