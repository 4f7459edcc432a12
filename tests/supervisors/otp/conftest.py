"""What tests of supervisors share: `happens` plays what a test says in words, and asks OTP too."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import trio

from tests.supervisors.otp.driver import play
from tests.supervisors.otp.golden.record import Otp, find_erl, running_otp
from tests.supervisors.otp.scenarios import Scenario

DEFAULTS = ("permanent", "30", "quick", "ok")


@pytest.fixture(autouse=True)
def same_every_time() -> Iterator[None]:
    """Trio runs tasks in an order that depends on its seed alone."""
    trio._core._run._ALLOW_DETERMINISTIC_SCHEDULING = True
    trio._core._run._r.seed(0)
    yield
    trio._core._run._ALLOW_DETERMINISTIC_SCHEDULING = False


@pytest.fixture(scope="session")
def erlang() -> Iterator[Otp | None]:
    erl = find_erl()
    if erl is None:
        yield None
        return
    with running_otp(erl) as otp:
        yield otp


@pytest.fixture
def otp(erlang: Otp | None) -> Otp:
    if erlang is None:
        pytest.skip("no Erlang here: put an erl on the path, or name one in MAILROOM_ERL")
    return erlang


@pytest.fixture
def happens(erlang: Otp | None) -> Callable[..., list[str]]:
    """What a supervisor does: a text for the start, and one for each step (the words are in `scenarios.py`).

    Of a child only what matters need be said, the rest is `permanent 30 quick ok`.
    """

    def happens(flags: str, *children: str | list, do: str = "") -> list[str]:
        scenario = Scenario.read(
            {
                "flags": _whole_flags(flags),
                "children": [_whole(child) for child in children],
                "steps": [_whole_step(step) for step in do.split(", ")] if do else [],
            }
        )
        trace = play(scenario)
        if erlang is not None:
            assert trace == erlang.play(replace(scenario, trace=())), "the real OTP does otherwise"
        return list(trace)

    return happens


def _whole_flags(flags: str) -> str:
    """`one_for_all`, `one_for_all 3`, `one_for_all 3 any_significant`."""
    strategy, *rest = flags.split()
    intensity, auto_shutdown = (*rest, *("1", "never")[len(rest) :])
    return f"{strategy} {intensity} 5 {auto_shutdown}"


def _whole(child: str | list) -> str | list:
    if isinstance(child, list):
        name, flags, children = child
        name, *rest = name.split()
        name = " ".join((name, *(rest or ["permanent"])[:1], "infinity", *rest[1:]))
        return [name, _whole_flags(flags), [_whole(one) for one in children]]
    significant = child.endswith(" significant")
    name, *rest = child.removesuffix(" significant").split()
    words = (name, *rest, *DEFAULTS[len(rest) :])
    return " ".join((*words, "significant") if significant else words)


def _whole_step(step: str) -> str:
    return " / ".join(f"add {_whole(op[4:])}" if op.startswith("add ") else op for op in step.split(" / "))
