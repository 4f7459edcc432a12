"""Each endpoint is asked as it wants to be: names, limits, roles. The simulator is as strict as OpenAI."""

import asyncio
import json

import httpx
import pytest

from mailroom.actors.providers.chat_requests import (
    OPENAI_BASE_URL,
    OPENROUTER_BASE_URL,
    REASONING_TOKENS_MAX,
    endpoint_of,
    name_at,
    request_for,
)
from mailroom.actors.providers.openai import Models, ModelUnavailableError
from mailroom.ops.bot_services import models_of
from mailroom.ops.settings import Settings
from mailroom.ops.simulators.model.serving import simulator

MESSAGES = [{"role": "system", "content": "You are a shop."}, {"role": "user", "content": "Hello"}]
TOOL = [
    {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
]
REASONING = ["o1", "o3-mini", "o4-mini-2025-04-16", "gpt-5", "gpt-5.4-mini", "gpt-6.2-astra", "gpt-10"]
PLAIN = ["gpt-4o", "gpt-4o-mini", "gpt-4.1-nano", "gpt-5-chat-latest", "gpt-5.3-chat-latest", "gpt-3.5-turbo"]
ALL = [*REASONING, *PLAIN]


@pytest.mark.parametrize(
    ("address", "endpoint"),
    [
        (OPENAI_BASE_URL, "openai"),
        ("https://eu.api.openai.com/v1", "openai"),
        (OPENROUTER_BASE_URL, "openrouter"),
        ("https://api.openai.com.evil.example/v1", "other"),
        ("https://x.openai.azure.com/openai/v1", "other"),
        ("http://127.0.0.1:8083/v1", "other"),
    ],
)
def test_an_endpoint_is_known_by_its_host(address, endpoint):
    assert endpoint_of(address) == endpoint


@pytest.mark.parametrize(
    ("model", "openai", "openrouter"),
    [
        ("openai/gpt-4o", "gpt-4o", "openai/gpt-4o"),
        ("gpt-4o", "gpt-4o", "openai/gpt-4o"),
        ("o4-mini", "o4-mini", "openai/o4-mini"),
        ("anthropic/claude-3.5-haiku", None, "anthropic/claude-3.5-haiku"),
    ],
)
def test_a_model_is_called_as_it_is_called_there(model, openai, openrouter):
    assert (name_at("openai", model), name_at("openrouter", model), name_at("other", model)) == (
        openai, openrouter, model
    )  # fmt: skip


@pytest.mark.parametrize("model", ALL)
def test_a_reasoning_model_is_given_room_to_think_and_a_developer(model):
    request = request_for("openai", [model], MESSAGES, TOOL, may_call=True, tokens_max=900)
    thinks = model in REASONING
    assert request["max_completion_tokens"] == 900 + (REASONING_TOKENS_MAX if thinks else 0)
    assert request["messages"][0]["role"] == ("developer" if thinks else "system")
    assert request.get("reasoning_effort") == ("low" if thinks else None)
    assert not {"max_tokens", "temperature", "top_p", "extra_body"} & set(request)
    assert MESSAGES[0]["role"] == "system"


def test_an_endpoint_that_nobody_knows_is_asked_as_ever():
    request = request_for("other", ["a", "b"], MESSAGES, (), may_call=True, tokens_max=900)
    assert request == {"model": "a", "max_tokens": 900, "messages": MESSAGES}
    request = request_for("other", ["gpt-5"], MESSAGES, (), may_call=True, tokens_max=900)
    assert request["max_tokens"] == 900 + REASONING_TOKENS_MAX


def ask(models, *, base_url=OPENAI_BASE_URL, tools=TOOL, streamed=False, times=1):
    """Ask the simulator, strict as OpenAI's own, in the place of an address; what came, what was asked."""

    async def run():
        asked = []

        async def heard(text):
            pass

        async with simulator() as running, httpx.AsyncClient() as direct:
            assert (await direct.post(f"{running.url}/sim/strict", json={"on": True})).status_code == 200

            async def there(request):
                asked.append((request.url, request.headers, json.loads(request.content)))
                sent = await direct.post(
                    f"{running.url}/v1/chat/completions",
                    content=request.content,
                    headers={"Authorization": request.headers["Authorization"]},
                )
                kind = {"content-type": sent.headers["content-type"]}
                return httpx.Response(sent.status_code, content=sent.content, headers=kind)

            async with httpx.AsyncClient(transport=httpx.MockTransport(there)) as http:
                client = Models(
                    api_key="sk-1", base_url=base_url, http=http, app_url="https://x", app_title="S"
                )
                try:
                    for _ in range(times):
                        said = await client.ask(
                            "answer", MESSAGES, tools, models, 20.0, heard if streamed else None
                        )
                except ModelUnavailableError as error:
                    said = error
        return said, asked

    return asyncio.run(run())


@pytest.mark.parametrize(
    "model", ["openai/gpt-4o-mini", "openai/gpt-5.4-mini", "o4-mini", "gpt-5-chat-latest"]
)
@pytest.mark.parametrize("streamed", [False, True])
def test_openais_own_endpoint_takes_what_it_is_asked(model, streamed):
    said, [(url, headers, asked)] = ask([model], streamed=streamed)
    assert said.whole
    assert (url.host, asked["model"]) == ("api.openai.com", model.removeprefix("openai/"))
    assert "HTTP-Referer" not in headers, "that is OpenRouter's"


@pytest.mark.parametrize("address", [None, OPENROUTER_BASE_URL, "http://127.0.0.1:8083/v1"])
def test_a_key_alone_goes_to_openai_and_to_nobody_else(address):
    models = models_of(Settings(openai_api_key="sk-1", openai_base_url=address))
    assert str(models._client.base_url).rstrip("/") == (address or "https://api.openai.com/v1")


def test_the_shops_own_models_are_answered_by_openai_and_other_makers_are_not_asked_there():
    from mailroom.actors.bots.shop.options import Options

    options = Options()
    models = [options.model_intent, options.model_answer, *options.model_fallbacks]
    said, asked = ask(models)
    assert said.text
    assert [request["model"] for *_, request in asked] == ["gpt-4o-mini"]
    said, asked = ask(options.model_fallbacks)
    assert (said.why, asked) == ("refused", [])


def test_a_model_whose_name_does_not_tell_is_asked_in_the_other_way_and_that_is_remembered():
    said, asked = ask(["o4-mini"], base_url="https://proxy.example/v1", tools=(), times=2)
    limits = [
        next(name for name in ("max_tokens", "max_completion_tokens") if name in one) for *_, one in asked
    ]
    assert said.text
    assert limits == ["max_tokens", *["max_completion_tokens"] * 3]
    assert [one["messages"][0]["role"] for *_, one in asked] == ["system", "system", "developer", "developer"]


def test_a_model_that_has_no_room_to_think_says_nothing():
    """What happens without the room: the simulator thinks as OpenAI's models do."""

    async def run():
        async with simulator() as running, httpx.AsyncClient() as http:
            await http.post(f"{running.url}/sim/strict", json={"on": True})
            bodies = [
                {"model": "gpt-5", "max_completion_tokens": limit, "messages": MESSAGES[1:]}
                for limit in (900, 4_900)
            ]
            key = {"Authorization": "Bearer k"}
            answers = [
                (await http.post(f"{running.url}/v1/chat/completions", json=body, headers=key)).json()
                for body in bodies
            ]
            return [
                (one["choices"][0]["finish_reason"], bool(one["choices"][0]["message"]["content"]))
                for one in answers
            ]

    assert asyncio.run(run()) == [("length", False), ("stop", True)]


@pytest.mark.parametrize(
    ("change", "status", "param"),
    [
        ({"model": "openai/gpt-5"}, 404, None),
        ({"models": ["a"]}, 400, None),
        ({"max_tokens": 900}, 400, "max_tokens"),
        ({"temperature": 0}, 400, "temperature"),
        ({"reasoning_effort": "some"}, 400, "reasoning_effort"),
        ({"messages": MESSAGES}, 400, "messages[0].role"),
        ({"max_completion_tokens": 10**6}, 400, "max_completion_tokens"),
        ({"model": "gpt-4o", "reasoning_effort": "low"}, 400, "reasoning_effort"),
    ],
)
def test_the_strict_simulator_refuses_by_the_name_of_the_parameter(change, status, param):
    async def run():
        async with simulator() as running, httpx.AsyncClient() as http:
            await http.post(f"{running.url}/sim/strict", json={"on": True})
            body = {"model": "gpt-5", "messages": MESSAGES[1:], **change}
            answer = await http.post(
                f"{running.url}/v1/chat/completions", json=body, headers={"Authorization": "Bearer k"}
            )
            return answer.status_code, answer.json()["error"]

    answered, error = asyncio.run(run())
    assert (answered, error["param"]) == (status, param)
