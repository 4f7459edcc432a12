"""Web push against a real HTTPS server that reads what comes with the browser's own key."""

import asyncio
import time
from email.utils import formatdate

import httpx
import pytest

from mailroom.actors.providers.webpush import (
    PAYLOAD_BYTES_MAX,
    EndpointError,
    GoneError,
    Keys,
    RefusedError,
    Subscription,
    TooManyError,
    UnavailableError,
    WebPush,
)
from tests.actors.push_service import base64url, claims_of, new_private_key, open_push_service

CONTACT = "mailto:ops@shop.example"
PRIVATE = new_private_key()


@pytest.fixture
def service(tmp_path):
    with open_push_service(tmp_path) as service:
        yield service


@pytest.fixture
def push(service):
    """Send with a client of its own; options go to `WebPush`."""

    def push(*sends, **options):
        async def run():
            async with httpx.AsyncClient(verify=service.context) as client:
                sender = WebPush(PRIVATE, CONTACT, client, **{"hosts": ["127.0.0.1"], **options})
                for subscription, payload, how in sends:
                    await sender.send(subscription, payload, **{"ttl_seconds": 60, **how})

        asyncio.run(run())

    return push


def test_the_browser_reads_what_was_sent_and_nobody_else_does(service, push):
    ann, bob = service.browser("ann"), service.browser("bob")
    payload = "Ваш заказ готов".encode()
    push((ann.subscription, payload, {"urgency": "high", "topic": "order-1042"}))
    (request,) = service.requests
    assert ann.read(request["body"]) == payload
    assert payload not in request["body"]
    with pytest.raises(Exception, match="Decryption"):
        bob.read(request["body"])
    headers = request["headers"]
    assert request["path"] == "/push/ann"
    assert [headers[name] for name in ("ttl", "urgency", "topic", "content-encoding")] == [
        "60",
        "high",
        "order-1042",
        "aes128gcm",
    ]


def test_the_request_is_signed_for_the_push_service_it_goes_to(service, push, tmp_path):
    with open_push_service(tmp_path) as other:
        service.context.load_verify_locations(str(tmp_path / "push.pem"))
        push(*((one.browser().subscription, b"x", {}) for one in (service, other, service)))
        requests = service.requests + other.requests
        claims = [claims_of(request) for request in requests]
        assert [one["aud"] for one in claims] == [service.url, service.url, other.url]
    assert {one["sub"] for one in claims} == {CONTACT}
    assert all(0 < one["exp"] - time.time() < 24 * 3600 for one in claims)
    assert requests[0]["headers"]["authorization"] == requests[1]["headers"]["authorization"]
    assert requests[0]["body"] != requests[1]["body"]


def test_a_signature_is_made_anew_long_before_it_runs_out(service, push):
    ann, times = service.browser(), iter([0.0, 1e9, 1e9 + 60, 1e9 + 7200])
    push(*[(ann.subscription, b"x", {})] * 3, now=lambda: next(times))
    ends = [claims_of(request)["exp"] for request in service.requests]
    assert ends == [1e9 + 12 * 3600, 1e9 + 12 * 3600, 1e9 + 7200 + 12 * 3600]


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone(service, push, status):
    service.answers.append((status, {}))
    with pytest.raises(GoneError, match=f"127.0.0.1 answered {status}"):
        push((service.browser().subscription, b"x", {}))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("17", 17.0), (formatdate(1_700_000_030, usegmt=True), 30.0), ("soon", None), (None, None)],
)
def test_too_many_says_when_to_try_again(service, push, said, seconds):
    service.answers.append((429, {"Retry-After": said} if said else {}))
    with pytest.raises(TooManyError) as caught:
        push((service.browser().subscription, b"x", {}), now=lambda: 1_700_000_000.0)
    assert caught.value.retry_after == seconds


def test_a_push_service_that_fails_or_is_not_there_may_be_tried_again(service, push):
    service.answers.append((503, {"Retry-After": "5"}))
    with pytest.raises(UnavailableError) as caught:
        push((service.browser().subscription, b"x", {}))
    assert caught.value.retry_after == 5.0
    nobody = service.browser().subscription.model_copy(update={"endpoint": "https://127.0.0.1:9/push"})
    with pytest.raises(UnavailableError, match="does not answer: ConnectError"):
        push((nobody, b"x", {}))


@pytest.mark.parametrize("status", [400, 401, 403, 413])
def test_a_refusal_is_ours_to_look_at(service, push, status):
    service.answers.append((status, {}))
    with pytest.raises(RefusedError):
        push((service.browser().subscription, b"x", {}))


def test_a_redirect_is_not_followed(service, push):
    service.answers.append((307, {"Location": f"{service.url}/elsewhere"}))
    with pytest.raises(RefusedError, match="307"):
        push((service.browser().subscription, b"x", {}))
    assert len(service.requests) == 1


def test_the_largest_payload_fits_and_a_larger_one_is_not_sent(service, push):
    ann = service.browser()
    push((ann.subscription, b"x" * PAYLOAD_BYTES_MAX, {}))
    assert len(ann.read(service.requests[0]["body"])) == PAYLOAD_BYTES_MAX
    assert len(service.requests[0]["body"]) <= 4096
    with pytest.raises(RefusedError, match="3000 bytes"):
        push((ann.subscription, b"x" * (PAYLOAD_BYTES_MAX + 1), {}))
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "https://evilpush.apple.com.attacker.example/x",
        "https://notpush.apple.community/x",
        "https://xpush.apple.com/x",
        "https://fcm.googleapis.com@10.0.0.1/x",
        "https://me@fcm.googleapis.com/x",
        "https://[::1/x",
        "",
    ],
)
def test_nothing_is_sent_to_an_address_that_is_no_push_service(service, push, endpoint):
    subscription = service.browser().subscription.model_copy(update={"endpoint": endpoint})
    with pytest.raises(EndpointError):
        push((subscription, b"x", {}), hosts=["fcm.googleapis.com", "push.apple.com"])
    assert service.requests == []


def test_a_real_push_service_is_known(service):
    ann = service.browser().subscription
    push = WebPush(PRIVATE, CONTACT, None)
    for host in ("fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com"):
        push.check(ann.model_copy(update={"endpoint": f"https://{host}/x"}))


@pytest.mark.parametrize(
    "keys",
    [
        Keys(p256dh="!!", auth=base64url(b"a" * 16)),
        Keys(p256dh=base64url(b"\4" + b"a" * 64), auth=base64url(b"a" * 16)),
        Keys(p256dh="", auth=""),
    ],
)
def test_keys_that_no_browser_made_are_refused(keys):
    push = WebPush(PRIVATE, CONTACT, None)
    with pytest.raises(EndpointError):
        push.check(Subscription(endpoint="https://fcm.googleapis.com/x", keys=keys))


@pytest.mark.parametrize(
    ("private", "contact"),
    [("short", CONTACT), (PRIVATE, "ops"), (PRIVATE, "")],
    ids=["no key", "no address", "no contact"],  # the key is another one in each process
)
def test_a_bad_key_or_contact_is_told_at_the_start(private, contact):
    with pytest.raises(RefusedError, match="not good for web push"):
        WebPush(private, contact, None)
