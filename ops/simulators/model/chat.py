"""What a request of the chat completions API says, as far as a script needs it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mailroom.actors.kit.scripted import CHARS_PER_TOKEN, Chat

from . import choices
from .errors import RequestRefusedError

NAME = "scripted-demo"
MESSAGES_MAX = 1_000


def read(body: bytes) -> Chat:
    """Take a request apart. Raises `RequestRefusedError`."""
    try:
        given = json.loads(body)
    except ValueError:
        raise RequestRefusedError("the body is not JSON") from None
    if not isinstance(given, dict) or not isinstance(given.get("model"), str):
        raise RequestRefusedError("model is missing")
    messages = given.get("messages")
    if not isinstance(messages, list) or not 1 <= len(messages) <= MESSAGES_MAX:
        raise RequestRefusedError(f"messages must be a list of 1 to {MESSAGES_MAX}")
    if not all(isinstance(message, dict) and isinstance(message.get("role"), str) for message in messages):
        raise RequestRefusedError("a message must be an object with a role")
    _check_tool_results(messages)
    last = max(
        (at for at, message in enumerate(messages) if message["role"] == "user"), default=len(messages)
    )
    since = messages[last + 1 :]
    wanted = given.get("response_format") or {}
    limit = given.get("max_tokens") or given.get("max_completion_tokens")
    others = given.get("models") or []
    tools = _tools(given)
    choice = choices.chosen(given, frozenset(tools))
    return Chat(
        models=tuple(dict.fromkeys([given["model"], *(str(model) for model in others)])),
        system="\n".join(
            _text(message) for message in messages if message["role"] in ("system", "developer")
        ),
        before=tuple(
            (message["role"], _text(message))
            for message in messages[:last]
            if message["role"] in ("user", "assistant") and _text(message)
        ),
        question=_text(messages[last]) if last < len(messages) else "",
        calls=tuple(
            str((call.get("function") or {}).get("name"))
            for message in since
            for call in message.get("tool_calls") or ()
        ),
        results=tuple(_json(_text(message)) for message in since if message["role"] == "tool"),
        tools={
            name: frozenset(tools[name].get("properties") or {}) for name in tools if name in choice.allowed
        },
        parameters=tools,
        must_call=choice.must,
        answers=choices.count(given),
        json=wanted.get("type") in ("json_object", "json_schema"),
        schema=(wanted.get("json_schema") or {}).get("schema"),
        stream=given.get("stream") is True,
        include_usage=(given.get("stream_options") or {}).get("include_usage") is True,
        tokens_max=limit if isinstance(limit, int) and limit > 0 else None,
        prompt_tokens=max(1, len(body.decode(errors="replace")) // CHARS_PER_TOKEN),
    )


def _tools(given: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    found = {}
    for tool in given.get("tools") or ():
        function = tool.get("function") if isinstance(tool, dict) else None
        if isinstance(function, dict) and isinstance(function.get("name"), str):
            found[function["name"]] = function.get("parameters") or {}
    return found


def _check_tool_results(messages: Sequence[Mapping[str, Any]]) -> None:
    """Every tool call must be followed by its result, as the API wants it."""
    open_ids: set[str] = set()
    for message in messages:
        if message["role"] == "tool":
            if message.get("tool_call_id") not in open_ids:
                raise RequestRefusedError("a tool message must follow a message with its tool_call_id")
            open_ids.discard(str(message["tool_call_id"]))
            continue
        if open_ids:
            break
        open_ids = {str(call.get("id")) for call in message.get("tool_calls") or ()}
    if open_ids:
        raise RequestRefusedError(f"no tool message answers the calls {', '.join(sorted(open_ids))}")


def _text(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
