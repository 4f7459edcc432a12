"""Asking models, through the openai package, of an endpoint that answers in every way there is."""

import asyncio
import json
import time

import httpx
import pytest
from prometheus_client import REGISTRY

from mailroom.actors.providers.openai import (
    ARGUMENTS_CHARS_MAX,
    TEXT_CHARS_MAX,
    Models,
    ModelUnavailableError,
)
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.runtime.host import run
from tests.actors.model_endpoint import (
    CUT,
    EMPTY,
    ERROR_BODY,
    HANG,
    HTML,
    USAGE,
    Call,
    Fail,
    Say,
    open_model_endpoint,
    status,
)

HELLO = [{"role": "user", "content": "Hello"}]
TOOL = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]


@pytest.fixture
def ask():
    """Ask an endpoint that was prepared; the answer or the error, the endpoint, and what was streamed."""

    def ask(prepare, models=("first",), seconds=5.0, streamed=False, tools=(), own_client=True, **options):
        async def run():
            async with open_model_endpoint() as endpoint, httpx.AsyncClient() as http:
                prepare(endpoint)
                client = Models(api_key="k", base_url=endpoint.base_url, http=None if own_client else http)
                heard = []

                async def hear(text):
                    heard.append(text)

                try:
                    answer = await client.ask(
                        "answer", HELLO, tools, models, seconds, hear if streamed else None, **options
                    )
                except ModelUnavailableError as error:
                    answer = error
                await client.close()
                assert own_client or not http.is_closed
                return answer, endpoint, heard

        return asyncio.run(run())

    return ask


def says(*answers):
    return lambda endpoint: endpoint.says(*answers)


@pytest.mark.parametrize("own_client", [True, False])
@pytest.mark.parametrize("streamed", [True, False])
def test_an_answer_comes_with_what_it_cost(ask, streamed, own_client):
    answer, endpoint, heard = ask(says(Say("Hello, Ann!")), streamed=streamed, own_client=own_client)
    assert (answer.text, answer.tool_calls, answer.model) == ("Hello, Ann!", (), "scripted")
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (100, 20)
    assert answer.cost_micro_usd == 500
    assert not answer.usage.estimated
    assert heard == (["Hell", "Hello, A", "Hello, Ann!"] if streamed else [])
    (request,) = endpoint.requests
    assert request["max_tokens"] > 0
    assert "models" not in request, "only OpenRouter knows of it"


@pytest.mark.parametrize("streamed", [True, False])
def test_tool_calls_come_whole(ask, streamed):
    calls = Call(("look", {"slug": "свеча"}), ("look", {"slug": "fonts"}), text="A moment.")
    answer, endpoint, _ = ask(says(calls), streamed=streamed, tools=TOOL)
    assert [call.arguments for call in answer.tool_calls] == [{"slug": "свеча"}, {"slug": "fonts"}]
    assert [call.id for call in answer.tool_calls] == ["call_0", "call_1"]
    assert answer.text == "A moment."
    assert endpoint.requests[0]["tool_choice"] == "auto"


@pytest.mark.parametrize(
    "raw",
    ['{"slug": ', "[1]", "nothing", "9" * 5000, "[" * 5000],
    ids=["open", "list", "word", "number", "deep"],
)
@pytest.mark.parametrize("streamed", [True, False])
def test_broken_arguments_are_told_apart_from_a_broken_answer(ask, streamed, raw):
    answer, _, _ = ask(says(Call(("look", raw))), streamed=streamed, tools=TOOL)
    (call,) = answer.tool_calls
    assert (call.name, call.arguments, call.raw) == ("look", None, raw)


@pytest.mark.parametrize(
    ("answer", "streamed", "why"),
    [
        (status(400), False, "refused"),
        (status(401), False, "no_access"),
        (status(402), False, "no_credit"),
        (status(403), True, "refused"),
        (status(404), True, "refused"),
        (status(408), False, "busy"),
        (status(429), True, "busy"),
        (status(500), False, "broken"),
        (status(502), True, "broken"),
        (ERROR_BODY, False, "error_body"),
        (EMPTY, False, "empty"),
        (Say("  "), True, "empty"),
        (Say("", finish="content_filter"), False, "empty"),
        (HTML, False, "nonsense"),
        (CUT, False, "unreachable"),
        (CUT, True, "cut"),
        (Fail("stream_end"), True, "cut"),
        (Fail("stream_error"), True, "error_body"),
        (Fail("stream_garbage"), True, "nonsense"),
        (HANG, False, "timeout"),
        (HANG, True, "timeout"),
        (Fail("stream_hang"), True, "timeout"),
        (Say("x" * (TEXT_CHARS_MAX + 1)), True, "nonsense"),
        (Say("x" * (TEXT_CHARS_MAX + 1)), False, "nonsense"),
        (Call(("look", '"' + "x" * ARGUMENTS_CHARS_MAX)), True, "nonsense"),
        (Call(*[("look", {})] * 17), False, "nonsense"),
        (Fail("body", 200, {"choices": "many"}), False, "nonsense"),
        (Fail("body", 200, {"choices": [{"message": {"content": ["a"]}}]}), False, "nonsense"),
        (Fail("body", 200, {"choices": [{"message": {"tool_calls": [{"id": 1}]}}]}), False, "nonsense"),
        (Fail("body", 200, {"choices": [{"message": None}]}), False, "empty"),
        (Fail("body", 200, [1]), False, "nonsense"),
    ],
    ids=str,
)
def test_every_failure_has_a_name(ask, answer, streamed, why):
    # Only where the time is to run out is it short: what a busy machine takes to answer is no failure.
    error, _, _ = ask(says(answer), streamed=streamed, seconds=0.4 if why == "timeout" else 30.0)
    assert isinstance(error, ModelUnavailableError)
    assert error.why == why


def test_an_endpoint_that_is_not_there_is_unreachable():
    async def run():
        models = Models(api_key="k", base_url="http://127.0.0.1:9/v1", http=None)
        await models.ask("answer", HELLO, (), ["first"], 5.0)

    with pytest.raises(ModelUnavailableError) as raised:
        asyncio.run(run())
    assert raised.value.why == "unreachable"
    assert not raised.value.spent


def test_the_next_model_is_asked_when_one_fails(ask):
    def prepare(endpoint):
        endpoint.by_model = {"first": status(500), "second": EMPTY, "third": Say("At last.")}

    answer, endpoint, _ = ask(prepare, models=("first", "second", "third", "fourth"))
    assert answer.text == "At last."
    assert [request["model"] for request in endpoint.requests] == ["first", "second", "third"]
    # What the empty answer cost was paid too.
    assert answer.cost_micro_usd == 1000
    assert [usage.cost_micro_usd for usage in answer.spent] == [500, 500]


def test_a_text_begins_anew_with_the_next_model(ask):
    def prepare(endpoint):
        endpoint.by_model = {"first": CUT, "second": Say("Whole.", pieces=1)}

    answer, _, heard = ask(prepare, models=("first", "second"), streamed=True)
    assert answer.text == "Whole."
    assert heard == ["Lumen: photo editor is made for RAW. It co", "Whole."]
    assert answer.spent[0].estimated
    assert answer.spent[0].completion_tokens > 0


@pytest.mark.parametrize("code", [401, 402])
def test_no_other_model_is_asked_where_the_account_is_at_fault(ask, code):
    error, endpoint, _ = ask(says(status(code)), models=("first", "second"))
    assert isinstance(error, ModelUnavailableError)
    assert len(endpoint.requests) == 1


def test_one_deadline_holds_for_all_models_together(ask):
    def prepare(endpoint):
        endpoint.always = HANG

    began = time.perf_counter()
    error, endpoint, _ = ask(prepare, models=("first", "second", "third"), seconds=2.0)
    took = time.perf_counter() - began
    assert error.why == "timeout"
    assert [request["model"] for request in endpoint.requests] == ["first", "second", "third"]
    assert 1.9 < took < 5.9, "one for each model would have been 6"
    assert len(error.spent) == 3, "nobody knows that a call that was not answered was not paid for"


def test_a_model_that_hangs_leaves_time_for_the_next(ask):
    def prepare(endpoint):
        endpoint.by_model = {"first": HANG, "second": Say("Here I am.")}

    answer, _, _ = ask(prepare, models=("first", "second"), seconds=1.0, streamed=True)
    assert answer.text == "Here I am."


def test_a_model_that_has_begun_may_use_all_the_time(ask):
    def prepare(endpoint):
        endpoint.by_model = {"first": Say("slow but sure", pieces=13, pause=0.09), "second": Say("no")}

    answer, endpoint, _ = ask(prepare, models=("first", "second"), seconds=1.6, streamed=True)
    assert answer.text == "slow but sure"
    assert len(endpoint.requests) == 1


def test_a_cost_that_is_not_told_is_guessed_rather_too_high(ask):
    told = {"prompt_tokens": 1000, "completion_tokens": 100}
    answer, _, _ = ask(says(Say("Hello", usage=told)))
    assert answer.cost_micro_usd == 3500
    assert answer.usage.estimated
    answer, _, _ = ask(says(Say("Hello", usage=None)))
    assert answer.usage.estimated
    assert answer.cost_micro_usd > 0


@pytest.mark.parametrize("cost", [-1, "free", None, 1e9, float("nan"), True])
def test_a_cost_that_is_none_does_not_count_as_one(ask, cost):
    answer, _, _ = ask(says(Say("Hello", usage=USAGE | {"cost": cost})))
    assert answer.usage.estimated is (cost is not True)
    assert answer.cost_micro_usd > 0


def test_an_answer_that_ran_into_the_limit_is_not_whole(ask):
    answer, _, _ = ask(says(Say("And then", finish="length")))
    assert not answer.whole


def test_tools_may_be_shown_and_forbidden(ask):
    _, endpoint, _ = ask(says(Say("Well.")), tools=TOOL, may_call=False)
    assert endpoint.requests[0]["tool_choice"] == "none"
    assert endpoint.requests[0]["tools"]


def test_the_callers_own_error_stays_its_own():
    async def run():
        async with open_model_endpoint() as endpoint:
            models = Models(api_key="k", base_url=endpoint.base_url)

            async def hear(text):
                raise LookupError("mine")

            await models.ask("answer", HELLO, (), ["first", "second"], 5.0, hear)

    with pytest.raises(LookupError, match="mine"):
        asyncio.run(run())


def test_connections_are_given_back_however_a_call_ends():
    async def run():
        limits = httpx.Limits(max_connections=1)
        async with open_model_endpoint() as endpoint, httpx.AsyncClient(limits=limits) as http:
            models = Models(api_key="k", base_url=endpoint.base_url, http=http)

            async def hear(text):
                pass

            hanging = Fail("stream_hang")
            for answer in (hanging, CUT, Fail("stream_error"), HANG, ERROR_BODY, EMPTY, HTML):
                endpoint.says(answer)
                seconds = 0.3 if answer in (hanging, HANG) else 30.0
                with pytest.raises(ModelUnavailableError):
                    await models.ask("answer", HELLO, (), ["first"], seconds, hear)
            endpoint.says(Say("Still here."))
            answer = await models.ask("answer", HELLO, (), ["first"], 30.0, hear)
            assert answer.text == "Still here."

    asyncio.run(run())


def test_openrouter_is_told_of_the_fallbacks():
    requests = []

    def answer(request):
        requests.append(request)
        body = {
            "id": "1",
            "model": "b",
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"content": "Hi"}}],
        }
        return httpx.Response(200, json=body)

    async def run():
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            models = Models(
                api_key="sk-or-1",
                base_url="https://openrouter.ai/api/v1",
                http=http,
                app_url="https://shop.example",
                app_title="Shop",
            )
            return await models.ask("answer", HELLO, TOOL, ["a", "b"], 2.0)

    answered = asyncio.run(run())
    (request,) = requests
    asked = json.loads(request.content)
    assert (asked["model"], asked["models"], asked["provider"]) == (
        "a",
        ["a", "b"],
        {"require_parameters": True},
    )
    assert request.headers["HTTP-Referer"] == "https://shop.example"
    assert request.headers["X-Title"] == "Shop"
    assert request.headers["Authorization"] == "Bearer sk-or-1"
    assert answered.model == "b"


def test_calls_are_counted_by_model_and_outcome(ask):
    def value(outcome):
        labels = {"model": "counted", "purpose": "answer", "outcome": outcome}
        return REGISTRY.get_sample_value("mailroom_model_calls_total", labels) or 0

    before = value("ok"), value("busy")
    ask(says(Say("Hello")), models=("counted",))
    ask(says(status(429)), models=("counted",))
    assert (value("ok"), value("busy")) == (before[0] + 1, before[1] + 1)
    tokens = REGISTRY.get_sample_value("mailroom_model_tokens_total", {"model": "counted", "kind": "prompt"})
    assert tokens == 100
    assert REGISTRY.get_sample_value("mailroom_model_cost_usd_total", {"model": "counted"}) == pytest.approx(
        0.0005
    )


def test_models_are_asked_from_trio_through_the_bridge():
    """As the service runs: Trio is a guest of the loop that the package talks on."""

    async def talk():
        async with open_model_endpoint() as endpoint:
            models = Models(api_key="k", base_url=endpoint.base_url)
            heard = []

            async def hear(text):
                heard.append(text)

            endpoint.says(Say("Hello."))
            answer = await models.ask("answer", HELLO, (), ["first"], 5.0, hear)
            endpoint.says(HANG)
            with pytest.raises(ModelUnavailableError) as raised:
                await models.ask("answer", HELLO, (), ["first"], 0.3, hear)
            await models.close()
            return answer.text, heard[-1], raised.value.why

    async def main():
        return await aio(talk)

    assert run(main) == ("Hello.", "Hello.", "timeout")


def test_a_caller_that_is_cancelled_is_cancelled_at_once():
    async def talk():
        async with open_model_endpoint() as endpoint:
            models = Models(api_key="k", base_url=endpoint.base_url)
            endpoint.says(HANG)
            asking = asyncio.ensure_future(models.ask("answer", HELLO, (), ["first", "second"], 30.0))
            await endpoint.arrived.wait()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            assert len(endpoint.requests) == 1
            await models.close()

    asyncio.run(asyncio.wait_for(talk(), 5.0))
