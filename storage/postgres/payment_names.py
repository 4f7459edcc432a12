"""What a payment is called outside: a name that is made once, whatever becomes of the database.

    m7k2p9x4qd0-01kb8r3e0vj2m5c8h1t6w9z4y7
    └┬────────┘ └┬───────────────────────┘
     installation 48 bits of milliseconds, 80 random bits

No part of it comes from a sequence: a database restored from a backup counts again from where it was, and the
gateways would answer with what they were asked for under the same number before. The installation is in it,
so that what others do at the same account is never taken for ours, even where a gateway keeps nothing but
the name. Its 38 characters of `[a-z0-9-]` fit every gateway's limit.
"""

import re
import secrets
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter looks like a digit, and names sort by when they were made."""
INSTALLATION_CHARS = 10
MADE_CHARS = 26
RANDOM_BITS = 80
NAME = re.compile(rf"m([{ALPHABET}]{{{INSTALLATION_CHARS}}})-([{ALPHABET}]{{{MADE_CHARS}}})")
NUMBER = re.compile(r"[1-9][0-9]{0,17}")
"""What payments were called by the versions before: their number, below 2^63."""


def new_suffix() -> str:
    """The part of a new name behind the installation; who writes the row puts the two together."""
    value = (time.time_ns() // 1_000_000 << RANDOM_BITS) | secrets.randbits(RANDOM_BITS)
    return "".join(ALPHABET[value >> shift & 31] for shift in range((MADE_CHARS - 1) * 5, -1, -5))


def installation_in(ref: str | None) -> str | None:
    """Which installation has made this name; None if none has."""
    found = NAME.fullmatch(ref or "")
    return None if found is None else found[1]


def is_number(ref: str) -> bool:
    """Whether this is a name of before, which says nothing of who gave it."""
    return NUMBER.fullmatch(ref) is not None
