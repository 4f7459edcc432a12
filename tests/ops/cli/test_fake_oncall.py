"""The fake is asked as the real on-call is."""

import inspect
from typing import get_type_hints

import pytest

from mailroom.supervisors.oncall.oncall import OnCall
from tests.ops.cli.fake_oncall import PARTS, FakeOnCall

ASKED = [(part, asked, own) for part, calls in PARTS.items() for asked, own in calls.items()]


def test_every_function_of_the_fake_is_asked():
    own = [name for name, one in vars(FakeOnCall).items() if inspect.iscoroutinefunction(one)]
    assert sorted(own) == sorted(own for _, _, own in ASKED)


@pytest.mark.parametrize(("part", "asked", "own"), ASKED)
def test_the_fake_takes_what_the_real_on_call_takes(part, asked, own):
    def shape(function):
        assert inspect.iscoroutinefunction(function)
        return [
            (each.name, each.kind, each.default) for each in inspect.signature(function).parameters.values()
        ]

    assert shape(getattr(FakeOnCall, own)) == shape(getattr(get_type_hints(OnCall)[part], asked))
