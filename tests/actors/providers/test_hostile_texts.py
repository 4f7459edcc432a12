"""Texts that nobody expects, in what is genuine: NUL, halves of characters, thousands of digits."""

import asyncio
import hashlib
import hmac
import json
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.paying.kinds import Noticed
from mailroom.actors.paying.noticed import hinted_job, noticed_job
from mailroom.actors.providers.aaio import Aaio, sign
from mailroom.actors.providers.http import _seconds
from mailroom.actors.providers.mini_app import InitDataError, parse_init_data
from mailroom.actors.providers.payments import Notice, NoticeRefusedError, ProviderUnavailableError
from mailroom.actors.providers.stripe import Stripe
from mailroom.actors.providers.yookassa import YooKassa
from mailroom.ingress.http.fit import is_fit
from mailroom.ingress.payments.notices import _is_name

AT = 1_763_632_800
TOKEN = "42:token"
NASTY = [
    "",
    "\0",
    "a\0b",
    "9" * 5_000,
    "-1",
    "1e999",
    "٧٧",
    "a\nb",
    "\u202e",
    "x" * 300,
    "p-1",
    "[" * 3_000,
    "NaN",
]


class Nobody(httpx.AsyncBaseTransport):
    """A gateway that is away."""

    async def handle_async_request(self, request):
        raise httpx.ConnectError("nobody")


HTTP = httpx.AsyncClient(transport=Nobody())
AAIO = Aaio(HTTP, merchant_id="m", secret_1="1", secret_2="2", api_key="k")
STRIPE = Stripe(HTTP, secret_key="sk", webhook_secret="whsec", now=lambda: AT)
YOOKASSA = YooKassa(HTTP, shop_id="1", secret_key="s", sources=None)

halves = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)
"""Any text that Python can hold, halves of characters included."""
texts = st.one_of(st.sampled_from(NASTY), halves)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
maybe = st.one_of(st.sampled_from(["cs_1", "pi_1", "p-1"]), values)


def reads(provider, notice):
    """Have a notice read; what it is about fits a job, or is told as malformed by the webhook."""
    try:
        noticed = asyncio.run(provider.verify_notice(notice))
    except (NoticeRefusedError, ProviderUnavailableError) as error:
        return str(error)
    for one in noticed:
        if _is_name(one.provider_id):
            assert is_fit(one.provider_id)
            wanted = Noticed(provider=provider.name, provider_id=one.provider_id, state=one.state)
            assert noticed_job(wanted, digest="d").payload
            assert hinted_job(wanted, ours=True).payload
    return [one.provider_id for one in noticed]


@given(order_id=texts, amount=texts, currency=texts, more=st.dictionaries(texts, texts, max_size=4))
def test_a_signed_notice_of_aaio_with_any_text_is_read_or_refused(order_id, amount, currency, more):
    fields = {"merchant_id": "m", "order_id": order_id, "amount": amount, "currency": currency}
    fields = {name: value.encode(errors="replace").decode() for name, value in fields.items()}
    fields["sign"] = sign("m", fields["amount"], fields["currency"], "2", fields["order_id"])
    body = urlencode({**more, **fields}, errors="replace").encode()
    reads(AAIO, Notice({}, body, ""))


@given(
    kind=st.one_of(st.sampled_from(["checkout.session.completed", "charge.refunded"]), values),
    object_=st.one_of(values, st.fixed_dictionaries({"id": maybe}, optional={"payment_intent": maybe})),
    at=st.one_of(st.just(str(AT)), st.sampled_from(NASTY)),
)
def test_a_signed_notice_of_stripe_with_any_values_is_read_or_refused(kind, object_, at):
    body = json.dumps({"type": kind, "data": {"object": object_}}).encode()
    at = at.encode(errors="replace").decode()
    mark = hmac.new(b"whsec", f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    reads(STRIPE, Notice({"stripe-signature": f"t={at},v1={mark}"}, body, ""))


@given(event=values, object_=st.one_of(values, st.fixed_dictionaries({"id": maybe, "payment_id": maybe})))
def test_a_notice_of_yookassa_with_any_values_is_read_or_refused(event, object_):
    for said in (event, "payment.succeeded", "refund.succeeded"):
        body = json.dumps({"type": "notification", "event": said, "object": object_}).encode()
        reads(YOOKASSA, Notice({}, body, "10.0.0.1"))


@given(st.binary(max_size=200), st.text(max_size=60))
def test_bytes_that_are_no_notice_are_refused(body, header):
    for provider in (AAIO, STRIPE, YOOKASSA):
        assert isinstance(reads(provider, Notice({"stripe-signature": header}, body, header)), str | list)


@pytest.mark.parametrize("digits", [13, 400, 3_990])
def test_a_signed_time_of_any_length_is_too_old(digits):
    at, body = "9" * digits, b"{}"
    mark = hmac.new(b"whsec", f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert "time" in reads(STRIPE, Notice({"stripe-signature": f"v1={mark},t={at}"}, body, ""))


def init_data(user, **fields):
    """Init data, signed as Telegram does it; texts as JSON writes them, halves of characters as `\\ud800`."""
    fields = {"auth_date": str(AT), "user": user, **fields}
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    secret = hmac.new(b"WebAppData", TOKEN.encode(), hashlib.sha256).digest()
    fields["hash"] = hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in fields.items())


def test_half_of_an_emoji_in_a_name_is_shown_as_what_it_is():
    user = json.dumps({"id": 7, "first_name": "Ann \ud83d", "last_name": "\0", "username": "a\ud800"})
    visitor = parse_init_data(init_data(user, start_param="ref\0"), TOKEN, AT)
    assert (visitor.name, visitor.username, visitor.start_param) == (
        "Ann \ufffd \ufffd",
        "a\ufffd",
        "ref\ufffd",
    )


@given(
    user=st.one_of(st.fixed_dictionaries({"id": st.just(7), "first_name": maybe, "username": maybe}), values),
    start=halves,
)
def test_a_visitor_whom_telegram_tells_of_can_be_kept_whatever_the_name(user, start):
    start = start.encode(errors="replace").decode()
    try:
        visitor = parse_init_data(init_data(json.dumps(user), start_param=start), TOKEN, AT)
    except InitDataError:
        return
    told = (visitor.name, visitor.username, visitor.language, visitor.start_param, visitor.query_id)
    assert all(one is None or is_fit(one) for one in told)


@pytest.mark.parametrize("user", ["[" * 2_000, '{"id": ' + "9" * 5_000 + "}", "{", "\ufffd", "[]"])
def test_a_visitor_that_is_no_person_is_refused(user):
    with pytest.raises(InitDataError):
        parse_init_data(init_data(user), TOKEN, AT)


@pytest.mark.parametrize(
    "header", ["9" * 5_000, "Fri, 31 Dec 9999 23:59:59 -2359", "x", "", "-1", "1 Jan", "\0"]
)
def test_a_gateway_may_ask_for_any_pause(header):
    seconds = _seconds(header)
    assert seconds is None or seconds >= 0
