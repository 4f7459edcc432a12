"""Answers as they travel: one JSON object, or a stream of chunks (server-sent events).

Shapes of OpenAI's chat completions with OpenRouter's additions: `provider`, `native_finish_reason`, and a
usage with its cost in dollars. In a stream the usage is in a last chunk without choices, then `[DONE]`.
"""

import json
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mailroom.actors.kit.scripted import CHARS_PER_TOKEN, Chat, Said

from .chat import NAME

PROVIDER = "Scripted demo"
PROMPT_TOKEN_USD, COMPLETION_TOKEN_USD = 0.15e-6, 0.60e-6
"""What a small model costs, so that the cost limits of a demo have something to count."""
PIECE = re.compile(r"\s*\S+\s?")
ARGUMENTS_PIECE_CHARS = 12
CALLS_MAX = 100
"""No answer makes as many."""
KEEP_ALIVE = b": SCRIPTED DEMO PROCESSING\n\n"
DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer on its way: which model is said to have given it, and how it ended."""

    chat: Chat
    said: Said
    model: str
    finish: str
    id: str
    created: int


def reply(chat: Chat, said: Said, asked: str) -> Reply:
    """Dress what was said; more than the caller wants to pay for is cut off."""
    limit = (chat.tokens_max or 0) * CHARS_PER_TOKEN
    finish = "tool_calls" if said.calls else "stop"
    if limit and not said.calls and len(said.text) > limit:
        said, finish = Said(said.text[:limit]), "length"
    # Nobody is to take the script for the model that was asked for.
    model = NAME if asked == NAME else f"{NAME}/{asked}"
    return Reply(chat, said, model, finish, f"gen-{uuid.uuid4().hex[:24]}", int(time.time()))


def usage(answer: Reply) -> dict[str, Any]:
    """What it took, and what that would have cost."""
    read, written = answer.chat.prompt_tokens, answer.said.tokens * answer.chat.answers
    cost = read * PROMPT_TOKEN_USD + written * COMPLETION_TOKEN_USD
    return {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
        "cost": round(cost, 9),
        "cost_details": {"upstream_inference_cost": None},
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }


def whole(answer: Reply) -> dict[str, Any]:
    """The answer in one piece, as often as it is wanted."""
    choices = [_choice(answer, index) for index in range(answer.chat.answers)]
    return {**_head(answer, "chat.completion"), "choices": choices, "usage": usage(answer)}


def _choice(answer: Reply, index: int) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": answer.said.text or None, "refusal": None}
    if answer.said.calls:
        message["tool_calls"] = [
            {
                "id": _call_id(answer, index, number),
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for number, call in enumerate(answer.said.calls)
        ]
    return {
        "index": index,
        "message": message,
        "finish_reason": answer.finish,
        "native_finish_reason": answer.finish,
        "logprobs": None,
    }


def pieces(answer: Reply) -> Iterator[bytes]:
    """The answer as a stream, without what ends it: word by word, in each of the answers that are wanted."""
    every = range(answer.chat.answers)
    for index in every:
        yield _chunk(answer, {"role": "assistant", "content": ""}, index=index)
    for word in PIECE.findall(answer.said.text):
        for index in every:
            yield _chunk(answer, {"content": word}, index=index)
    for number, call in enumerate(answer.said.calls):
        for index in every:
            begin = {"index": number, "id": _call_id(answer, index, number), "type": "function"}
            yield _call(answer, {**begin, "function": {"name": call.name, "arguments": ""}}, index)
            for at in range(0, len(call.arguments), ARGUMENTS_PIECE_CHARS):
                part = call.arguments[at : at + ARGUMENTS_PIECE_CHARS]
                yield _call(answer, {"index": number, "function": {"arguments": part}}, index)


def ending(answer: Reply) -> Iterator[bytes]:
    """Why it stopped, what it took, and that it is over."""
    for index in range(answer.chat.answers):
        yield _chunk(answer, {}, answer.finish, index=index)
    if answer.chat.include_usage:
        yield event({**_head(answer, "chat.completion.chunk"), "choices": [], "usage": usage(answer)})
    yield DONE


def event(content: Any) -> bytes:
    """One event of a stream."""
    return b"data: " + json.dumps(content, ensure_ascii=False).encode() + b"\n\n"


def error(code: int, message: str) -> dict[str, Any]:
    """An error as OpenRouter words it."""
    return {"error": {"code": code, "message": message, "metadata": {"provider_name": PROVIDER}}}


def _head(answer: Reply, kind: str) -> dict[str, Any]:
    return {
        "id": answer.id,
        "object": kind,
        "created": answer.created,
        "model": answer.model,
        "provider": PROVIDER,
    }


def _call_id(answer: Reply, index: int, number: int) -> str:
    """Calls have ids of their own, in each of several answers."""
    return f"call_{answer.id[4:16]}_{number + index * CALLS_MAX}"


def _chunk(answer: Reply, delta: dict[str, Any], finish: str | None = None, *, index: int = 0) -> bytes:
    choice = {"index": index, "delta": delta, "finish_reason": finish, "native_finish_reason": finish}
    return event({**_head(answer, "chat.completion.chunk"), "choices": [choice]})


def _call(answer: Reply, call: dict[str, Any], index: int) -> bytes:
    return _chunk(answer, {"tool_calls": [call]}, index=index)
