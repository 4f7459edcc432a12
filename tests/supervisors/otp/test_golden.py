"""Our supervisor does what OTP's does: in scenarios recorded from it, and in fresh ones where Erlang is."""

import json
import random
from dataclasses import replace

import pytest

from mailroom.supervisors.otp import restarts, supervisor
from mailroom.supervisors.otp.child import Reason, Running
from mailroom.supervisors.otp.supervisor import Supervisor
from tests.supervisors.otp.driver import play
from tests.supervisors.otp.golden.record import NUMBER, Otp, read_traces
from tests.supervisors.otp.scenarios import Chance, Scenario, Sub

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


async def do_nothing(*_: object) -> None:
    pass


FAULTS = {
    "the group is started but not stopped": (
        Supervisor,
        "_tear_down",
        do_nothing,
    ),
    "parts of seconds count": (restarts, "floor", lambda now: now),
    "a restart is due only once": (supervisor, "Again", lambda child, counted: object()),
    "an end in good order is a crash": (Reason, "clean", False),
    "nobody is significant": (supervisor, "ends_the_supervisor", lambda spec, children, child: False),
    "whoever does not stop in its time is waited for": (
        Running,
        "stop",
        lambda self, limit_seconds, stop=Running.stop: stop(self, "infinity"),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_recorded_scenarios_notice_when(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*FAULTS[fault])
    assert any(_differs(one) for one in GOLDEN)


def _differs(scenario: Scenario) -> bool:
    try:
        return play(scenario) != scenario.trace
    except Exception:
        return True


def _is_tree(scenario: Scenario) -> bool:
    return any(isinstance(child, Sub) for child in scenario.children)
