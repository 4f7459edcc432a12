"""What of a message is shown to nobody, though the endpoint gets it: its body, or headers of it."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailroom.actors.qstash.refusal import RefusalError

NAMES_MAX = 50
_HEADER = re.compile(r"headers?\[([^\]\[]{1,200})\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is redacted; header names in lower case."""

    body: bool = False
    headers: bool = False
    names: frozenset[str] = frozenset()

    def body_of(self, body: bytes) -> bytes:
        """The body as it may be shown."""
        return redacted(body).encode() if self.body and body else body

    def headers_of(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """The headers as they may be shown."""
        return [
            (name, redacted(value.encode()) if self.headers or name.lower() in self.names else value)
            for name, value in headers
        ]


def redaction(text: str) -> Redaction:
    """Read `Upstash-Redact-Fields`: `body`, `headers`, `header[Name]`. Raises `RefusalError`."""
    fields = [one.strip() for one in text.split(",") if one.strip()]
    names = [found[1].strip().lower() for one in fields if (found := _HEADER.fullmatch(one))]
    words = {one.lower() for one in fields if not _HEADER.fullmatch(one)}
    if wrong := words - {"body", "header", "headers"}:
        raise RefusalError(
            f"Upstash-Redact-Fields knows body, headers and header[Name], not {min(wrong)[:40]!r}"
        )
    if len(names) > NAMES_MAX:
        raise RefusalError(f"Upstash-Redact-Fields names at most {NAMES_MAX} headers")
    return Redaction("body" in words, bool(words & {"header", "headers"}), frozenset(names))


def redacted(secret: bytes) -> str:
    """What is shown instead: who knows the secret can tell that it is that one."""
    return f"REDACTED:{hashlib.sha256(secret).hexdigest()}"
