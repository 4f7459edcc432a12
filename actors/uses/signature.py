"""The signature of a call to somebody who shares a secret with us, as Stripe makes its own: there are
libraries that check it.
"""

import hashlib
import hmac
import time


def sign(secret: bytes, body: bytes, at: int | None = None) -> str:
    """What to send along with a body; `at` is the second in which it is signed, now where it is not given. It
    is real time, whatever the time is for a room: the other side looks at a clock of its own.
    """
    at = int(time.time()) if at is None else at
    signed = hmac.digest(secret, str(at).encode() + b"." + body, hashlib.sha256)
    return f"t={at},v1={signed.hex()}"
