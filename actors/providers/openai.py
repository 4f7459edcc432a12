"""Language models, through any endpoint that speaks chat completions: OpenAI, OpenRouter, a local one.

The `openai` package speaks the protocol; which model is tried next, how long all of it may take and what it
cost is ours. None of the package's errors gets out: a call ends in an `Answer` or a `ModelUnavailableError`.
Facts about OpenRouter: https://openrouter.ai/docs (model routing, usage accounting, errors).
"""

import asyncio
import json
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import httpx
import openai
from prometheus_client import Counter, Histogram
from structlog import get_logger

from mailroom.actors.metrics import child
from mailroom.actors.providers.chat_requests import endpoint_of, name_at, request_for, without

log = get_logger("mailroom.model")

CALLS = Counter("mailroom_model_calls_total", "Calls to language models", ["model", "purpose", "outcome"])
SECONDS = Histogram(
    "mailroom_model_seconds",
    "How long calls to language models took",
    ["model"],
    buckets=(0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120),
)
TOKENS = Counter(
    "mailroom_model_tokens_total", "Tokens that language models read and wrote", ["model", "kind"]
)
COST = Counter("mailroom_model_cost_usd_total", "What language models cost, in US dollars", ["model"])

CONNECT_SECONDS = 5.0
"""An endpoint that is there takes a connection at once."""
SHARE = 0.5
"""The part of the time left that a model may be silent for while there is another one to ask."""
TOKENS_MAX = 900
"""An answer of about 600 words: longer ones are not read in a chat, and paid for all the same."""
TEXT_CHARS_MAX = 16_000
"""Four times what fits a message: a model that goes on after that has lost its way."""
TOOL_CALLS_MAX = 16
ARGUMENTS_CHARS_MAX = 8_000
"""Tools take a few short fields."""
NAME_CHARS_MAX = 200
PARAMETERS_TRIED_MAX = 3
"""Of a model whose name does not tell what it takes: the limit of tokens, the effort, the role."""

PROMPT_TOKEN_MICRO_USD = 2.5
COMPLETION_TOKEN_MICRO_USD = 10.0
"""What a token is taken to cost where the endpoint does not say: the list price of gpt-4o. Rather too much: a
limit that counts too little is none.
"""
CHARS_PER_TOKEN = 3
"""For calls that ended without their usage: between English (4) and Russian (2 to 3)."""

Why = Literal[
    "timeout",  # no answer within the time
    "unreachable",  # no connection, or it broke before an answer began
    "cut",  # the answer began and broke off
    "busy",  # 408, 409, 429
    "broken",  # 5xx
    "refused",  # 400, 403, 404, 422: this model, or what was asked of it
    "no_access",  # 401: the key
    "no_credit",  # 402: the account
    "error_body",  # HTTP 200 that carries an error: the provider failed after it had begun
    "empty",  # neither words nor tool calls
    "nonsense",  # not a chat completion, or far too much of one
]
FINAL: frozenset[Why] = frozenset({"no_access", "no_credit"})
"""The same for every model of the account: no other one is asked."""

OnText = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call to one model took. Cost in millionths of a US dollar, rounded up."""

    model: str
    prompt_tokens: int
    completion_tokens: int
    cost_micro_usd: int
    estimated: bool = False
    """Whether the endpoint did not tell, and this is our guess."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What a model wants done."""

    id: str
    name: str
    raw: str
    """The arguments as the model wrote them."""
    arguments: Mapping[str, Any] | None
    """None where they are not a JSON object: tell the model."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said, or wants done first."""

    text: str
    tool_calls: tuple[ToolCall, ...]
    model: str
    """The one that answered, as the endpoint names it."""
    usage: Usage
    whole: bool = True
    """False where the model ran into the limit of tokens in the middle of its answer."""
    spent: tuple[Usage, ...] = ()
    """All that was paid for on the way, failed attempts included; `usage` is the last of it."""

    @property
    def cost_micro_usd(self) -> int:
        """What getting this answer cost, all attempts together."""
        return sum(one.cost_micro_usd for one in self.spent)


class ModelUnavailableError(Exception):
    """No model has given an answer that can be used. Do without one; asking again at once helps rarely."""

    def __init__(self, why: Why, message: str, spent: Sequence[Usage] = ()) -> None:
        super().__init__(f"{why}: {message}")
        self.why = why
        """Of the last model that was asked."""
        self.spent = tuple(spent)
        """What was paid all the same."""


class _FailedError(Exception):
    """One attempt has failed. `usage` if it will have cost something; `parameter` that was not taken."""

    def __init__(self, why: Why, message: str, usage: Usage | None = None, parameter: str = "") -> None:
        super().__init__(message)
        self.why = why
        self.usage = usage
        self.parameter = parameter


@dataclass(slots=True)
class _Heard:
    """What has come of an answer so far."""

    text: str = ""
    calls: dict[int, list[str]] = field(default_factory=dict)
    """By index: id, name, arguments."""
    model: str = ""
    finish: str | None = None
    usage: Any = None
    begun: bool = False
    callback_failed: bool = False
    """It was the caller's own `on_text` that raised: none of our business."""


class Models:
    """An endpoint with its models. `http` is used for the calls if given, and stays the caller's."""

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str,
        http: httpx.AsyncClient | None = None,
        app_url: str | None = None,
        app_title: str | None = None,
    ) -> None:
        self._endpoint = endpoint_of(base_url)
        # OpenRouter lists who sends it what under these two; nobody else is to know.
        about = {"HTTP-Referer": app_url, "X-Title": app_title} if self._endpoint == "openrouter" else {}
        self._own = http is None
        self._client = openai.AsyncOpenAI(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            default_headers={name: value for name, value in about.items() if value},
            # The package takes httpx's clients, and is typed for those of its successor.
            http_client=cast(Any, http),
        )
        # Its overloads ask for more than can be said of a request that is put together.
        self._create: Callable[..., Awaitable[Any]] = cast(Any, self._client.chat.completions.create)
        self._refused: dict[str, list[str]] = {}
        """Parameters that models turned out not to take, by the model's name there."""

    async def close(self) -> None:
        """Close the connections, where they are our own."""
        if self._own:
            await self._client.close()

    async def ask(
        self,
        purpose: str,
        messages: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]],
        models: Sequence[str],
        timeout_seconds: float,
        on_text: OnText | None = None,
        *,
        may_call: bool = True,
        tokens_max: int = TOKENS_MAX,
    ) -> Answer:
        """Ask the first of the models, and the next one when it fails, `timeout_seconds` in all.

        `on_text` is called with the text as far as it has come; it begins anew when the next model is asked.
        With `may_call` false the tools are told, so that the messages make sense, and may not be called.
        Raises `ModelUnavailableError`.
        """
        clock = asyncio.get_running_loop()
        ends = clock.time() + timeout_seconds
        spent: list[Usage] = []
        failed: _FailedError | None = None
        there = [name for one in models if (name := name_at(self._endpoint, one)) is not None]
        if models and not there:
            raise ModelUnavailableError("refused", f"{self._endpoint} has none of {', '.join(models)}")
        for number in range(len(there)):
            left = ends - clock.time()
            if left <= 0:
                break
            others = there[number + 1 :]
            request = request_for(
                self._endpoint, there[number:], messages, tools, may_call=may_call, tokens_max=tokens_max
            )
            try:
                answer = await self._fitting(
                    purpose, request, on_text, ends=ends, silent_seconds=left * SHARE if others else left
                )
            except _FailedError as error:
                failed = error
                if error.usage is not None:
                    spent.append(error.usage)
                if error.why in FINAL:
                    break
            else:
                return Answer(
                    answer.text,
                    answer.tool_calls,
                    answer.model,
                    answer.usage,
                    answer.whole,
                    (*spent, answer.usage),
                )
        if failed is None:
            raise ModelUnavailableError("timeout", "there was no time left, or no model to ask")
        raise ModelUnavailableError(failed.why, str(failed), spent)

    async def _fitting(
        self,
        purpose: str,
        request: dict[str, Any],
        on_text: OnText | None,
        *,
        ends: float,
        silent_seconds: float,
    ) -> Answer:
        """Ask one model; in another way, where it does not take a parameter. That is remembered."""
        known = self._refused.setdefault(request["model"], [])
        for parameter in known:
            request = without(request, parameter) or request
        for _ in range(PARAMETERS_TRIED_MAX):
            try:
                return await self._attempt(
                    purpose, request, on_text, ends=ends, silent_seconds=silent_seconds
                )
            except _FailedError as error:
                changed = without(request, error.parameter) if error.parameter else None
                if changed is None or error.why != "refused":
                    raise
                known.append(error.parameter)
                request = changed
        return await self._attempt(purpose, request, on_text, ends=ends, silent_seconds=silent_seconds)

    async def _attempt(
        self,
        purpose: str,
        request: dict[str, Any],
        on_text: OnText | None,
        *,
        ends: float,
        silent_seconds: float,
    ) -> Answer:
        """Ask one model, and say in the log and the metrics how it went."""
        began = time.perf_counter()
        heard = _Heard()
        outcome = "ok"
        usage: Usage | None = None
        why: str | None = None
        try:
            answer = await self._judged(request, on_text, heard, ends=ends, silent_seconds=silent_seconds)
            usage = answer.usage
        except _FailedError as error:
            outcome, usage, why = error.why, error.usage, str(error)
            raise
        except BaseException:
            outcome = "abandoned"
            raise
        else:
            return answer
        finally:
            took = time.perf_counter() - began
            # By the name that was asked for: what an endpoint calls its models is not for us to bound.
            asked = request["model"]
            child(CALLS, asked, purpose, outcome).inc()
            child(SECONDS, asked).observe(took)
            if usage is not None:
                child(TOKENS, asked, "prompt").inc(usage.prompt_tokens)
                child(TOKENS, asked, "completion").inc(usage.completion_tokens)
                child(COST, asked).inc(usage.cost_micro_usd / 1e6)
            log.info(
                "model_call",
                purpose=purpose,
                model=asked,
                answered_by=heard.model or None,
                outcome=outcome,
                ms=round(took * 1000),
                prompt_tokens=usage.prompt_tokens if usage else None,
                completion_tokens=usage.completion_tokens if usage else None,
                cost_micro_usd=usage.cost_micro_usd if usage else None,
                error=why,
            )

    async def _judged(
        self,
        request: dict[str, Any],
        on_text: OnText | None,
        heard: _Heard,
        *,
        ends: float,
        silent_seconds: float,
    ) -> Answer:
        clock = asyncio.get_running_loop()
        deadline = asyncio.timeout_at(min(ends, clock.time() + silent_seconds))
        try:
            async with deadline:
                if on_text is None:
                    self._read(
                        await self._create(**request, timeout=_limits(ends - clock.time())),
                        heard,
                    )
                else:
                    await self._stream(request, on_text, heard, deadline, ends)
            return _answer(request, heard)
        except _FailedError:
            raise
        except Exception as error:
            if heard.callback_failed:
                raise
            # Broad, because the package lets errors of three libraries through, and an endpoint may send it
            # anything: what is not in the table below is nonsense.
            late = isinstance(error, TimeoutError) and deadline.expired()
            why: Why = "timeout" if late else _why(error, heard)
            paid = heard.begun or why in ("timeout", "cut", "error_body")
            words = str(error) or type(error).__name__
            parameter = str(getattr(error, "param", None) or "")
            raise _FailedError(
                why, words[:300], _usage(request, heard) if paid else None, parameter
            ) from error

    async def _stream(
        self, request: dict[str, Any], on_text: OnText, heard: _Heard, deadline: asyncio.Timeout, ends: float
    ) -> None:
        seconds = ends - asyncio.get_running_loop().time()
        # The stream is a context manager so that it gives its connection back however it ends.
        async with await self._create(
            **request, stream=True, stream_options={"include_usage": True}, timeout=_limits(seconds)
        ) as stream:
            async for chunk in stream:
                heard.model = str(getattr(chunk, "model", "") or heard.model)[:NAME_CHARS_MAX]
                heard.usage = getattr(chunk, "usage", None) or heard.usage
                _refuse_error(chunk)
                if not chunk.choices:
                    continue
                choice = chunk.choices[0]
                heard.finish = choice.finish_reason or heard.finish
                if choice.delta is None:
                    continue
                for part in choice.delta.tool_calls or ():
                    _gather(heard, part)
                if not heard.begun and (choice.delta.content or heard.calls):
                    heard.begun = True
                    deadline.reschedule(ends)  # it speaks: no other model would be faster now
                if choice.delta.content:
                    heard.text += choice.delta.content
                    _bound(heard)
                    try:
                        await on_text(heard.text)
                    except Exception:
                        heard.callback_failed = True
                        raise
        if heard.finish is None and (heard.begun or heard.usage is None):
            raise _FailedError("cut", "the stream ended before the answer did", _usage(request, heard))

    @staticmethod
    def _read(completion: Any, heard: _Heard) -> None:
        heard.model = str(getattr(completion, "model", ""))[:NAME_CHARS_MAX]
        heard.usage = getattr(completion, "usage", None)
        _refuse_error(completion)
        if not completion.choices:
            return
        choice = completion.choices[0]
        heard.begun = True
        heard.finish = choice.finish_reason
        if choice.message is None:
            return
        heard.text = _words(choice.message.content)
        for number, call in enumerate(choice.message.tool_calls or ()):
            heard.calls[number] = [call.id or "", call.function.name, call.function.arguments or ""]
        _bound(heard)


class _ErrorBodyError(Exception):
    """The body of a success carries an error."""


def _refuse_error(answer: Any) -> None:
    """OpenRouter's answer when a provider fails after it was chosen: HTTP 200, `error`, and no choices."""
    extra = getattr(answer, "model_extra", None) or {}
    if error := extra.get("error"):
        words = error.get("message") if isinstance(error, dict) else error
        raise _ErrorBodyError(str(words))


def _words(content: Any) -> str:
    if content is not None and not isinstance(content, str):
        raise TypeError("the text is no text")
    return content or ""


def _gather(heard: _Heard, part: Any) -> None:
    """Tool calls come in pieces, told apart by their index."""
    if part.index not in heard.calls and len(heard.calls) >= TOOL_CALLS_MAX:
        raise ValueError("too many tool calls")
    call = heard.calls.setdefault(part.index, ["", "", ""])
    call[0] = part.id or call[0]
    if part.function is not None:
        call[1] += part.function.name or ""
        call[2] += part.function.arguments or ""
    _bound(heard)


def _bound(heard: _Heard) -> None:
    if len(heard.text) > TEXT_CHARS_MAX:
        raise ValueError("the answer does not end")
    if len(heard.calls) > TOOL_CALLS_MAX:
        raise ValueError("too many tool calls")
    if any(len(call[2]) > ARGUMENTS_CHARS_MAX for call in heard.calls.values()):
        raise ValueError("arguments of a tool call do not end")


def _answer(request: dict[str, Any], heard: _Heard) -> Answer:
    usage = _usage(request, heard)
    calls = tuple(
        ToolCall(id or f"call_{index}", name[:NAME_CHARS_MAX], raw, _arguments(raw))
        for index, (id, name, raw) in sorted(heard.calls.items())  # noqa: A001
    )
    if not calls and not heard.text.strip():
        raise _FailedError("empty", f"neither words nor tool calls (finish: {heard.finish})", usage)
    return Answer(heard.text, calls, heard.model or request["model"], usage, heard.finish != "length")


def _arguments(raw: str) -> Mapping[str, Any] | None:
    try:
        read = json.loads(raw or "{}")
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _limits(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))


def _why(error: Exception, heard: _Heard) -> Why:
    match error:
        case openai.APITimeoutError() | TimeoutError():
            return "timeout"
        case openai.APIConnectionError():
            return "cut" if heard.begun else "unreachable"
        case openai.APIStatusError(status_code=status):
            return _why_status(status)
        case _ErrorBodyError() | openai.APIError():
            # Without a status: an error in the middle of a stream, or in the body of a success.
            return "error_body"
    name = type(error).__module__.partition(".")[0]
    if name in ("httpx", "httpx2", "httpcore", "httpcore2", "h11", "anyio"):
        if "Timeout" in type(error).__name__:
            return "timeout"
        return "cut" if heard.begun else "unreachable"
    return "nonsense"


def _why_status(status: int) -> Why:
    known: dict[int, Why] = {401: "no_access", 402: "no_credit", 408: "busy", 409: "busy", 429: "busy"}
    return known.get(status, "broken" if status >= 500 else "refused")


def _usage(request: dict[str, Any], heard: _Heard) -> Usage:
    """What the endpoint says, and our guess where it says nothing or nonsense."""
    told = heard.usage
    prompt = _count(getattr(told, "prompt_tokens", None))
    completion = _count(getattr(told, "completion_tokens", None))
    estimated = prompt is None or completion is None
    if prompt is None:
        asked = len(json.dumps([request["messages"], request.get("tools")], ensure_ascii=False, default=str))
        prompt = -(-asked // CHARS_PER_TOKEN)
    if completion is None:
        completion = -(
            -(len(heard.text) + sum(len(call[2]) for call in heard.calls.values())) // CHARS_PER_TOKEN
        )
    cost = _cost((getattr(told, "model_extra", None) or {}).get("cost"))
    if cost is None:
        estimated = True
        cost = math.ceil(prompt * PROMPT_TOKEN_MICRO_USD + completion * COMPLETION_TOKEN_MICRO_USD)
    return Usage(heard.model or request["model"], prompt, completion, cost, estimated)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and 0 <= value <= 2**31 - 1 else None


def _cost(value: object) -> int | None:
    """OpenRouter's `usage.cost`, in dollars."""
    if not isinstance(value, int | float) or not 0 <= value <= 1_000:
        return None
    return math.ceil(round(value * 1e6, 3))
