"""What a cookie and a link hold: nobody guesses it, and whoever reads the database does not learn it."""

import re
from hashlib import sha256
from secrets import token_hex

TOKEN_BYTES = 20
"""160 bits. Digits and letters alone: whatever else ends an address is cut off it in a chat."""
_TOKEN = re.compile(r"[0-9a-f]{40}")


def new_token() -> str:
    """One that there is nowhere yet."""
    return token_hex(TOKEN_BYTES)


def token_of(digest: bytes) -> str:
    """One that is made anew from the same secret digest."""
    return digest[:TOKEN_BYTES].hex()


def digest_of(token: str) -> bytes | None:
    """What is kept of a token; None for what can be none."""
    return sha256(token.encode()).digest() if _TOKEN.fullmatch(token) else None
