"""What was said before, as far as the consultant remembers it: the last messages, and a summary of those
before them. It lives in the chat's FSM data under one key, so it is committed with the message, or not at
all.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

TALK = "talk"
"""The key in the FSM data."""
SAID_MAX = 12
"""Six questions and answers; when there are more, the older half becomes part of the summary."""
SAID_CHARS_MAX = 600
SUMMARY_CHARS_MAX = 800
BYTES_MAX = 8_000
"""Of the JSON. The state of a chat is read and written with every message of it."""

CUSTOMER = "user"
CONSULTANT = "assistant"


@dataclass(frozen=True)
class Context:
    """The talk so far. `said` is who (as the models call them) and what, oldest first."""

    summary: str = ""
    said: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_data(cls, data: Any) -> "Context":
        """Read it back from FSM data; whatever cannot be a talk is left out."""
        if not isinstance(data, dict):
            return cls()
        summary, lines = data.get("summary"), data.get("said")
        said = []
        for line in lines if isinstance(lines, list) else []:
            match line:
                case [("user" | "assistant") as who, str(text)]:
                    said.append((str(who), text))
        return _bounded(cls(summary if isinstance(summary, str) else "", tuple(said)))

    def to_data(self) -> dict[str, Any]:
        """As it is kept."""
        return {"summary": self.summary, "said": [list(line) for line in self.said]}

    def with_turn(self, question: str, answer: str) -> "Context":
        """After one more message and what was answered. Nothing is answered where only buttons were shown."""
        lines = [(CUSTOMER, question), (CONSULTANT, answer)]
        said = tuple((who, text[:SAID_CHARS_MAX]) for who, text in lines if text)
        return _bounded(replace(self, said=self.said + said), overfull=2)

    @property
    def old(self) -> tuple[tuple[str, str], ...]:
        """What should go into the summary now; nothing most of the time."""
        return self.said[: SAID_MAX // 2] if len(self.said) > SAID_MAX else ()

    def summarised(self, summary: str | None) -> "Context":
        """With `old` taken into a new summary; None if none is to be had, and `old` is just forgotten."""
        kept = self.summary if summary is None else summary.strip()[:SUMMARY_CHARS_MAX]
        return _bounded(replace(self, summary=kept, said=self.said[len(self.old) :]))


def _bounded(context: Context, overfull: int = 0) -> Context:
    """Within the limits; the oldest goes first."""
    said = tuple((who, text[:SAID_CHARS_MAX]) for who, text in context.said[-(SAID_MAX + overfull) :])
    bounded = Context(context.summary[:SUMMARY_CHARS_MAX], said)
    while bounded.said and len(json.dumps(bounded.to_data(), ensure_ascii=False).encode()) > BYTES_MAX:
        bounded = replace(bounded, said=bounded.said[1:])
    return bounded
