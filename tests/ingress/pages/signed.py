"""Init data of a Mini App, as Telegram signs it."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode


def init_data(person, token, *, at=None, **more):
    """What a page is handed that Telegram has opened for a person, `at` some moment."""
    fields = {
        "auth_date": str(int(at or time.time())),
        "query_id": "AAE0",
        "user": json.dumps(person),
        **more,
    }
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return urlencode({**fields, "hash": hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()})
