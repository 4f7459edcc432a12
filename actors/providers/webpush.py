"""Web push: a message to a browser, through the push service of whoever made it.

The payload is encrypted for the browser (RFC 8291) and the request is signed with our key (RFC 8292), by the
two libraries that Mozilla keeps for it, http-ece and py-vapid; the request itself is ours.

WebPushError
├── GoneError          the browser has unsubscribed: forget the subscription, and never try again
├── TooManyError       try again after `retry_after`
├── UnavailableError   the push service does not answer, or fails: try again
└── RefusedError       our key, our claims or the payload are not taken: somebody has to look
EndpointError          not the address of a push service: nothing is sent there
"""

import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Literal

import http_ece
import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02, VapidException
from pydantic import BaseModel, Field

PUSH_HOSTS = (
    "fcm.googleapis.com",
    "jmt17.google.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)
"""The push services there are, with everything below them. Subscriptions come from browsers, that is from
anybody: any other host would be a way to make us post into our own network.
"""
PAYLOAD_BYTES_MAX = 3_000
"""Services must take 4096 bytes of ciphertext; some take little more than this."""
TOPIC_CHARS_MAX = 32
TTL_SECONDS_MAX = 28 * 86_400
"""The longest that services keep a message."""
TOKEN_SECONDS = 12 * 3600.0
"""Twice as long is allowed; half of it is left for clocks that are wrong."""
TOKEN_RENEWED_SECONDS = 3600.0
"""A signature takes longer than the rest of the message, so that one is used for this long."""
REQUEST_SECONDS = 10.0

Urgency = Literal["very-low", "low", "normal", "high"]


class WebPushError(Exception):
    """A push service did not take a message."""


class GoneError(WebPushError):
    """The subscription is no more: forget it. The browser asks for a new one by itself."""


class TooManyError(WebPushError):
    """The push service wants us to wait."""

    def __init__(self, message: str, retry_after: float | None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """For how many seconds, if it said so."""


class UnavailableError(WebPushError):
    """The push service does not answer, or fails. Try again: the message may come twice, unless it has a
    topic.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RefusedError(WebPushError):
    """The push service refuses our key, our claims or the message. Not worth repeating before somebody has
    changed something; the subscription is good.
    """


class EndpointError(ValueError):
    """A subscription that no browser can have made. Do not store it."""


class Keys(BaseModel):
    """The browser's keys."""

    p256dh: str = Field(max_length=200)
    auth: str = Field(max_length=100)


class Subscription(BaseModel):
    """What a browser's `PushSubscription.toJSON()` gives; other fields are ignored."""

    endpoint: str = Field(max_length=2_000)
    keys: Keys


class WebPush:
    """Our key, and the way to the push services. `private_key` is the base64url of the key's 32 bytes, or of
    its DER; a new key makes all subscriptions useless. `contact` is a mailto: or https: address of ours.
    """

    def __init__(
        self,
        private_key: str,
        contact: str,
        client: httpx.AsyncClient,
        *,
        hosts: Sequence[str] = PUSH_HOSTS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._contact = contact
        self._hosts = tuple(hosts)
        self._now = now
        self._signed: dict[str, tuple[float, str]] = {}
        try:
            self._vapid = Vapid02.from_string(private_key)
            self._authorization("https://push.example")
        except (ValueError, TypeError, VapidException) as error:
            raise RefusedError(f"the private key or the contact is not good for web push: {error}") from None
        self._signed.clear()

    @property
    def public_key(self) -> str:
        """What a browser subscribes with, as `applicationServerKey`: base64url of the point."""
        point = self._vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return urlsafe_b64encode(point).rstrip(b"=").decode()

    def check(self, subscription: Subscription) -> None:
        """Raise `EndpointError` for what should not be stored. `send` checks it too."""
        self._address(subscription.endpoint)
        _read(subscription.keys)

    async def send(
        self,
        subscription: Subscription,
        payload: bytes,
        *,
        ttl_seconds: int,
        urgency: Urgency = "normal",
        topic: str | None = None,
    ) -> None:
        """Hand a message to the push service, which keeps it for `ttl_seconds` if the browser is not there; 0
        means now or never. A topic replaces the message of that topic which is still kept.
        """
        if len(payload) > PAYLOAD_BYTES_MAX:
            raise RefusedError(f"the payload has more than {PAYLOAD_BYTES_MAX} bytes: send a reference to it")
        url = self._address(subscription.endpoint)
        body = _encrypted(payload, subscription.keys)
        headers = {
            "Authorization": self._authorization(f"https://{url.netloc.decode()}"),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(ttl_seconds),
            "Urgency": urgency,
        }
        if topic is not None:
            headers["Topic"] = topic
        try:
            answer = await self._client.post(
                url,
                content=body,
                headers=headers,
                timeout=REQUEST_SECONDS,
                follow_redirects=False,  # it would lead past the list of hosts
            )
        except httpx.TransportError as error:
            raise UnavailableError(f"{url.host} does not answer: {type(error).__name__}") from error
        self._judge(answer, url.host)

    def _address(self, endpoint: str) -> httpx.URL:
        try:
            url = httpx.URL(endpoint)  # the client's own parser: what is checked is where it goes
        except httpx.InvalidURL as error:
            raise EndpointError(f"the endpoint is no address: {error}") from None
        known = any(url.host == one or url.host.endswith(f".{one}") for one in self._hosts)
        if url.scheme != "https" or url.userinfo or not known:
            raise EndpointError(f"{url.scheme}://{url.host} is not a push service that we know")
        return url

    def _judge(self, answer: httpx.Response, host: str) -> None:
        status = answer.status_code
        words = f"{host} answered {status}: {answer.text[:200]!r}"
        if status in (404, 410):
            raise GoneError(words)
        if status == 429:
            raise TooManyError(words, self._retry_after(answer))
        if status >= 500 or status == 408:
            raise UnavailableError(words, self._retry_after(answer))
        if not 200 <= status < 300:
            raise RefusedError(words)

    def _authorization(self, audience: str) -> str:
        now = self._now()
        made_at, header = self._signed.get(audience, (0.0, ""))
        if not 0 <= now - made_at < TOKEN_RENEWED_SECONDS:
            claims = {"aud": audience, "sub": self._contact, "exp": int(now + TOKEN_SECONDS)}
            header = self._vapid.sign(claims)["Authorization"]
            self._signed[audience] = now, header
        return header

    def _retry_after(self, answer: httpx.Response) -> float | None:
        text = answer.headers.get("Retry-After", "")
        if text.isascii() and text.isdigit():
            return float(text)
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
        return max(at.replace(tzinfo=at.tzinfo or UTC).timestamp() - self._now(), 0.0)


def _encrypted(payload: bytes, keys: Keys) -> bytes:
    browser, secret = _read(keys)
    ours = ec.generate_private_key(ec.SECP256R1())  # one for each message
    content: bytes = http_ece.encrypt(payload, private_key=ours, dh=browser, auth_secret=secret)
    return content


def _read(keys: Keys) -> tuple[bytes, bytes]:
    try:
        browser, secret = _bytes(keys.p256dh), _bytes(keys.auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), browser)
    except ValueError as error:
        raise EndpointError(f"the keys of the subscription are none: {error}") from None
    if len(secret) != 16:
        raise EndpointError("the auth secret of the subscription must have 16 bytes")
    return browser, secret


def _bytes(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
