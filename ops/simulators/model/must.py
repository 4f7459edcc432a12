"""A call that must be made: where a caller wants a tool called, whatever the script would say.

It is called with what the question and the shelf give for its parameters, by their names and types.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from . import shelf
from .chat import Chat, Said, WantedCall

TEXT_CHARS_MAX = 150


def made(chat: Chat, said: Said) -> Said:
    """Return what is said, or a call in its place where one must be made and none was."""
    if not chat.must_call or said.calls:
        return said
    name = next(iter(chat.tools))
    parameters = chat.parameters.get(name, {})
    properties = parameters.get("properties") or {}
    required = parameters.get("required") or list(properties)
    slugs = [thing.slug for thing in shelf.named(chat.question, shelf.read(chat.system))]
    slugs = slugs or [thing.slug for thing in shelf.read(chat.system)]
    arguments = {
        parameter: _argument(parameter, properties.get(parameter) or {}, chat.question, slugs)
        for parameter in required
    }
    return replace(said, text="", calls=(WantedCall(name, json.dumps(arguments, ensure_ascii=False)),))


def _argument(name: str, schema: Mapping[str, Any], question: str, slugs: list[str]) -> Any:
    """What the script has for a parameter, of the type that is wanted."""
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "array":
        if name == "slugs":
            return slugs[:1]
        return [_argument(name, schema.get("items") or {}, question, slugs)]
    if kind == "object":
        properties = schema.get("properties") or {}
        wanted = schema.get("required") or list(properties)
        return {one: _argument(one, properties.get(one) or {}, question, slugs) for one in wanted}
    if kind in ("integer", "number"):
        return 1
    if kind == "boolean":
        return False
    if name == "slug" and slugs:
        return slugs[0]
    return question[:TEXT_CHARS_MAX]
