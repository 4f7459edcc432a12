"""What OpenAI's own endpoint refuses, on demand: another maker's model, an unknown argument, a parameter that
a reasoning model does not take. By the reference in the package `openai` and by the errors people report.
"""

import re
from collections.abc import Mapping
from typing import Any

NAME = re.compile(r"(?:gpt-|chatgpt-|o[1-9]|ft:)[A-Za-z0-9.:_-]*")
REASONING = re.compile(r"(?:o[1-9](?:-|$)|gpt-(?:[5-9]|[1-9][0-9])(?:[.-]|$))(?!.*chat).*")
ARGUMENTS = frozenset(
    {"model", "messages", "tools", "tool_choice", "parallel_tool_calls", "response_format", "temperature",
     "top_p", "max_tokens", "max_completion_tokens", "stream", "stream_options", "seed", "stop", "user", "n",
     "metadata", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "reasoning_effort",
     "verbosity", "store", "service_tier", "prompt_cache_key", "safety_identifier"}
)  # fmt: skip
NOT_OF_REASONING = (
    "max_tokens",
    "temperature",
    "top_p",
    "presence_penalty",
    "frequency_penalty",
    "logprobs",
    "stop",
)
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
TOKENS_MAX = {True: 128_000, False: 16_384}
"""Of an answer, by whether the model reasons: GPT-5's, and gpt-4o's."""
THOUGHTS_TOKENS = 1_000
"""What a reasoning model here takes of the limit before it says a word."""


def reasons(model: str) -> bool:
    """Whether a model thinks before it answers, and so takes other parameters."""
    return REASONING.fullmatch(model) is not None


def refusal(given: Mapping[str, Any]) -> tuple[int, dict[str, Any]] | None:
    """The status and the error body that a request gets; None if it is taken."""
    model = str(given.get("model"))
    if NAME.fullmatch(model) is None:
        return _refused(
            f"The model `{model}` does not exist or you do not have access to it.", None, "model_not_found"
        )
    for name in given:
        if name not in ARGUMENTS or (name == "reasoning_effort" and not reasons(model)):
            return _refused(
                f"Unrecognized request argument supplied: {name}", name if name in ARGUMENTS else None, None
            )
    if "max_tokens" in given and "max_completion_tokens" in given:
        return _refused(
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", None, None
        )
    limit = given.get("max_completion_tokens", given.get("max_tokens"))
    if isinstance(limit, int) and limit > TOKENS_MAX[reasons(model)]:
        name = "max_tokens" if "max_tokens" in given else "max_completion_tokens"
        return _refused(f"{name} is too large: {limit}.", name, "invalid_value")
    return _of_reasoning(given) if reasons(model) else None


def _of_reasoning(given: Mapping[str, Any]) -> tuple[int, dict[str, Any]] | None:
    for name in NOT_OF_REASONING:
        if name in given:
            instead = " Use 'max_completion_tokens' instead." if name == "max_tokens" else ""
            words = f"Unsupported parameter: '{name}' is not supported with this model.{instead}"
            return _refused(words, name, "unsupported_parameter")
    effort = given.get("reasoning_effort", "medium")
    if effort not in EFFORTS:
        return _refused(f"Invalid value: '{effort}'.", "reasoning_effort", "invalid_value")
    for number, message in enumerate(given.get("messages", ())):
        if message.get("role") == "system":
            name = f"messages[{number}].role"
            words = f"Unsupported value: '{name}' does not support 'system' with this model."
            return _refused(words, name, "unsupported_value")
    return None


def _refused(message: str, param: str | None, code: str | None) -> tuple[int, dict[str, Any]]:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return 404 if code == "model_not_found" else 400, {"error": error}
