"""Every method that the simulator has was called by python-telegram-bot in the other files of this folder."""

from pathlib import Path

import pytest

from mailroom.ops.simulators.telegram.methods import METHODS

pytestmark = pytest.mark.long

NOT_CALLED = {
    "getUpdates": "is not among the calls that are noted; the files call it everywhere",
}
CALLS_MAX = 100_000


def test_no_method_was_left_out(request, telegram_simulator):
    mine = Path(__file__)
    others = {path.name for path in mine.parent.glob("test_telegram_*.py")} - {mine.name}
    run = {item.path.name for item in request.session.items}
    if not others <= run:
        pytest.skip(f"looks at what was called by {', '.join(sorted(others - run))}, too")
    called = {call["method"] for call in telegram_simulator.ask("GET", "calls", limit=CALLS_MAX)["calls"]}
    known = {name for name, _ in METHODS.values()}
    assert known - called - NOT_CALLED.keys() == set()
