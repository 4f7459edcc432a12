"""Our supervisor does what OTP's does: in the scenarios recorded from it, and in fresh ones where Erlang is at hand."""

import json
import random
from dataclasses import replace

import pytest

from tests.supervisors.otp.golden.record import NUMBER, Otp, read_traces
from tests.supervisors.otp.scenarios import Chance, Scenario, Sub
from tests.supervisors.otp.stage import play

FRESH = 200
GOLDEN = read_traces()
STRATEGIES = ("one_for_one", "one_for_all", "rest_for_one")


def differences(scenarios: list[Scenario]) -> list[str]:
    """In words, the first step of each scenario in which we do otherwise."""
    found = []
    for number, scenario in enumerate(scenarios):
        ours = play(scenario, seed=number)
        if ours == scenario.trace:
            continue
        step = next(n for n, text in enumerate(scenario.trace) if text != ours[n])
        done = " / ".join(map(str, scenario.steps[step - 1])) if step else "start"
        told = json.dumps(replace(scenario, trace=()).json)
        found.append(f"{told}\n  in step {step}, {done}\n  OTP: {scenario.trace[step]}\n  we:  {ours[step]}")
    return found


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_supervisor_does_what_otp_does(strategy: str) -> None:
    alike = [one for one in GOLDEN if one.flags.strategy == strategy and not _is_tree(one)]
    assert len(alike) > NUMBER / 5
    assert "\n".join(differences(alike)) == ""


def test_a_tree_of_supervisors_does_what_otp_does() -> None:
    trees = [one for one in GOLDEN if _is_tree(one)]
    assert len(trees) > NUMBER / 8
    assert "\n".join(differences(trees)) == ""


def test_fresh_scenarios_end_as_with_otp(otp: Otp) -> None:
    seed = random.randrange(10**6)
    fresh = [replace(one, trace=otp.play(one)) for one in Chance(seed).scenarios(FRESH)]
    assert "\n".join(differences(fresh)) == "", f"the seed was {seed}"


def _is_tree(scenario: Scenario) -> bool:
    return any(isinstance(child, Sub) for child in scenario.children)
