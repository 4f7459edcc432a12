"""What a cookie and a link hold: nobody guesses it, and whoever reads the database does not learn it."""

import re
from hashlib import sha256
from secrets import token_urlsafe

TOKEN_BYTES = 24
"""192 bits."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


def new_token() -> tuple[str, bytes]:
    """A token, and its digest, which is what is kept."""
    token = token_urlsafe(TOKEN_BYTES)
    return token, sha256(token.encode()).digest()


def digest_of(token: str) -> bytes | None:
    """The digest of what may be a token; None for what is none."""
    return sha256(token.encode()).digest() if _TOKEN.fullmatch(token) else None
