"""Rooms bring the scripts that stand in for their models; the endpoint itself knows none of them."""

import re
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
import uvloop

from mailroom.actors.kit.scripted import Said, WantedCall
from mailroom.ops.simulators.model.serving import simulator

SIMULATOR = Path(__file__).parents[4] / "ops" / "simulators" / "model"
ASKED = {"model": "any", "messages": [{"role": "user", "content": "Where is it?"}]}
TOOL = {
    "type": "function",
    "function": {
        "name": "find",
        "parameters": {"properties": {"star": {"type": "string"}, "year": {"type": "integer"}}},
    },
}


class Stars:
    """What an astrologer's model might say."""

    lies: ClassVar = {"falls": "a star that falls"}

    def answer(self, chat):
        return Said(f"Above you: {chat.question}")

    def lie(self, kind, _chat):
        return Said("It falls.") if kind == "falls" else None

    def argument(self, parameter, _chat):
        return "Vega" if parameter == "star" else None


class Echo(Stars):
    lies: ClassVar = {}

    def answer(self, chat):
        return Said(chat.question)


def play(scenario, **scripts):
    async def played():
        async with simulator(scripts=scripts) as running, httpx.AsyncClient() as http:

            async def ask(key="any", **more):
                headers = {"Authorization": f"Bearer {key}"}
                answer = await http.post(
                    f"{running.base_url}/chat/completions", headers=headers, json=ASKED | more
                )
                assert answer.status_code == 200, answer.text
                return answer.json()["choices"][0]["message"]

            async def fault(kind):
                return await http.post(f"{running.url}/sim/faults", json={"rules": [{"kind": kind}]})

            await scenario(ask, fault)

    uvloop.run(played())


def test_without_a_script_it_says_what_it_is_and_of_a_schema_the_least():
    async def scenario(ask, _fault):
        assert "a script in the place of a language model" in (await ask())["content"]
        schema = {"properties": {"sign": {"enum": ["aries", "leo"]}, "house": {"type": "integer"}}}
        wanted = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
        assert (await ask(response_format=wanted))["content"] == '{"sign": "aries", "house": 0}'

    play(scenario)


def test_the_key_says_whose_script_is_played_and_any_other_key_gets_the_first():
    async def scenario(ask, _fault):
        assert (await ask("stars"))["content"] == "Above you: Where is it?"
        assert (await ask("echo"))["content"] == "Where is it?"
        assert (await ask("scripted-demo"))["content"] == "Above you: Where is it?"

    play(scenario, stars=Stars(), echo=Echo())


def test_a_call_that_must_be_made_gets_what_the_script_has_for_its_parameters():
    async def scenario(ask, _fault):
        (call,) = (await ask(tools=[TOOL], tool_choice="required"))["tool_calls"]
        assert call["function"] == {"name": "find", "arguments": '{"star": "Vega", "year": 1}'}

    play(scenario, stars=Stars())


@pytest.mark.parametrize(
    ("kind", "arguments"), [("endless_tools", '{"star": "Vega", "year": 1}'), ("bad_json", '{"')]
)
def test_what_any_model_may_do_wrong_is_done_with_whatever_tools_there_are(kind, arguments):
    async def scenario(ask, fault):
        assert (await fault(kind)).status_code == 200
        (call,) = (await ask(tools=[TOOL]))["tool_calls"]
        assert call["function"] == {"name": "find", "arguments": arguments}

    play(scenario, stars=Stars())


def test_a_lie_is_known_where_its_script_is_played():
    async def scenario(ask, fault):
        refused = await fault("cheap")
        assert refused.status_code == 400
        assert "falls (a star that falls)" in refused.text
        assert (await fault("falls")).status_code == 200
        assert (await ask())["content"] == "It falls."

    play(scenario, stars=Stars())


def test_a_script_that_is_not_there_is_said_in_one_line():
    command = [sys.executable, "-m", "mailroom.ops.simulators.model", "--script", "shop=no.such:SCRIPT"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert told.stderr.splitlines()[-1].endswith(
        "argument --script: 'shop=no.such:SCRIPT' is no KEY=MODULE:NAME of a script: No module named 'no'"
    )


def test_the_endpoint_speaks_of_no_bot():
    named = re.compile(r"\b(shop|product|slug|astral|booking|sales)\b", re.IGNORECASE)
    found = [file.name for file in SIMULATOR.glob("*.py") if named.search(file.read_text(encoding="utf-8"))]
    assert found == []


def test_a_wanted_call_is_written_as_people_read_it():
    assert WantedCall.of("find", star="Вега").arguments == '{"star": "Вега"}'
