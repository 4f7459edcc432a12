"""`mailroom payments`: what is shown of lost payments, and how one is ended."""

import json

import pytest

from mailroom.supervisors.oncall.payments import LostReport
from mailroom.supervisors.oncall.reports import By
from tests.ops.cli.fake_oncall import MINUTE_MS, NOW_MS

REF = "m7k2p9x4qd0-01kb8r3e0vj2m5c8h1t6w9z4y7"
ABOUT = {"for": "shop.order 1042", "bot": "shop", "chat": "42", "items": "5-7"}


@pytest.fixture
def oncall(oncall):
    oncall.lost = [
        LostReport(REF, "yookassa", "p-1", "paid", "1490.00 RUB", ABOUT, NOW_MS - MINUTE_MS, NOW_MS)
    ]
    return oncall


def test_lost_payments_are_shown_with_what_the_gateway_was_told(mailroom, oncall):
    head, line = mailroom("payments", "lost").stdout.splitlines()
    assert head.split() == ["REF", "PROVIDER", "MONEY", "STATE", "MADE", "FOR", "CHAT", "GOODS", "ENDED"]
    for word in (REF, "yookassa p-1", "1490.00 RUB", "shop.order 1042", "shop:42", "5-7"):
        assert word in line
    assert oncall.asked == [("lost", False)]
    (found,) = json.loads(mailroom("payments", "lost", "--all", "--json").stdout)
    assert (found["ref"], found["about"]) == (REF, ABOUT)
    oncall.lost = []
    assert mailroom("payments", "lost").stdout == "No payment is lost.\n"


def test_a_lost_payment_is_ended_with_a_reason(mailroom, oncall):
    mailroom("payments", "end", REF, "delivered", "--why", "because")
    assert oncall.asked == [("end", REF, By("ann", "because"), "delivered")]


def test_lost_payments_go_back_only_where_it_is_said_which(mailroom, oncall):
    mailroom("payments", "give-back", REF, "--why", "because", "--yes")
    mailroom("payments", "give-back", "--all", "--why", "because", "--yes")
    assert oncall.asked == [
        ("give_back", [REF], By("ann", "because")),
        ("give_back", [], By("ann", "because")),
    ]
    for words in ([], [REF, "--all"]):
        said = mailroom("payments", "give-back", *words, "--why", "because", "--yes")
        assert (said.exit_code, "the payments, or --all" in said.stderr) == (2, True)
    assert len(oncall.asked) == 2
