"""Stripe Checkout: its signatures, against a vector that was made elsewhere, its states and its odd money."""

import json
from datetime import UTC, datetime

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from mailroom.actors.providers.payments import (
    Money,
    Notice,
    NoticedPayment,
    NoticeRefusedError,
    ProviderRefusedError,
    ProviderUnavailableError,
)
from mailroom.actors.providers.receipts import Receipt
from mailroom.actors.providers.stripe import VERSION, Stripe
from tests.actors.providers.gateway import LOST, StripeGateway, meet, order, refund_of

VECTOR = "bdd9e94ca956a5694840f7ae64814ae72c37a355d57b75fae0388ca191620946"
AT = 1_763_632_800
COMPLETED = """{"id":"evt_1Qx","object":"event","api_version":"2026-10-28.endive","created":1763632800,"type":"checkout.session.completed","livemode":false,"data":{"object":{"id":"cs_test_a1","object":"checkout.session","status":"complete","payment_status":"paid","amount_total":4900,"currency":"eur","client_reference_id":"1042","payment_intent":"pi_3Qx","metadata":{"order_id":"1042"}}}}"""  # noqa: E501 - as it came


def check(header, body=b'{"id":"evt_1","object":"event"}', *, now=AT):
    """Whether the signature is taken; the event itself is none of ours."""
    provider = Stripe(None, secret_key="sk_test", webhook_secret="whsec_test_secret", now=lambda: float(now))
    provider._check_signature(Notice({"stripe-signature": header}, body, ""))


def test_a_signature_that_was_made_elsewhere_is_taken():
    check(f"t={AT},v1={VECTOR}")
    mac = HMAC(b"whsec_test_secret", hashes.SHA256())
    mac.update(b'1763632800.{"id":"evt_1","object":"event"}')
    assert mac.finalize().hex() == VECTOR


@pytest.mark.parametrize(
    "header",
    [
        f"t={AT},v1={'0' * 64},v1={VECTOR}",
        f"t={AT},v1={VECTOR},v1={'0' * 64},v0={'1' * 64}",
        f" t={AT} , v1={VECTOR}",
        f"v1={VECTOR},t={AT},v2=future",
    ],
)
def test_one_good_signature_of_several_is_enough(header):
    check(header)


@pytest.mark.parametrize(
    "header",
    ["", "t=", f"t={AT}", f"v1={VECTOR}", f"t={AT},v0={VECTOR}", f"t={AT},v1={VECTOR[:-1]}", f"t={AT},v1=",
     f"t={AT + 1},v1={VECTOR}", f"t=0{AT},v1={VECTOR}", f"t={AT},v1={VECTOR.upper()}", f"t={AT},v1=\udcff",
     "t=" + "9" * 5000 + f",v1={VECTOR}", "," * 10_000 + f"t={AT},v1={VECTOR}"],
    ids=range(13),
)  # fmt: skip
def test_any_other_signature_is_refused(header):
    with pytest.raises(NoticeRefusedError):
        check(header)


@pytest.mark.parametrize(
    ("late", "taken"), [(0, True), (300, True), (301, False), (-300, True), (-301, False)]
)
def test_a_signature_is_good_for_five_minutes(late, taken):
    if taken:
        check(f"t={AT},v1={VECTOR}", now=AT + late)
    else:
        with pytest.raises(NoticeRefusedError, match="too old, or a clock is wrong"):
            check(f"t={AT},v1={VECTOR}", now=AT + late)


def test_while_the_secret_is_changed_notices_have_two_signatures():
    async def scenario(gateway, provider):
        notice = gateway.signed(COMPLETED.encode(), gateway.now, "whsec_new", gateway.secrets[1])
        assert await provider.verify_notice(notice) == [NoticedPayment("cs_test_a1", "paid")]

    meet(StripeGateway, scenario)


@pytest.mark.parametrize(
    ("event", "changes", "state"),
    [
        ("completed", {}, "paid"),
        ("completed", {"payment_status": "no_payment_required"}, "paid"),
        ("completed", {"payment_status": "unpaid"}, "pending"),
        ("async_payment_succeeded", {}, "paid"),
        ("async_payment_failed", {"payment_status": "unpaid"}, "canceled"),
        ("expired", {"payment_status": "unpaid"}, "canceled"),
        ("enchanted", {}, None),
    ],
)
def test_what_a_notice_claims(event, changes, state):
    async def scenario(gateway, provider):
        session = json.loads(COMPLETED)["data"]["object"] | changes
        notice = gateway.sent(gateway.event(f"checkout.session.{event}", session))
        assert await provider.verify_notice(notice) == [NoticedPayment("cs_test_a1", state)]
        assert gateway.asked == []

    meet(StripeGateway, scenario)


@pytest.mark.parametrize(
    ("session", "state"),
    [
        ({"status": "open"}, "pending"),
        ({"status": "expired"}, "canceled"),
        ({"status": "complete", "payment_status": "paid"}, "paid"),
        ({"status": "complete", "payment_intent": {"id": "pi_1", "status": "processing"}}, "pending"),
        ({"status": "complete", "payment_intent": "pi_1"}, "pending"),
        (
            {"status": "complete", "payment_intent": {"id": "pi_1", "status": "requires_payment_method"}},
            "canceled",
        ),
        (
            {"status": "open", "payment_intent": {"id": "pi_1", "status": "requires_payment_method"}},
            "pending",
        ),
    ],
    ids=["open", "expired", "paid", "under way", "not expanded", "failed after days", "card declined"],
)
def test_a_session_that_is_complete_may_yet_be_unpaid(session, state):
    async def scenario(gateway, provider):
        made = await provider.create(order())
        gateway.payments[made.provider_id] |= session
        gateway.answers.append((200, {}, gateway.payments[made.provider_id]))
        assert (await provider.fetch(made.provider_id)).state == state
        assert gateway.asked[-1].query == {"expand[]": "payment_intent.latest_charge"}

    meet(StripeGateway, scenario)


def test_a_session_is_asked_for_by_form_and_under_our_key():
    async def scenario(gateway, provider):
        wanted = order(money=Money(4900, "EUR"), language="en", receipt=Receipt((), email="anna@example.com"))
        made = await provider.create(wanted)
        assert made.expires_at == datetime.fromtimestamp(AT + 86_400, UTC)
        asked = gateway.asked[0]
        names = ("idempotency-key", "stripe-version", "content-type")
        assert [asked.headers[name] for name in names] == [
            "payment-1042", VERSION, "application/x-www-form-urlencoded"
        ]  # fmt: skip
        assert asked.form == {
            "mode": "payment",
            "success_url": "https://shop.example/back?a=1&b=2",
            "cancel_url": "https://shop.example/back?a=1&b=2",
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": "eur",
            "line_items[0][price_data][unit_amount]": "4900",
            "line_items[0][price_data][product_data][name]": "Заказ 1042",
            "client_reference_id": "1042",
            "metadata[order_id]": "1042",
            "payment_intent_data[metadata][order_id]": "1042",
            "locale": "en",
            "customer_email": "anna@example.com",
        }

    meet(StripeGateway, scenario)


@pytest.mark.parametrize(
    ("money", "unit_amount"),
    [
        (Money(4900, "EUR"), 4900),
        (Money(500, "JPY"), 500),
        (Money(500, "KRW"), 500),
        (Money(500, "XAF"), 500),
        (Money(5120, "KWD"), 5120),
        (Money(500, "ISK"), 50_000),
        (Money(500, "UGX"), 50_000),
        (Money(50_000, "MGA"), 500),
    ],
    ids=lambda value: value.currency if isinstance(value, Money) else None,
)
def test_money_is_translated_into_stripes_units_and_back(money, unit_amount):
    async def scenario(gateway, provider):
        made = await provider.create(order(money=money))
        assert gateway.asked[0].form["line_items[0][price_data][unit_amount]"] == str(unit_amount)
        assert (await provider.fetch(made.provider_id)).money == money

    meet(StripeGateway, scenario)


def test_a_fraction_that_stripe_does_not_have_is_refused_and_not_rounded():
    async def scenario(gateway, provider):
        with pytest.raises(ProviderRefusedError, match="no fractions of MGA"):
            await provider.create(order(money=Money(50_050, "MGA")))
        assert gateway.asked == []
        made = await provider.create(order(money=Money(5, "ISK")))
        gateway.payments[made.provider_id]["amount_total"] = 501
        with pytest.raises(ProviderRefusedError, match="501 isk"):
            await provider.fetch(made.provider_id)

    meet(StripeGateway, scenario)


@pytest.mark.parametrize(
    ("status", "type_", "error"),
    [
        (400, "invalid_request_error", ProviderRefusedError),
        (400, "idempotency_error", ProviderRefusedError),
        (401, "invalid_request_error", ProviderRefusedError),
        (402, "card_error", ProviderRefusedError),
        (403, "invalid_request_error", ProviderRefusedError),
        (404, "invalid_request_error", ProviderRefusedError),
        (409, "idempotency_error", ProviderUnavailableError),
        (429, "rate_limit_error", ProviderUnavailableError),
        (500, "api_error", ProviderUnavailableError),
    ],
)
def test_every_error_that_it_documents(status, type_, error):
    async def scenario(gateway, provider):
        said = {"type": type_, "code": "resource_missing", "message": "Words.", "param": "line_items[0]"}
        gateway.answers.append((status, {}, {"error": said}))
        with pytest.raises(
            error, match=f"stripe answered {status}: {type_}: resource_missing: Words.: line_"
        ):
            await provider.create(order())

    meet(StripeGateway, scenario)


def test_a_session_that_was_paid_before_the_call_had_its_answer_leads_back_to_the_shop():
    async def scenario(gateway, provider):
        gateway.answers.append(LOST)
        with pytest.raises(ProviderUnavailableError):
            await provider.create(order())
        (id_,) = gateway.payments
        gateway.pay(id_)
        gateway.answers.append((200, {}, gateway.payments[id_]))
        assert (await provider.create(order())).pay_url == order().return_url
        gateway.payments[id_] |= {"payment_status": "unpaid"}
        gateway.answers.append((200, {}, gateway.payments[id_]))
        with pytest.raises(ProviderRefusedError, match="does not say where it is paid"):
            await provider.create(order())

    meet(StripeGateway, scenario)


def test_money_given_back_in_stripes_dashboard_is_noticed_by_its_session():
    async def scenario(gateway, provider):
        made = await provider.create(order())
        gateway.pay(made.provider_id)
        charge = {
            "id": "ch_1",
            "object": "charge",
            "payment_intent": f"pi_{made.provider_id}",
            "refunded": True,
        }
        notice = gateway.sent(gateway.event("charge.refunded", charge))
        assert await provider.verify_notice(notice) == [NoticedPayment(made.provider_id)]
        elsewhere = gateway.sent(gateway.event("charge.refunded", {**charge, "payment_intent": None}))
        assert await provider.verify_notice(elsewhere) == []
        # It has to be asked which session it was: if it cannot be, the notice must come again.
        for status in (500, 404):
            gateway.answers.append((status, {}, {}))
            with pytest.raises(ProviderUnavailableError):
                await provider.verify_notice(notice)

    meet(StripeGateway, scenario)


def test_a_refund_is_of_the_sessions_payment_and_under_its_own_key():
    async def scenario(gateway, provider):
        made = await provider.create(order())
        gateway.pay(made.provider_id)
        await provider.refund(refund_of(made.provider_id, reason="поздно"))
        assert gateway.asked[-1].headers["idempotency-key"] == "refund-1042"
        assert gateway.asked[-1].form == {
            "payment_intent": f"pi_{made.provider_id}", "amount": "149000", "metadata[reason]": "поздно"
        }  # fmt: skip

    meet(StripeGateway, scenario)


def test_a_session_that_was_not_paid_has_nothing_to_give_back():
    async def scenario(gateway, provider):
        made = await provider.create(order())
        for intent in (None, {"id": "pi_1", "status": "processing"}):
            gateway.payments[made.provider_id]["payment_intent"] = intent
            with pytest.raises(ProviderRefusedError, match="was not paid"):
                await provider.refund(refund_of(made.provider_id))
        assert {asked.method for asked in gateway.asked[1:]} == {"GET"}

    meet(StripeGateway, scenario)


@pytest.mark.parametrize(("key", "test"), [("sk_test_1", True), ("rk_test_1", True), ("sk_live_1", False)])
def test_a_test_key_makes_a_test_account(key, test):
    assert Stripe(httpx.AsyncClient(), secret_key=key, webhook_secret="whsec_1").test is test
