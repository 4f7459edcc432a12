"""The checker must be able to complain: a check that cannot fail proves nothing."""

import pytest

from tests.acceptance.load import complaints, expected

GOOD = expected(3)
LOST = GOOD[:2] + GOOD[4:]


def test_a_perfect_chat_gives_no_reason_to_complain() -> None:
    assert complaints({1: GOOD}, {1: 3}, crashes=0) == []


def test_one_reply_doubled_by_a_crash_is_allowed_and_two_are_not() -> None:
    doubled = [*GOOD[:1], *GOOD[:1], *GOOD[1:]]
    assert complaints({1: doubled}, {1: 3}, crashes=1) == []
    assert complaints({1: doubled}, {1: 3}, crashes=0)
    assert complaints({1: [*doubled, doubled[-1]]}, {1: 3}, crashes=1)


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        (LOST, "missing"),
        ([], "missing"),
        ([*GOOD, "4 4 a"], "nobody asked for"),
        ([*GOOD[:4], "2 3 a", "2 3 b"], "nobody asked for"),
        ([*GOOD[2:4], *GOOD[:2], *GOOD[4:]], "out of order"),
        ([GOOD[1], GOOD[0], *GOOD[2:]], "out of order"),
        # Message 2 was handled once more in whole: a reply that was recorded came again behind the next one.
        ([*GOOD[:4], GOOD[2], *GOOD[4:]], "out of order"),
    ],
)
def test_it_complains_of(sent: list[str], complaint: str) -> None:
    found = complaints({1: sent}, {1: 3}, crashes=1)
    assert any(complaint in one for one in found), found
