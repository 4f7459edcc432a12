"""A call that must be made: where a caller wants a tool called, whatever the script would say.

It is called with what the script has for its parameters, else with what their types allow.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mailroom.actors.kit.scripted import Chat, Said, Script, WantedCall

TEXT_CHARS_MAX = 150


def made(chat: Chat, said: Said, script: Script) -> Said:
    """Return what is said, or a call in its place where one must be made and none was."""
    if not chat.must_call or said.calls:
        return said
    return replace(said, text="", calls=(call(chat, script),))


def call(chat: Chat, script: Script) -> WantedCall:
    """A call of the first tool."""
    name = next(iter(chat.tools))
    parameters = chat.parameters.get(name, {})
    properties = parameters.get("properties") or {}
    required = parameters.get("required") or list(properties)
    arguments = {
        parameter: _argument(parameter, properties.get(parameter) or {}, chat, script)
        for parameter in required
    }
    return WantedCall(name, json.dumps(arguments, ensure_ascii=False))


def _argument(name: str, schema: Mapping[str, Any], chat: Chat, script: Script) -> Any:
    if schema.get("enum"):
        return schema["enum"][0]
    if (known := script.argument(name, chat)) is not None:
        return known
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "array":
        return [_argument(name, schema.get("items") or {}, chat, script)]
    if kind == "object":
        properties = schema.get("properties") or {}
        wanted = schema.get("required") or list(properties)
        return {one: _argument(one, properties.get(one) or {}, chat, script) for one in wanted}
    if kind in ("integer", "number"):
        return 1
    if kind == "boolean":
        return False
    return chat.question[:TEXT_CHARS_MAX]
