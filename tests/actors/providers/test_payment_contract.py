"""What every payment provider must do, over real HTTP. A fourth one is one more line in `GATEWAYS`."""

import asyncio
import time
from dataclasses import replace
from email.utils import formatdate

import httpx
import pytest

import mailroom.actors.providers.http as provider_http
from mailroom.actors.providers.payments import (
    CreatedPayment,
    FetchedPayment,
    Money,
    NoticedPayment,
    NoticeRefusedError,
    PaymentProvider,
    ProviderRefusedError,
    ProviderUnavailableError,
)
from mailroom.actors.providers.receipts import Receipt, ReceiptItem
from tests.actors.providers.gateway import (
    DRIPS,
    GATEWAYS,
    HANGS,
    LOST,
    RUB_1490,
    meet,
    order,
    refund_of,
)

every_provider = pytest.mark.parametrize("kind", GATEWAYS, ids=lambda kind: kind.name)


@every_provider
def test_a_payment_is_asked_for_paid_noticed_and_confirmed(kind):
    async def scenario(gateway, provider: PaymentProvider):
        assert (provider.kind, provider.name, provider.names) == (gateway.name, gateway.name, (gateway.name,))
        made = await provider.create(order())
        assert isinstance(made, CreatedPayment)
        assert made.pay_url == f"{gateway.url}/pay/{made.provider_id}"
        pending = FetchedPayment(made.provider_id, "pending", RUB_1490, "1042", test=provider.test)
        assert replace(await provider.fetch(made.provider_id), made_at=None) == pending
        gateway.pay(made.provider_id)
        assert await provider.verify_notice(gateway.notice(made.provider_id)) == [
            NoticedPayment(made.provider_id, "paid")
        ]
        paid = FetchedPayment(made.provider_id, "paid", RUB_1490, "1042", test=provider.test)
        assert replace(await provider.fetch(made.provider_id), made_at=None) == paid

    meet(kind, scenario)


@every_provider
def test_an_account_goes_by_the_name_that_it_was_given(kind):
    async def scenario(gateway, provider: PaymentProvider):
        assert (provider.kind, provider.name) == (gateway.name, "second")
        assert provider.names == ("second", "first")
        gateway.answers.append((503, {}, {"message": "later"}))
        with pytest.raises(ProviderUnavailableError, match="second answered 503"):
            await provider.fetch("cs_test_1")

    meet(kind, scenario, names=("second", "first"))


@every_provider
def test_a_payment_that_nobody_paid_is_canceled(kind):
    async def scenario(gateway, provider):
        made = await provider.create(order())
        gateway.cancel(made.provider_id)
        assert (await provider.fetch(made.provider_id)).state == "canceled"

    meet(kind, scenario)


@every_provider
def test_an_answer_that_is_lost_and_asked_for_again_makes_one_payment(kind):
    async def scenario(gateway, provider):
        gateway.answers += [LOST, (503, {}, b"<html>")]
        for _ in range(2):
            with pytest.raises(ProviderUnavailableError):
                await provider.create(order())
        assert len(gateway.payments) == 1
        first, second = await provider.create(order()), await provider.create(order())
        assert first == second
        assert list(gateway.payments) == [first.provider_id]

    meet(kind, scenario)


@every_provider
def test_two_orders_are_two_payments(kind):
    async def scenario(gateway, provider):
        first = await provider.create(order())
        second = await provider.create(order(reference="1043", idempotency_key="payment-1043"))
        assert list(gateway.payments) == [first.provider_id, second.provider_id]
        assert (await provider.fetch(second.provider_id)).reference == "1043"

    meet(kind, scenario)


@every_provider
def test_what_is_paid_in_another_amount_is_told_as_it_is(kind):
    async def scenario(gateway, provider):
        made = await provider.create(order(money=Money(100, "RUB")))
        gateway.pay(made.provider_id)
        assert (await provider.fetch(made.provider_id)).money == Money(100, "RUB")

    meet(kind, scenario)


@every_provider
def test_a_long_description_and_a_receipt_are_taken_by_all(kind):
    async def scenario(gateway, provider):
        receipt = Receipt((ReceiptItem("Ключ", 2, 74_500),), email="anna@example.com", phone="+7 900 0000000")
        wanted = order(description="Заказ " * 200, receipt=receipt, language="en")
        assert (await provider.create(wanted)).provider_id in gateway.payments

    meet(kind, scenario)


# Notices


@every_provider
def test_a_forged_or_changed_notice_is_refused(kind):
    async def scenario(gateway, provider):
        made = await provider.create(order())
        gateway.pay(made.provider_id)
        asked = len(gateway.asked)
        for forged in gateway.forged(made.provider_id):
            with pytest.raises(NoticeRefusedError) as caught:
                await provider.verify_notice(forged)
            assert not any(secret in str(caught.value) for secret in gateway.secrets)
        assert len(gateway.asked) == asked

    meet(kind, scenario)


BODIES = {
    "empty": b"",
    "not JSON": b"{",
    "a list": b"[]",
    "not text": b"\xff\xfe",
    "deep": b'{"object":' * 100_000,
    "an empty object": b"{}",
    "nulls": b'{"type":null,"event":null,"object":null,"data":null}',
    "no object": b'{"type":"notification","event":"payment.succeeded","object":[]}',
    "no id": b'{"type":"notification","event":"payment.succeeded","object":{}}',
    "half a character": b'{"type":"notification","event":"payment.succeeded","object":{"id":"\\ud800"}}',
    "a refund of nothing": b'{"type":"notification","event":"refund.succeeded","object":{"id":"1"}}',
    "a session of nothing": b'{"type":"checkout.session.completed","data":{"object":{"id":{}}}}',
    "many fields": b"&".join(b"a=1" for _ in range(5000)),
    "half a form": b"merchant_id=%ff&order_id&amount=1&sign=1&currency=RUB",
}


@every_provider
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_what_is_no_notice_is_refused_in_words(kind, body):
    async def scenario(gateway, provider):
        with pytest.raises(NoticeRefusedError, match=r"\w"):
            await provider.verify_notice(gateway.signed_body(body))

    meet(kind, scenario)


@every_provider
def test_a_notice_about_something_else_is_about_no_payment(kind):
    async def scenario(gateway, provider):
        for event in gateway.foreign_events:
            assert await provider.verify_notice(gateway.sent(event)) == []

    meet(kind, scenario)


# Refunds


@every_provider
def test_money_goes_back_once_however_often_it_is_asked_for(kind):
    async def scenario(gateway, provider):
        made = await provider.create(order())
        gateway.pay(made.provider_id)
        if not provider.can_refund:
            with pytest.raises(ProviderRefusedError, match="by hand"):
                await provider.refund(refund_of(made.provider_id))
            return
        gateway.answers.append(LOST)
        with pytest.raises(ProviderUnavailableError):
            await provider.refund(refund_of(made.provider_id))
        done = await provider.refund(refund_of(made.provider_id))
        assert (done.state, list(gateway.refunds)) == ("done", [done.refund_id])
        assert await provider.refund(refund_of(made.provider_id)) == done
        # The provider has forgotten the key, or somebody was quicker in its cabinet.
        again = await provider.refund(refund_of(made.provider_id, idempotency_key="another"))
        assert (again.state, len(gateway.refunds)) == ("done", 1)
        found = await provider.fetch(made.provider_id)
        assert (found.state, found.refunded_minor) == ("refunded", 149_000)

    meet(kind, scenario)


@every_provider
def test_a_part_that_went_back_leaves_the_payment_paid(kind):
    async def scenario(gateway, provider):
        if not provider.can_refund:
            return
        made = await provider.create(order())
        gateway.pay(made.provider_id)
        part = refund_of(made.provider_id, money=Money(49_000, "RUB"), reason="одна из трёх")
        assert (await provider.refund(part)).state == "done"
        found = await provider.fetch(made.provider_id)
        assert (found.state, found.money, found.refunded_minor) == ("paid", RUB_1490, 49_000)
        # What is left is less than this: nothing moves, and somebody is told.
        with pytest.raises(ProviderRefusedError):
            await provider.refund(refund_of(made.provider_id, idempotency_key="refund-1042-all"))
        assert len(gateway.refunds) == 1

    meet(kind, scenario)


@every_provider
def test_a_refund_that_takes_its_time_is_pending_until_the_same_call_says_otherwise(kind):
    async def scenario(gateway, provider):
        if not gateway.refunds_take_time:
            return
        made = await provider.create(order())
        gateway.pay(made.provider_id)
        slow = {"id": "slow", "status": "pending"}
        gateway.refunds["slow"] = dict(slow)
        gateway.once_was = gateway.work

        def work(asked):
            return (200, dict(slow)) if asked.path.endswith("/refunds") else gateway.once_was(asked)

        gateway.work = work
        assert (await provider.refund(refund_of(made.provider_id))).state == "pending"
        gateway.refunds["slow"]["status"] = "succeeded"
        assert (await provider.refund(refund_of(made.provider_id))).state == "done"
        gateway.refunds["slow"]["status"] = "canceled"
        assert (await provider.refund(refund_of(made.provider_id))).state == "canceled"

    meet(kind, scenario)


@every_provider
def test_what_was_not_paid_is_not_given_back(kind):
    async def scenario(gateway, provider):
        made = await provider.create(order())
        with pytest.raises(ProviderRefusedError):
            await provider.refund(refund_of(made.provider_id))
        assert gateway.refunds == {}

    meet(kind, scenario)


# What can go wrong on the way


CALLS = {
    "create": lambda provider: provider.create(order()),
    "fetch": lambda provider: provider.fetch("cs-1"),
}
every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


def leaky(gateway, words):
    """An error in every provider's form, with our secrets in it."""
    said = f"{words} {' '.join(gateway.secrets)}"
    return {"type": "error", "code": said, "description": said, "message": said,
            "error": {"type": "api_error", "message": said, "name": said}}  # fmt: skip


@every_provider
@every_call
def test_a_provider_that_is_ill_or_busy_may_be_asked_again(kind, call):
    async def scenario(gateway, provider):
        for status in (408, 409, 425, 429, 500, 502, 503, 504):
            gateway.answers.append((status, {"Retry-After": "17"}, leaky(gateway, "busy")))
            with pytest.raises(
                ProviderUnavailableError, match=f"{gateway.name} answered {status}: .*busy"
            ) as caught:
                await call(provider)
            assert caught.value.retry_after == 17.0
            assert not any(secret in str(caught.value) for secret in gateway.secrets)

    meet(kind, scenario)


@every_provider
@every_call
def test_a_refusal_is_not_repeated_and_tells_no_secret(kind, call):
    async def scenario(gateway, provider):
        for status in (400, 401, 402, 403, 404, 410, 422):
            gateway.answers.append((status, {}, leaky(gateway, "no\nway")))
            with pytest.raises(
                ProviderRefusedError, match=f"{gateway.name} answered {status}: .*no way"
            ) as caught:
                await call(provider)
            assert not any(secret in str(caught.value) for secret in gateway.secrets)
            assert len(str(caught.value)) < 400

    meet(kind, scenario)


@every_provider
def test_a_refusal_in_words_that_no_database_takes_is_told_all_the_same(kind):
    async def scenario(gateway, provider):
        gateway.answers.append((400, {}, leaky(gateway, "no\0way\ud83d")))
        with pytest.raises(ProviderRefusedError, match="answered 400") as caught:
            await provider.fetch("cs-1")
        assert "\0" not in str(caught.value)
        assert str(caught.value).encode()

    meet(kind, scenario)


@every_provider
@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30.0),
        ("999999", 3600.0),
        ("soon", None),
        ("-5", None),
        ("²", None),
        (None, None),
        ("date", 120.0),
    ],
)
def test_how_long_to_wait_is_read_and_has_a_limit(kind, header, seconds):
    async def scenario(gateway, provider):
        said = formatdate(time.time() + 120, usegmt=True) if header == "date" else header
        gateway.answers.append((503, {"Retry-After": said} if said else {}, b"<html>"))
        with pytest.raises(ProviderUnavailableError, match="without a word") as caught:
            await provider.fetch("1")
        assert caught.value.retry_after == (seconds and pytest.approx(seconds, abs=5))

    meet(kind, scenario)


NONSENSE = {
    "a page": b"<html>maintenance</html>",
    "nothing": b"",
    "a list": b"[]",
    "no fields": b"{}",
    "nulls": b'{"id":null,"type":"success","url":null,"order_id":null,"status":null}',
    "strange values": b'{"id":["x"],"type":"success","url":{},"status":"delighted","amount":"much"}',
    "deep": b'{"a":' * 100_000,
    "too much": b'{"a":"' + b"x" * provider_http.ANSWER_BYTES_MAX + b'"}',
}


@every_provider
@every_call
@pytest.mark.parametrize("body", NONSENSE.values(), ids=NONSENSE)
def test_an_answer_that_cannot_be_read_may_have_been_a_yes(kind, call, body):
    async def scenario(gateway, provider):
        gateway.answers.append((200, {"Content-Type": "application/json"}, body))
        with pytest.raises(ProviderUnavailableError, match="is not known"):
            await call(provider)

    meet(kind, scenario)


@every_provider
@every_call
def test_an_answer_without_an_end_is_not_read_to_the_end(kind, call):
    async def scenario(gateway, provider):
        gateway.answers.append((200, {}, NONSENSE["too much"]))
        with pytest.raises(ProviderUnavailableError, match="more than 1000000 bytes"):
            await call(provider)

    meet(kind, scenario)


@every_provider
@every_call
def test_a_redirect_is_not_followed(kind, call):
    async def scenario(gateway, provider):
        gateway.answers.append((307, {"Location": f"{gateway.url}/elsewhere"}, b""))
        with pytest.raises(ProviderRefusedError, match="307"):
            await call(provider)
        assert len(gateway.asked) == 1

    meet(kind, scenario)


@every_provider
@every_call
@pytest.mark.parametrize("trouble", [HANGS, DRIPS], ids=["hangs", "drips"])
def test_a_provider_that_does_not_finish_is_given_up_in_time(kind, call, trouble, monkeypatch):
    monkeypatch.setattr(provider_http, "READ_SECONDS", 0.1 if trouble is HANGS else 15.0)
    monkeypatch.setattr(provider_http, "CALL_SECONDS", 25.0 if trouble is HANGS else 0.2)

    async def scenario(gateway, provider):
        gateway.answers.append(trouble)
        with pytest.raises(ProviderUnavailableError, match=r"ReadTimeout|within 0\.2 s"):
            await call(provider)

    started = time.monotonic()
    meet(kind, scenario)
    assert time.monotonic() - started < 5


@every_provider
@every_call
def test_a_provider_that_is_not_there(kind, call):
    async def scenario():
        gateway = kind()
        gateway.url = "http://127.0.0.1:9"
        async with httpx.AsyncClient(trust_env=False) as http:
            with pytest.raises(ProviderUnavailableError, match=f"{kind.name} does not answer: ConnectError"):
                await call(gateway.provider(http))

    asyncio.run(scenario())


@every_provider
def test_wrong_credentials_are_ours_to_look_at(kind):
    async def scenario(gateway, provider):
        with pytest.raises(ProviderRefusedError, match=f"{gateway.name} answered 401"):
            await provider.fetch("1")

    meet(kind, scenario, **{kind.credential: "not the one"})


@every_provider
def test_a_payment_that_the_provider_does_not_know_is_refused(kind):
    async def scenario(gateway, provider):
        with pytest.raises(ProviderRefusedError, match=gateway.name):
            await provider.fetch("../1?x=y#z")
        asked = gateway.asked[0]
        written = "..%2F1%3Fx%3Dy%23z" in asked.path + asked.body.decode()
        assert written or "../1?x=y#z" in asked.query.values()

    meet(kind, scenario)
