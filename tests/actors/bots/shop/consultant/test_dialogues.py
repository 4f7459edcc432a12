"""The dialogues of `dialogues.yaml`, each in a chat of its own, against the scripted model of the demo."""

import json
from pathlib import Path

import pytest
import yaml

from mailroom.actors.bots.shop.consultant.metrics import REFUSED
from mailroom.actors.bots.shop.demo.model import SCRIPT
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.providers.openai import Models
from mailroom.actors.texts.language import Language
from mailroom.ops.simulators.model.faults import parse_rule
from mailroom.ops.simulators.model.serving import simulator

DIALOGUES = yaml.safe_load(Path(__file__).with_name("dialogues.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def shop_database(shared_shop):
    """One for all."""
    return shared_shop


@pytest.fixture
def scripted(new_talker):
    """A customer whose consultant is the simulator, and the simulation."""
    stops = []

    def make(language):
        talker = new_talker(language)
        running = simulator(scripts={"shop": SCRIPT})
        at = talker.run(running.__aenter__())
        client = Models(api_key="demo", base_url=at.base_url)
        talker.dispatcher["models"] = client
        stops.append(lambda: talker.run(client.close()))
        stops.append(lambda: talker.run(running.__aexit__(None, None, None)))
        return talker, at.simulation

    yield make
    for stop in stops:
        stop()


def test_there_are_fifty_of_them():
    assert len(DIALOGUES) == len({one["name"] for one in DIALOGUES}) == 50


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda one: one["name"].replace(" ", "-"))
def test_a_dialogue(scripted, dialogue):
    talker, simulation = scripted(dialogue["language"])
    own = TEXTS[Language(dialogue["language"])].consultant
    refused = _refused()
    for turn in dialogue["turns"]:
        if "model" in turn:
            simulation.faults.add([parse_rule(turn["model"] | {"with_tools": True}, SCRIPT.lies)])
        before, seen_before = len(simulation.calls), len(talker.telegram.shown)
        answer = talker.writes(turn["user"])
        made = [call for seen in list(simulation.calls)[before:] for call in seen.calls]
        assert not any(seen.status != 200 for seen in simulation.calls)
        if "tools" in turn or not turn.keys() & {"model", "shows"}:
            assert [_written(call) for call in made] == turn.get("tools", [])
        for needed in turn.get("shows", []):
            assert needed in answer
        for forbidden in turn.get("hides", []):
            assert all(forbidden not in text for text, _ in talker.telegram.shown[seen_before:])
        assert _offered(talker) == turn.get("offers")
        assert answer.startswith((own.found, own.nothing_found)) is turn.get("plain", False)
        simulation.faults.clear()
        assert "model" in turn or _refused() == refused, "the script says nothing that is refused"
        refused = _refused()
    talker.expect_true_money()


def _refused():
    """How many sentences were refused so far."""
    return sum(one.value for one in next(iter(REFUSED.collect())).samples if one.name.endswith("_total"))


def _written(call):
    """A tool call as the data has it."""
    arguments = json.loads(call["arguments"])
    values = (one for value in arguments.values() for one in (value if isinstance(value, list) else [value]))
    return " ".join([call["name"], *map(str, values)])


def _offered(talker):
    offers = talker.offers()
    if not offers:
        return None
    ((product, quantity),) = offers
    return f"{talker.sql('SELECT slug FROM shop.products WHERE id = $1', product)[0]['slug']} × {quantity}"
