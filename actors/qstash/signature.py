"""The signature that a delivery bears: a JWT (RFC 7519, HS256) over the address and the body's hash."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from secrets import token_hex

VALID_SECONDS = 300
KEY_PREFIX = "sig_"
_HEAD = b'{"alg":"HS256","typ":"JWT"}'


class Signer:
    """Signs with one key, prepared once: a signature is a copy of its state and two blocks."""

    def __init__(self, key: str) -> None:
        self._prepared = hmac.new(key.encode(), b"", hashlib.sha256)
        self._head = _encoded(_HEAD) + b"."

    def sign(self, url: str, body: bytes, now: int) -> str:
        """The token for a call of `url` at `now`, in seconds since 1970. It is valid for five minutes, and
        from 1970 on: endpoints' clocks are behind as often as ahead.
        """
        claims = {
            "body": urlsafe_b64encode(hashlib.sha256(body).digest()).decode(),
            "exp": now + VALID_SECONDS,
            "iat": now,
            "iss": "Upstash",
            "jti": f"jwt_{token_hex(16)}",
            "nbf": 0,
            "sub": url,
        }
        signed = self._head + _encoded(json.dumps(claims, separators=(",", ":")).encode())
        mac = self._prepared.copy()
        mac.update(signed)
        return (signed + b"." + _encoded(mac.digest())).decode()


def new_key() -> str:
    """A signing key that there is nowhere yet."""
    return KEY_PREFIX + token_hex(20)


def _encoded(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")
