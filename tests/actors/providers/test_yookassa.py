"""YooKassa: what is sent, whom its notices may come from, and its own package as a judge of both."""

import json
from decimal import Decimal

import httpx
import pytest
from structlog.testing import capture_logs
from yookassa.domain.common import SecurityHelper
from yookassa.domain.notification import WebhookNotificationFactory
from yookassa.domain.request import PaymentRequest, RefundRequest
from yookassa.domain.response import PaymentResponse, RefundResponse

from mailroom.actors.providers.payments import (
    Money,
    Notice,
    NoticedPayment,
    NoticeRefusedError,
    ProviderRefusedError,
    ProviderUnavailableError,
)
from mailroom.actors.providers.receipts import Receipt, ReceiptItem
from mailroom.actors.providers.yookassa import STATES, YOOKASSA_NETWORKS, YooKassa
from tests.actors.providers.gateway import LOST, YooKassaGateway, meet, order, refund_of

ID = "2f1c3a9e-000f-5000-8000-1b2c3d4e5f60"
SUCCEEDED = """{"type":"notification","event":"payment.succeeded","object":{"id":"2f1c3a9e-000f-5000-8000-1b2c3d4e5f60","status":"succeeded","paid":true,"amount":{"value":"1490.00","currency":"RUB"},"income_amount":{"value":"1437.85","currency":"RUB"},"description":"Заказ 1042","recipient":{"account_id":"123456","gateway_id":"7654321"},"payment_method":{"type":"bank_card","id":"2f1c3a9e-000f-5000-8000-1b2c3d4e5f60","saved":false,"title":"Bank card *4477","card":{"first6":"555555","last4":"4477","expiry_year":"2029","expiry_month":"07","card_type":"MasterCard"}},"created_at":"2026-11-20T09:14:03.511Z","captured_at":"2026-11-20T09:15:42.100Z","test":true,"refunded_amount":{"value":"0.00","currency":"RUB"},"refundable":true,"metadata":{"order_id":"1042"}}}"""  # noqa: E501 - as it came
REFUNDED = """{"type":"notification","event":"refund.succeeded","object":{"id":"2f1c4b00-0015-5000-9000-1d2e3f405162","payment_id":"2f1c3a9e-000f-5000-8000-1b2c3d4e5f60","status":"succeeded","amount":{"value":"745.00","currency":"RUB"},"created_at":"2026-11-21T08:00:10.004Z"}}"""  # noqa: E501 - as it came
RECEIPT = Receipt((ReceiptItem("Свеча 200 г", 2, 74_500, vat_code=11),), email="anna@example.com")


def posted(wanted=None, **options):
    """What is sent to create a payment."""

    async def scenario(gateway, provider):
        await provider.create(wanted or order())
        return gateway.asked[0]

    return meet(YooKassaGateway, scenario, **options)


def test_a_payment_is_asked_for_in_one_stage_and_under_our_key():
    asked = posted(order(language="en"))
    assert asked.headers["idempotence-key"] == "payment-1042"
    assert asked.json == {
        "amount": {"value": "1490.00", "currency": "RUB"},
        "capture": True,
        "description": "Заказ 1042",
        "confirmation": {
            "type": "redirect", "return_url": "https://shop.example/back?a=1&b=2", "locale": "en_US"
        },
        "metadata": {"order_id": "1042"},
    }  # fmt: skip


@pytest.mark.parametrize("key", ["", "k" * 65])
def test_a_key_that_yookassa_would_not_take_is_not_sent(key):
    async def scenario(gateway, provider):
        with pytest.raises(ProviderRefusedError, match="idempotency key"):
            await provider.create(order(idempotency_key=key))
        assert gateway.asked == []

    meet(YooKassaGateway, scenario)


def test_its_own_package_takes_what_we_send_for_a_payment_and_a_refund():
    receipt = Receipt((*RECEIPT.items, ReceiptItem("Ключ", 1, 1)), phone="+7 (900) 000-00-00", tax_system=2)
    asked = posted(order(receipt=receipt, money=Money(149_001, "RUB"), language="ru"))
    request = PaymentRequest(asked.json)
    request.validate()
    assert (request.capture, request.metadata) == (True, {"order_id": "1042"})
    assert request.receipt.customer.phone == "79000000000"
    assert request.receipt.tax_system_code == 2
    prices = [(item.amount.value, Decimal(item.quantity), item.vat_code) for item in request.receipt.items]
    assert prices == [(Decimal("745.00"), 2, 11), (Decimal("0.01"), 1, 1)]
    assert sum(price * quantity for price, quantity, _ in prices) == request.amount.value

    async def scenario(gateway, provider):
        made = await provider.create(order())
        gateway.pay(made.provider_id)
        await provider.refund(refund_of(made.provider_id, reason="поздно", receipt=RECEIPT))
        return gateway.asked[-1]

    asked = meet(YooKassaGateway, scenario)
    assert asked.headers["idempotence-key"] == "refund-1042"
    refund = RefundRequest(asked.json)
    refund.validate()
    assert (refund.amount.value, refund.description) == (Decimal("1490.00"), "поздно")
    assert refund.receipt.items[0].description == "Свеча 200 г"


@pytest.mark.parametrize("body", [SUCCEEDED, REFUNDED], ids=["paid", "refunded"])
def test_its_own_package_reads_in_a_notice_what_we_read(body):
    theirs = WebhookNotificationFactory().create(json.loads(body))
    id_ = theirs.object.payment_id if "refund" in theirs.event else theirs.object.id
    state = "paid" if theirs.event == "payment.succeeded" else None

    async def scenario(gateway, provider):
        return await provider.verify_notice(Notice({}, body.encode(), "127.0.0.1"))

    assert meet(YooKassaGateway, scenario) == [NoticedPayment(id_, state)]


def test_its_own_package_reads_in_a_payment_and_a_refund_what_we_read():
    async def scenario(gateway, provider):
        gateway.payments[ID] = json.loads(SUCCEEDED)["object"]
        paid, theirs = await provider.fetch(ID), PaymentResponse(gateway.payments[ID])
        assert (paid.provider_id, paid.reference) == (theirs.id, theirs.metadata["order_id"])
        assert (paid.money.decimal, paid.money.currency) == (str(theirs.amount.value), theirs.amount.currency)
        assert (paid.state, paid.test) == (STATES[theirs.status], theirs.test)
        refund = await provider.refund(refund_of(ID))
        theirs = RefundResponse(gateway.refunds[refund.refund_id])
        assert (theirs.status, theirs.payment_id) == ("succeeded", ID)

    meet(YooKassaGateway, scenario)


def test_notices_come_from_where_its_own_package_says():
    theirs = {network if "/" in network else f"{network}/32" for network in SecurityHelper.YOOKASSA_NETWORKS}
    assert set(YOOKASSA_NETWORKS) == theirs


@pytest.mark.parametrize(
    ("peer", "taken"),
    [
        ("185.71.76.1", True), ("185.71.76.31", True), ("185.71.76.32", False), ("77.75.156.11", True),
        ("77.75.156.12", False), ("2a02:5180:0:1509::1", True), ("2a02:5180:0:1510::1", False),
        ("::ffff:77.75.153.9", True), ("::ffff:77.75.152.9", False), ("yookassa.ru", False),
        # Proxies of ours that nobody has named: asking the provider decides.
        ("127.0.0.1", True), ("10.1.2.3", True), ("fe80::1%eth0", True),
    ],
)  # fmt: skip
def test_a_notice_is_taken_from_yookassas_own_addresses(peer, taken):
    async def scenario(gateway, provider):
        notice = Notice({}, SUCCEEDED.encode(), peer)
        if taken:
            assert await provider.verify_notice(notice)
        else:
            with pytest.raises(NoticeRefusedError, match="is not yookassa's"):
                await provider.verify_notice(notice)

    meet(YooKassaGateway, scenario, sources=YOOKASSA_NETWORKS)


def test_without_sources_anybody_may_hint_and_only_asking_counts():
    async def scenario(gateway, provider):
        assert await provider.verify_notice(Notice({}, SUCCEEDED.encode(), "203.0.113.7"))

    meet(YooKassaGateway, scenario, sources=None)


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ("payment.canceled", "canceled"),
        ("payment.waiting_for_capture", "pending"),
        ("payment.enchanted", None),
    ],
)
def test_what_a_notice_claims(event, state):
    async def scenario(gateway, provider):
        body = {"type": "notification", "event": event, "object": {"id": ID}}
        assert await provider.verify_notice(gateway.sent(body)) == [NoticedPayment(ID, state)]

    meet(YooKassaGateway, scenario)


@pytest.mark.parametrize(
    ("status", "body", "error", "retry_after"),
    [
        (202, {"type": "processing", "retry_after": 1800}, ProviderUnavailableError, 1.8),
        (
            429,
            {"type": "error", "code": "too_many_requests", "retry_after": 2000},
            ProviderUnavailableError,
            2.0,
        ),
        (500, {"type": "error", "code": "internal_server_error"}, ProviderUnavailableError, None),
        (
            400,
            {"type": "error", "code": "invalid_request", "parameter": "amount"},
            ProviderRefusedError,
            None,
        ),
        (401, {"type": "error", "code": "invalid_credentials"}, ProviderRefusedError, None),
        (403, {"type": "error", "code": "forbidden"}, ProviderRefusedError, None),
        (404, {"type": "error", "code": "not_found"}, ProviderRefusedError, None),
        (410, {"type": "error", "code": "gone"}, ProviderRefusedError, None),
        (
            400,
            {"type": "error", "code": "refusal", "reason": "insufficient_funds"},
            ProviderRefusedError,
            None,
        ),
    ],
    ids=lambda value: str(value.get("code", "processing")) if isinstance(value, dict) else None,
)
def test_every_error_that_it_documents(status, body, error, retry_after):
    async def scenario(gateway, provider):
        gateway.answers.append((status, {}, body))
        with pytest.raises(error) as caught:
            await provider.create(order())
        assert getattr(caught.value, "retry_after", None) == retry_after
        words = [body.get("code", "at work"), body.get("parameter", ""), body.get("reason", "")]
        assert all(word in str(caught.value) for word in words)

    meet(YooKassaGateway, scenario)


def test_a_payment_that_was_paid_before_the_call_had_its_answer_leads_back_to_the_shop():
    async def scenario(gateway, provider):
        gateway.answers.append(LOST)
        with pytest.raises(ProviderUnavailableError):
            await provider.create(order())
        (id_,) = gateway.payments
        gateway.pay(id_)
        gateway.answers.append((200, {}, gateway.payments[id_]))
        made = await provider.create(order())
        assert (made.provider_id, made.pay_url) == (id_, order().return_url)
        assert (await provider.fetch(id_)).reference == "1042"

    meet(YooKassaGateway, scenario)


@pytest.mark.parametrize(
    ("answered", "why"),
    [
        ({"status": "canceled", "cancellation_details": {"party": "yoo_money", "reason": "fraud_suspected"}},
         r"fraud_suspected \(yoo_money\)"),
        ({"status": "canceled"}, r"unknown \(unknown\)"),
        ({"status": "pending"}, "does not say where it is paid"),
    ],
    ids=["canceled", "canceled without a word", "no address"],
)  # fmt: skip
def test_a_payment_that_nobody_can_pay_is_refused(answered, why):
    async def scenario(gateway, provider):
        gateway.answers.append(
            (200, {}, {"id": ID, "amount": {"value": "1.00", "currency": "RUB"}, **answered})
        )
        with pytest.raises(ProviderRefusedError, match=why):
            await provider.create(order())

    meet(YooKassaGateway, scenario)


def test_why_a_payment_was_canceled_is_in_the_log():
    async def scenario(gateway, provider):
        made = await provider.create(order())
        gateway.cancel(made.provider_id)
        with capture_logs() as lines:
            await provider.fetch(made.provider_id)
        (line,) = lines
        assert (line["event"], line["party"], line["reason"]) == (
            "payment_canceled", "yoo_money", "expired_on_confirmation"
        )  # fmt: skip
        assert line["payment"] == made.provider_id

    meet(YooKassaGateway, scenario)


def test_a_payment_that_waits_to_be_captured_is_not_paid():
    async def scenario(gateway, provider):
        made = await provider.create(order())
        gateway.payments[made.provider_id] |= {"status": "waiting_for_capture", "paid": True}
        assert (await provider.fetch(made.provider_id)).state == "pending"

    meet(YooKassaGateway, scenario)


def test_a_refund_that_came_to_nothing_says_why_in_the_log():
    async def scenario(gateway, provider):
        details = {"party": "yoo_money", "reason": "rejected_by_timeout"}
        gateway.answers.append(
            (200, {}, {"id": "r-1", "status": "canceled", "cancellation_details": details})
        )
        with capture_logs() as lines:
            assert (await provider.refund(refund_of(ID))).state == "canceled"
        assert lines[0]["why"] == "rejected_by_timeout (yoo_money)"

    meet(YooKassaGateway, scenario)


# Receipts


def test_a_receipt_has_the_price_of_one_and_adds_up_to_what_is_paid():
    receipt = Receipt((ReceiptItem("Ключ " * 40, 3, 50_000),), email="anna@example.com")
    made = posted(order(money=Money(100_000, "RUB"), receipt=receipt)).json["receipt"]
    assert made["customer"] == {"email": "anna@example.com"}
    assert [(item["quantity"], item["amount"]["value"]) for item in made["items"]] == [
        ("2.000", "333.33"), ("1.000", "333.34")
    ]  # fmt: skip
    assert {item["payment_mode"] for item in made["items"]} == {"full_payment"}
    assert len(made["items"][0]["description"]) == 128
    assert "tax_system_code" not in made


@pytest.mark.parametrize(
    ("email", "phone", "shop", "customer"),
    [
        ("a@b.example", None, "shop@b.example", {"email": "a@b.example"}),
        (None, "+7 900 000-00-00", "shop@b.example", {"phone": "79000000000"}),
        (None, None, "shop@b.example", {"email": "shop@b.example"}),
    ],
)
def test_a_receipt_goes_to_the_payer_or_else_to_the_shop(email, phone, shop, customer):
    receipt = Receipt(RECEIPT.items, email=email, phone=phone)
    assert posted(order(receipt=receipt), receipt_email=shop).json["receipt"]["customer"] == customer


@pytest.mark.parametrize(
    "receipt",
    [
        Receipt((), email="a@b.example"),
        Receipt((ReceiptItem("x", 1, 100),), email="a@b.example"),
        Receipt((ReceiptItem("x", 0, 100),), email="a@b.example"),
    ],
    ids=["no items", "too cheap", "none of it"],
)
def test_a_receipt_that_does_not_add_up_is_not_sent(receipt):
    async def scenario(gateway, provider):
        with pytest.raises(ProviderRefusedError, match="does not add up"):
            await provider.create(order(receipt=receipt))
        assert gateway.asked == []

    meet(YooKassaGateway, scenario)


@pytest.mark.parametrize(
    ("receipt", "options"),
    [
        (Receipt(RECEIPT.items), {}),
        (Receipt(RECEIPT.items, phone="нет"), {}),
        (RECEIPT, {"receipts": False}),
        (None, {"receipt_email": "shop@b.example"}),
    ],
    ids=["no address", "no digits", "switched off", "none"],
)
def test_a_receipt_that_has_nowhere_to_go_does_not_hold_up_the_payment(receipt, options):
    with capture_logs() as lines:
        assert "receipt" not in posted(order(receipt=receipt), **options).json
    assert [line["event"] for line in lines] == ["receipt_left_out"] * (not options)


def test_a_live_key_makes_a_live_shop():
    for key, test in (("live_x", False), ("test_x", True)):
        assert YooKassa(httpx.AsyncClient(), shop_id="1", secret_key=key).test is test
