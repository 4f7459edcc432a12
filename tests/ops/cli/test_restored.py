"""`mailroom restored`: what is shown of stores that went back, and the word to go on."""

import json

import pytest

from mailroom.supervisors.oncall.reports import By
from mailroom.supervisors.oncall.restored import RestoredReport
from tests.ops.cli.fake_oncall import MINUTE_MS, NOW_MS

SAYS = "Postgres went back to 29 Nov 03:00 UTC (12 h)."
HELD = RestoredReport(
    "m7k2p9x4qd", True, SAYS, NOW_MS, NOW_MS - MINUTE_MS, 43_200.0, True,
    {"yookassa": "not_yet: does not answer", "aaio": "impossible"},
)  # fmt: skip


def test_stores_that_fit_together_are_said_to(mailroom):
    assert mailroom("restored").stdout == "The stores fit together.\n"


def test_what_went_back_is_shown_with_what_the_gateways_say(mailroom, oncall):
    oncall.went_back = HELD
    shown = mailroom("restored", "--show").stdout
    assert shown.startswith(SAYS)
    for words in ("yookassa", "not_yet: does not answer", "aaio", "Nothing acts since", "--go"):
        assert words in shown
    assert json.loads(mailroom("restored", "--json").stdout)["seconds"] == 43_200.0


@pytest.mark.parametrize("unasked", [False, True])
def test_on_call_says_go_with_a_reason(mailroom, oncall, unasked):
    more = ["--unasked"] if unasked else []
    mailroom("restored", "--go", "--yes", "--why", "payments compared", *more)
    assert oncall.asked == [("go", "stores", By("ann", "payments compared"), unasked)]


def test_nothing_goes_on_without_a_yes_or_with_two_wishes(mailroom, oncall):
    unsaid = mailroom("restored", "--go", "--why", "x")
    assert (unsaid.exit_code, unsaid.stderr.startswith("Let chats and jobs go on?")) == (2, True)
    both = mailroom("restored", "--go", "--show")
    assert (both.exit_code, "not both" in both.stderr) == (2, True)
    assert oncall.asked == []
