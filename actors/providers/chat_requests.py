"""How each endpoint of chat completions wants to be asked: names of models, limits of tokens, roles. Pure.

OpenAI's own takes its models by their plain names and nobody else's; its reasoning models take neither
`max_tokens` nor a temperature, count what they think against the limit, and are instructed by a developer
instead of the system. OpenRouter takes all makers' models by `maker/name`, and translates. Of any other
endpoint nothing is known but the protocol. Facts are from the reference that is in the package `openai`, from
developers.openai.com/api/docs/guides/reasoning, and from openrouter.ai/docs.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import urlsplit

OPENAI_BASE_URL = "https://api.openai.com/v1"
OPENROUTER_BASE_URL = "https://openrouter.ai/api/v1"
OPENROUTER_KEY = "sk-or-"
"""How its keys begin: they are worth nothing anywhere else, and are nobody else's business."""
MAKER = "openai/"
OPENAI_NAME = re.compile(r"(?:gpt-|chatgpt-|o[1-9]|ft:).*")
REASONING_NAME = re.compile(r"(?:o[1-9](?:-|$)|gpt-(?:[5-9]|[1-9][0-9])(?:[.-]|$))(?!.*chat).*")
"""The o series, and GPT from 5 on but for those that chat."""
REASONING_TOKENS_MAX = 4_000
"""What a model may think before it writes an answer of a few hundred words, at low effort. It is paid for."""
REASONING_EFFORT = "low"
"""Somebody waits in a chat."""

PARAMETERS = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_tokens",
    "reasoning_effort": None,
}
"""What can be said in another way, or left out."""
ROLE = re.compile(r"messages\[[0-9]{1,4}\]\.role")

Endpoint = Literal["openai", "openrouter", "other"]


def endpoint_of(base_url: str) -> Endpoint:
    """Whose endpoint it is, by its address."""
    host = urlsplit(base_url).hostname or ""
    if host == "api.openai.com" or host.endswith(".api.openai.com"):  # eu.api.openai.com keeps data there
        return "openai"
    return "openrouter" if host == "openrouter.ai" or host.endswith(".openrouter.ai") else "other"


def name_at(endpoint: Endpoint, model: str) -> str | None:
    """What a model is called there; None: another maker's, which is not to be had there."""
    if endpoint == "openai":
        name = model.removeprefix(MAKER)
        return None if "/" in name else name
    if endpoint == "openrouter" and OPENAI_NAME.fullmatch(model):
        return MAKER + model
    return model


def request_for(
    endpoint: Endpoint,
    models: Sequence[str],
    messages: Sequence[Mapping[str, Any]],
    tools: Sequence[Mapping[str, Any]],
    *,
    may_call: bool,
    tokens_max: int,
) -> dict[str, Any]:
    """A request to the first of these models, by their names there, which answers with so many tokens."""
    model, told = models[0], list(messages)
    thinks = REASONING_NAME.fullmatch(model.removeprefix(MAKER)) is not None
    limit = tokens_max + (REASONING_TOKENS_MAX if thinks else 0)
    request: dict[str, Any] = {"model": model}
    if endpoint == "openai":
        request["max_completion_tokens"] = limit  # all its chat models take it, and newer ones nothing else
        if thinks:
            request["reasoning_effort"] = REASONING_EFFORT
            told = [_developer(message) for message in messages]
    else:
        request["max_tokens"] = limit
    request["messages"] = told
    if tools:
        request |= {"tools": list(tools), "tool_choice": "auto" if may_call else "none"}
    if endpoint == "openrouter":
        # It goes on to the next model by itself, which is faster than we are.
        request["extra_body"] = {"models": list(models)}
        if thinks:
            request["extra_body"]["reasoning"] = {"effort": REASONING_EFFORT}
        if tools:
            request["extra_body"]["provider"] = {"require_parameters": True}
    return request


def without(request: Mapping[str, Any], parameter: str) -> dict[str, Any] | None:
    """The same request in another way, after it was refused for a parameter; None if there is no other way.
    Not every model tells by its name what it takes.
    """
    changed = dict(request)
    if ROLE.fullmatch(parameter):
        changed["messages"] = [_developer(message) for message in request["messages"]]
        return changed if changed["messages"] != request["messages"] else None
    if parameter not in changed or parameter not in PARAMETERS:
        return None
    value = changed.pop(parameter)
    if (instead := PARAMETERS[parameter]) is not None:
        changed[instead] = value
    return changed


def _developer(message: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**message, "role": "developer"} if message.get("role") == "system" else message
