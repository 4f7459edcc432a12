"""What plays a language model in a demo and in tests: a script, which a room brings for its own bot.

The model simulator reads requests and writes answers; what is answered is the script's. It says of itself
what it is, and answers the same to the same.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

CHARS_PER_TOKEN = 3


@dataclass(frozen=True, slots=True)
class WantedCall:
    """A tool call of the script. `arguments` is text, because a bad one may be no JSON."""

    name: str
    arguments: str

    @classmethod
    def of(cls, name: str, **arguments: Any) -> "WantedCall":
        """A good one."""
        return cls(name, json.dumps(arguments, ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: words, or calls of tools."""

    text: str = ""
    calls: tuple[WantedCall, ...] = ()

    @property
    def tokens(self) -> int:
        """What it would have cost."""
        written = len(self.text) + sum(len(call.name) + len(call.arguments) for call in self.calls)
        return max(1, written // CHARS_PER_TOKEN)


@dataclass(frozen=True, slots=True)
class Chat:
    """A request, taken apart."""

    models: tuple[str, ...]
    """The one that is asked for and those to go on to, as OpenRouter's `models`."""
    system: str
    before: tuple[tuple[str, str], ...]
    """Who said what before the last message of the user."""
    question: str
    """The last message of the user."""
    calls: tuple[str, ...] = ()
    """The tools that were called since then, by name."""
    results: tuple[Any, ...] = ()
    """What they said, as far as it is JSON."""
    tools: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The tools that may be called, with the names of their parameters."""
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Their parameters, as the request describes them."""
    must_call: bool = False
    """Whether the caller wants a tool called, whatever else there would be to say."""
    answers: int = 1
    """How many answers are wanted; the script gives the same one each time."""
    json: bool = False
    schema: Mapping[str, Any] | None = None
    stream: bool = False
    include_usage: bool = False
    tokens_max: int | None = None
    prompt_tokens: int = 1


class Script(Protocol):
    """What a room's model says."""

    lies: Mapping[str, str]
    """What it can be told to say that no model should, by name, with what that is."""

    def answer(self, chat: Chat) -> Said:
        """What it says next."""

    def lie(self, kind: str, chat: Chat) -> Said | None:
        """One of its `lies`; None where it cannot be told in this chat."""

    def argument(self, parameter: str, chat: Chat) -> Any:
        """What a tool's parameter gets where a call must be made; None: whatever its type allows."""


def least(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The least that a JSON schema allows: for a question that a script was not made for."""
    nothing: dict[str, Any] = {
        "string": "",
        "integer": 0,
        "number": 0,
        "boolean": False,
        "array": [],
        "object": {},
    }
    filled: dict[str, Any] = {}
    for name, rule in (schema.get("properties") or {}).items():
        kind = rule.get("type", "string")
        kind = kind[0] if isinstance(kind, list) else kind
        filled[name] = (rule.get("enum") or [nothing.get(kind)])[0]
    return filled
