"""Links to files that whoever has one may follow for a while, by whichever process.

Nothing of them is kept: a link says which file, under what name and until when, and is signed for its bot by
a key of the vault's. What was changed about it, is over, or was made for another bot leads nowhere.
"""

import base64
import hmac
import re
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from mailroom.storage.vault import Vault

AT = "f"
"""Below `/app/BOT/`."""
DIGEST = re.compile(r"[0-9a-f]{32}")
SECONDS_MAX = 400 * 86_400.0
NAME_BYTES_MAX = 120
HEAD = struct.Struct(">B5s16s")
"""Whether it is shown, until when, and which file it is; the name comes after it, and the signature last."""
SIGNATURE_BYTES = 20
TOKEN = re.compile(r"[a-z2-7]{68,300}")
"""Base32: what is no letter and no digit is cut off the end of an address in a chat."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link leads to."""

    digest: str
    name: str
    inline: bool
    """It is shown where it is asked for, and not saved."""
    seconds_left: float


class FileLinks:
    """The links of one bot."""

    def __init__(self, bot: str, public_url: str, vault: Vault, now: Callable[[], float] = time.time) -> None:
        self.bot = bot
        self._public_url = public_url.rstrip("/")
        self._vault = vault
        self._now = now

    def to(self, digest: str, *, seconds: float, name: str = "", inline: bool = False) -> str:
        """The address; empty where browsers do not reach this service. Raises `ValueError`."""
        if DIGEST.fullmatch(digest) is None:
            raise ValueError(f"no digest of a file: {digest[:80]!r}")
        if not 1 <= seconds <= SECONDS_MAX:
            raise ValueError(f"a link for {seconds:g} s; it is 1 to {SECONDS_MAX:g}")
        called = name.encode()
        if len(called) > NAME_BYTES_MAX or not name.isprintable():
            raise ValueError(
                f"no name for a file: {name[:80]!r}; it is {NAME_BYTES_MAX} printable bytes at most"
            )
        if not self._public_url:
            return ""
        until = int(self._now() + seconds).to_bytes(5, "big")
        said = HEAD.pack(inline, until, bytes.fromhex(digest)) + called
        token = base64.b32encode(said + self._signature(said)).decode().rstrip("=").lower()
        return f"{self._public_url}/app/{quote(self.bot)}/{AT}/{token}"

    def read(self, token: str) -> Linked | None:
        """What a link leads to; None for one that is over, and for what is no link of this bot's."""
        if TOKEN.fullmatch(token) is None:
            return None
        try:
            signed = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        except ValueError:
            return None
        said, signature = signed[:-SIGNATURE_BYTES], signed[-SIGNATURE_BYTES:]
        if not hmac.compare_digest(self._signature(said), signature):
            return None
        inline, until, digest = HEAD.unpack(said[: HEAD.size])
        left = int.from_bytes(until, "big") - self._now()
        if left <= 0:
            return None
        return Linked(digest.hex(), said[HEAD.size :].decode(), bool(inline), left)

    def _signature(self, said: bytes) -> bytes:
        return self._vault.fingerprint(b"file link\0" + self.bot.encode() + b"\0" + said)[:SIGNATURE_BYTES]
