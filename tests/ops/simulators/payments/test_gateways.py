"""Each gateway's own words: what it takes, what it refuses, what it tells."""

import hashlib
import hmac
import json
import time
from base64 import b64encode
from urllib.parse import parse_qsl

from mailroom.ops.simulators.payments.gateways import aaio, stripe
from tests.ops.simulators.payments.conftest import PAYMENT


def test_yookassa_pays_in_one_stage_and_tells_it_with_the_whole_object(play):
    async def scenario(shop):
        made = await shop.new_yookassa()
        assert made["status"] == "pending"
        assert made["confirmation"]["confirmation_url"] == f"{shop.url}/pay/{made['id']}"
        await shop.act(made["id"], "pay")
        notice = await shop.told_json()
        assert (notice["type"], notice["event"]) == ("notification", "payment.succeeded")
        assert notice["object"] == await shop.yookassa("GET", f"payments/{made['id']}")
        assert notice["object"]["amount"] == {"value": "1490.00", "currency": "RUB"}
        assert notice["object"]["income_amount"]["value"] == "1437.85"
        assert notice["object"]["metadata"] == {"order_id": "1042"}

    play(scenario)


def test_yookassa_holds_the_money_of_a_payment_in_two_stages_until_it_is_captured_or_canceled(play):
    async def scenario(shop):
        made = await shop.new_yookassa(capture=False)
        await shop.act(made["id"], "pay")
        assert (await shop.told_json())["event"] == "payment.waiting_for_capture"
        path = f"payments/{made['id']}"
        taken = await shop.yookassa(
            "POST", f"{path}/capture", {"amount": {"value": "1000.00", "currency": "RUB"}}
        )
        assert (taken["status"], taken["amount"]["value"]) == ("succeeded", "1000.00")
        assert (await shop.told_json())["event"] == "payment.succeeded"
        other = await shop.new_yookassa(capture=False)
        await shop.act(other["id"], "pay")
        await shop.told()
        given_up = await shop.yookassa("POST", f"payments/{other['id']}/cancel", {})
        assert given_up["cancellation_details"] == {"party": "merchant", "reason": "canceled_by_merchant"}
        assert (await shop.told_json())["event"] == "payment.canceled"
        refusal = await shop.yookassa("POST", f"{path}/cancel", {}, expect=400)
        assert refusal["code"] == "invalid_request"

    play(scenario)


def test_the_same_key_is_the_same_payment_and_another_body_under_it_is_refused(play):
    async def scenario(shop):
        made = await shop.new_yookassa(key="k")
        assert (await shop.new_yookassa(key="k"))["id"] == made["id"]
        other = {"amount": {"value": "1.00", "currency": "RUB"}}
        body = {"confirmation": {"type": "redirect", "return_url": "https://a"}, **other}
        refusal = await shop.yookassa("POST", "payments", body, key="k", expect=400)
        assert (refusal["code"], refusal["parameter"]) == ("invalid_request", "Idempotence-Key")
        session = await shop.new_stripe(key="k")
        assert (await shop.new_stripe(key="k"))["id"] == session["id"]
        assert shop.headers["Idempotent-Replayed"] == "true"
        refusal = await shop.stripe("POST", "checkout/sessions", {"mode": "payment"}, key="k", expect=400)
        assert refusal["error"]["type"] == "idempotency_error"
        assert len((await shop.sim("payments", "GET"))["payments"]) == 2

    play(scenario)


def test_wrong_credentials_are_refused_as_each_says_it(play):
    async def scenario(shop):
        async with shop.http.get(f"{shop.url}/yookassa/v3/me", headers={"Authorization": "Basic eDp5"}) as r:
            assert (r.status, (await r.json())["code"]) == (401, "invalid_credentials")
        form = {"merchant_id": aaio.MERCHANT_ID, "order_id": "1"}
        assert (await shop.aaio("api/info-pay", form, key="guess", expect=401))["type"] == "error"
        async with shop.http.get(f"{shop.url}/stripe/v1/account") as r:
            assert (r.status, (await r.json())["error"]["type"]) == (401, "invalid_request_error")

    play(scenario)


def test_yookassa_refuses_what_breaks_its_rules_and_names_the_field(play):
    async def scenario(shop):
        wrong = {
            "amount.value": {"amount": {"value": "1490", "currency": "RUB"}},
            "amount": {"amount": None},
            "confirmation.return_url": {"confirmation": {"type": "redirect"}},
            "description": {"description": "x" * 129},
            "metadata.k": {"metadata": {"k": "v" * 513}},
            "receipt.customer": {"receipt": {"items": [item("1490.00")]}},
            "receipt.items": {"receipt": {"customer": {"email": "a@b.c"}, "items": [item("1489.00")]}},
            "receipt.items.0.vat_code": {
                "receipt": {"customer": {"phone": "79000000000"}, "items": [item("1490.00", vat_code=13)]}
            },
        }
        body = {
            "amount": {"value": "1490.00", "currency": "RUB"},
            "confirmation": {"type": "redirect", "return_url": "https://a"},
        }
        for parameter, change in wrong.items():
            refusal = await shop.yookassa("POST", "payments", body | change, expect=400)
            assert refusal["parameter"] == parameter
        async with shop.http.post(f"{shop.url}/yookassa/v3/payments", json=body) as response:
            assert response.status == 401

    play(scenario)


def item(value: str, **more: object) -> dict[str, object]:
    amount = {"value": value, "currency": "RUB"}
    return {"description": "Код", "quantity": "1.000", "vat_code": 1, "amount": amount, **more}


def test_a_receipt_is_registered_once_the_money_is_there(play):
    async def scenario(shop):
        receipt = {"customer": {"email": "anna@example.com"}, "items": [item("745.00", quantity="2.000")]}
        made = await shop.new_yookassa(receipt=receipt)
        assert made["receipt_registration"] == "pending"
        await shop.act(made["id"], "pay")
        assert (await shop.told_json())["object"]["receipt_registration"] == "succeeded"

    play(scenario)


def test_refunds_go_in_parts_up_to_what_was_paid(play):
    async def scenario(shop):
        made = await shop.new_yookassa()
        part = {"payment_id": made["id"], "amount": {"value": "745.00", "currency": "RUB"}}
        await shop.yookassa("POST", "refunds", part, expect=400)
        await shop.act(made["id"], "pay")
        await shop.told()
        first = await shop.yookassa("POST", "refunds", part, key="r1")
        assert (first["status"], first["amount"]["value"]) == ("succeeded", "745.00")
        assert (await shop.told_json())["event"] == "refund.succeeded"
        assert (await shop.yookassa("POST", "refunds", part, key="r1"))["id"] == first["id"]
        await shop.yookassa("POST", "refunds", part, key="r2")
        await shop.yookassa("POST", "refunds", part, key="r3", expect=400)
        shown = await shop.yookassa("GET", f"payments/{made['id']}")
        assert (shown["refunded_amount"]["value"], shown["refundable"]) == ("1490.00", False)
        refunds = await shop.yookassa("GET", f"refunds?payment_id={made['id']}")
        assert len(refunds["items"]) == 2

    play(scenario)


def test_a_payment_nobody_confirms_is_canceled_after_an_hour(play):
    async def scenario(shop):
        made = await shop.new_yookassa()
        await shop.sim("clock", ahead_seconds=3601)
        notice = await shop.told_json()
        assert notice["event"] == "payment.canceled"
        assert notice["object"]["cancellation_details"]["reason"] == "expired_on_confirmation"
        assert "confirmation" not in notice["object"]
        refusal = await shop.sim("act", id=made["id"], act="pay", expect=400)
        assert "expired" in refusal["error"]

    play(scenario)


def test_yookassa_lists_payments_in_pages(play):
    async def scenario(shop):
        ids = [(await shop.new_yookassa())["id"] for _ in range(5)]
        page = await shop.yookassa("GET", "payments?limit=3")
        assert [one["id"] for one in page["items"]] == ids[:1:-1]
        rest = await shop.yookassa("GET", f"payments?limit=3&cursor={page['next_cursor']}")
        assert [one["id"] for one in rest["items"]] == ids[1::-1]
        assert "next_cursor" not in rest
        await shop.act(ids[0], "pay")
        paid = await shop.yookassa("GET", "payments?status=succeeded")
        assert [one["id"] for one in paid["items"]] == ids[:1]

    play(scenario)


def test_the_signatures_of_aaio_are_those_of_its_documentation():
    fields = {
        "merchant_id": "c1a2b3d4-0000-4000-8000-000000000001",
        "amount": "1490.00",
        "currency": "RUB",
        "order_id": "order-1042",
    }
    assert aaio.sign(fields, "secret-one").startswith("84018bc8848a4686b6f48b0d211cc1ac398b99b0595f4ccd")
    notice = aaio.sign({**fields, "amount": "1490"}, "secret-two")
    assert notice == "585a25672db19b22ab98250264103991a98ec50a5d86f68de622024e35ee5215"


def test_the_signature_of_stripe_is_that_of_its_documentation():
    body = b'{"id":"evt_1","object":"event"}'
    signed = stripe.signature(body, 1763632800, "whsec_test_secret")
    assert signed == "bdd9e94ca956a5694840f7ae64814ae72c37a355d57b75fae0388ca191620946"


def test_aaio_takes_a_signed_order_and_tells_of_its_payment_in_a_signed_form(play):
    async def scenario(shop):
        id_ = await shop.new_aaio()
        assert await shop.new_aaio() == id_
        await shop.act(id_, "pay")
        gateway, body, headers = await shop.told()
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
        assert gateway == "aaio"
        assert headers["content-type"] == "application/x-www-form-urlencoded"
        assert (fields["amount"], fields["commission"], fields["status"]) == ("1490", "89.4", "success")
        text = f"{aaio.MERCHANT_ID}:1490:RUB:demo-2:1042"
        assert fields["sign"] == hashlib.sha256(text.encode()).hexdigest()
        info = await shop.aaio("api/info-pay", {"merchant_id": aaio.MERCHANT_ID, "order_id": "1042"})
        assert (info["status"], info["amount"], info["currency"]) == ("success", 1490, "RUB")
        assert info["id"] == fields["invoice_id"] == id_

    play(scenario)


def test_aaio_refuses_a_wrong_signature_an_unknown_order_and_another_order_of_the_same_number(play):
    async def scenario(shop):
        form = {**sample(), "sign": "0" * 64}
        assert (await shop.aaio("merchant/get_pay_url", form, expect=400))["message"] == "Invalid sign"
        await shop.new_aaio("7", "10.50")
        again = sample("7", "11.00")
        assert "already exists" in (await shop.aaio("merchant/get_pay_url", again, expect=400))["message"]
        unknown = {"merchant_id": aaio.MERCHANT_ID, "order_id": "8"}
        assert (await shop.aaio("api/info-pay", unknown, expect=400))["message"] == "Order not found"

    play(scenario)


def sample(order_id: str = "1", amount: str = "1490.00") -> dict[str, str]:
    fields = {"merchant_id": aaio.MERCHANT_ID, "amount": amount, "order_id": order_id, "currency": "RUB"}
    return {**fields, "sign": aaio.sign(fields, aaio.SECRET_1)}


def test_a_frozen_payment_at_aaio_is_on_hold(play):
    async def scenario(shop):
        id_ = await shop.new_aaio()
        await shop.act(id_, "hold")
        fields = dict(parse_qsl((await shop.told())[1].decode()))
        assert fields["status"] == "hold"
        info = await shop.aaio("api/info-pay", {"merchant_id": aaio.MERCHANT_ID, "order_id": "1042"})
        assert info["status"] == "hold"

    play(scenario)


def test_stripe_reads_nested_forms_and_signs_its_events(play):
    async def scenario(shop):
        session = await shop.new_stripe()
        assert (session["status"], session["amount_total"], session["currency"]) == ("open", 4900, "eur")
        assert (session["payment_status"], session["payment_intent"]) == ("unpaid", None)
        await shop.act(session["id"], "pay")
        _, body, headers = await shop.told()
        parts = dict(part.split("=") for part in headers["stripe-signature"].split(","))
        assert abs(int(parts["t"]) - time.time()) < 60
        message = f"{parts['t']}.".encode() + body
        assert parts["v1"] == hmac.new(b"whsec_demo", message, hashlib.sha256).hexdigest()
        event = json.loads(body)
        assert event["type"] == "checkout.session.completed"
        assert event["data"]["object"]["payment_status"] == "paid"
        path = f"checkout/sessions/{session['id']}?expand[]=payment_intent.latest_charge"
        shown = await shop.stripe("GET", path)
        assert shown["payment_intent"]["latest_charge"]["amount_refunded"] == 0

    play(scenario)


def test_a_bank_that_takes_its_time_completes_the_session_unpaid_at_stripe_and_decides_later(play):
    async def scenario(shop):
        good, bad = await shop.new_stripe(), await shop.new_stripe()
        for session in (good, bad):
            await shop.act(session["id"], "process")
            event = await shop.told_json()
            assert event["type"] == "checkout.session.completed"
            assert event["data"]["object"]["payment_status"] == "unpaid"
        await shop.act(good["id"], "pay")
        assert (await shop.told_json())["type"] == "checkout.session.async_payment_succeeded"
        await shop.act(bad["id"], "decline")
        assert (await shop.told_json())["type"] == "checkout.session.async_payment_failed"

    play(scenario)


def test_stripe_gives_money_back_by_the_intent_and_expires_sessions(play):
    async def scenario(shop):
        session = await shop.new_stripe()
        await shop.act(session["id"], "pay")
        await shop.told()
        intent = (await shop.stripe("GET", f"checkout/sessions/{session['id']}"))["payment_intent"]
        part = await shop.stripe("POST", "refunds", {"payment_intent": intent, "amount": "900"}, key="r")
        assert (part["status"], part["amount"]) == ("succeeded", 900)
        event = await shop.told_json()
        assert event["type"] == "charge.refunded"
        assert (event["data"]["object"]["amount_refunded"], event["data"]["object"]["refunded"]) == (
            900,
            False,
        )
        rest = await shop.stripe("POST", "refunds", {"payment_intent": intent})
        assert rest["amount"] == 4000
        refusal = await shop.stripe("POST", "refunds", {"payment_intent": intent}, expect=400)
        assert refusal["error"]["code"] == "charge_already_refunded"
        other = await shop.new_stripe()
        expired = await shop.stripe("POST", f"checkout/sessions/{other['id']}/expire", {"expand[0]": "x"})
        assert (expired["status"], expired["url"]) == ("expired", None)

    play(scenario)


def test_stripe_refuses_what_it_does_not_know_and_names_it(play):
    async def scenario(shop):
        for field, value, param in (
            ("colour", "blue", "colour"),
            ("mode", "subscription", "mode"),
            ("line_items[0][quantity]", "-1", "line_items[0][quantity]"),
            ("expires_at", str(int(time.time()) + 60), "expires_at"),
        ):
            session = {**SESSION_MIN, field: value}
            refusal = await shop.stripe("POST", "checkout/sessions", session, expect=400)
            assert refusal["error"]["param"] == param
        assert (await shop.stripe("GET", "checkout/sessions/cs_no", expect=404))["error"][
            "code"
        ] == "resource_missing"

    play(scenario)


SESSION_MIN = {
    "mode": "payment",
    "success_url": "https://shop.example/ok",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": "100",
    "line_items[0][price_data][product_data][name]": "Lumen",
}


def test_a_shop_at_yookassa_sees_nothing_of_another_one(play):
    async def scenario(shop):
        def basic(name):
            return {"Authorization": f"Basic {b64encode(f'{name}:test_{name}'.encode()).decode()}"}

        async def ask(name, verb, path, body=None, expect=200):
            headers = basic(name) | ({"Idempotence-Key": f"the same {path}"} if verb == "POST" else {})
            url = f"{shop.url}/yookassa/v3/{path}"
            async with shop.http.request(verb, url, json=body, headers=headers) as response:
                assert response.status == expect, await response.text()
                return await response.json()

        first = await ask("demo-tea", "POST", "payments", PAYMENT)
        second = await ask("demo-candles", "POST", "payments", PAYMENT)
        assert first["id"] != second["id"], "each has idempotence keys of its own"
        assert (first["recipient"]["account_id"], second["recipient"]["account_id"]) == (
            "demo-tea",
            "demo-candles",
        )
        await ask("demo-candles", "GET", f"payments/{first['id']}", expect=404)
        assert [one["id"] for one in (await ask("demo-tea", "GET", "payments"))["items"]] == [first["id"]]
        await shop.act(first["id"], "pay")
        refund = {"payment_id": first["id"], "amount": PAYMENT["amount"]}
        await ask("demo-candles", "POST", "refunds", refund, expect=404)
        assert (await ask("demo-candles", "GET", "me"))["account_id"] == "demo-candles"
        wrong = {"Authorization": f"Basic {b64encode(b'demo-tea:test_demo-candles').decode()}"}
        async with shop.http.get(f"{shop.url}/yookassa/v3/me", headers=wrong) as response:
            assert response.status == 401

    play(scenario)
