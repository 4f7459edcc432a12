"""The fake is asked as the real desk is."""

import inspect

import pytest

from mailroom.supervisors.oncall.desk import OnCall
from tests.ops.cli.fake_desk import FakeDesk

ASKED = [name for name in vars(FakeDesk) if not name.startswith("_")]


@pytest.mark.parametrize("name", ASKED)
def test_the_fake_takes_what_the_real_desk_takes(name):
    def shape(desk):
        function = getattr(desk, name)
        assert inspect.iscoroutinefunction(function)
        return [
            (each.name, each.kind, each.default) for each in inspect.signature(function).parameters.values()
        ]

    assert shape(FakeDesk) == shape(OnCall)
