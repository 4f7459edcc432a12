"""The tables of differences stay true: what is not in them fails, and so does what is and should not be."""

import pytest

SEEN = {
    "theirs::passes": {"outcome": "passed", "why": ""},
    "theirs::differs": {"outcome": "failed", "why": "AttributeError"},
    "theirs::left_out": {"outcome": "skipped", "why": "no Mongo here"},
}
SAID = {"theirs::differs": "ours has no dictionary to look into"}


def test_a_difference_that_is_said_is_none(compare):
    assert compare(SEEN, SAID) == 1


def test_a_difference_that_nobody_explains_fails_and_shows_itself(compare):
    with pytest.raises(AssertionError, match=r"theirs::differs\s+AttributeError"):
        compare(SEEN, {})


@pytest.mark.parametrize("name", ["theirs::passes", "theirs::left_out", "theirs::is_no_more"])
def test_a_difference_that_is_said_and_is_not_there_fails(compare, name):
    with pytest.raises(AssertionError, match=name):
        compare(SEEN, {**SAID, name: "it did once"})
