"""What a model says that babbles, or does not know how to use its tools."""

import json

from mailroom.actors.kit.scripted import Chat, Said, Script, WantedCall

from . import must
from .faults import Rule

BABBLE_TIMES = 5_000


def said(chat: Chat, rule: Rule, script: Script) -> Said | None:
    """The answer that a rule puts in the place of the script's; None if it leaves that alone."""
    if (lie := script.lie(rule.kind, chat)) is not None:
        return lie
    match rule.kind:
        case "no_text":
            return Said("")
        case "babble":
            return Said("И ещё одно важное обстоятельство. " * BABBLE_TIMES)
        case "says":
            return Said(rule.text)
        case "calls":
            return Said(calls=tuple(WantedCall(str(call["name"]), _arguments(call)) for call in rule.calls))
        case "unknown_tool" if chat.tools:
            return Said(calls=(WantedCall.of("no_such_tool"),))
        case "bad_json" if chat.tools:
            return Said(calls=(WantedCall(next(iter(chat.tools)), '{"'),))
        case "endless_tools" if chat.tools:
            return Said(calls=(must.call(chat, script),))
    return None


def _arguments(call: dict[str, object]) -> str:
    given = call.get("arguments", {})
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
