"""What came back from an endpoint, or why nothing did."""

from dataclasses import dataclass, field
from typing import Literal

BODY_BYTES_MAX = 64 * 1024
"""Of an answer this much is kept, for callbacks and dead letters."""
HEADERS_MAX = 200
HEAD_BYTES_MAX = 64 * 1024

Why = Literal["timeout", "unreachable", "private", "insecure", "nonsense"]
"""Nothing in time; no connection; an address that may not be called; TLS failed; no HTTP came back."""


@dataclass(slots=True)
class Answer:
    """An endpoint's answer."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    """Names in lower case."""
    body: bytes = b""
    truncated: bool = False


class CallError(Exception):
    """A call has no answer."""

    def __init__(self, why: Why, words: str) -> None:
        super().__init__(words)
        self.why = why
