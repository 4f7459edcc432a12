"""The goods that a gateway keeps in mind for us."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.bots.shop.domain.item_ranges import CHARS_MAX, ids_in, ranges

IDS = st.lists(st.integers(1, 10**6), unique=True, max_size=200).map(sorted)


@given(IDS)
def test_what_fits_is_read_again_as_it_was_the_first_ones_first(ids):
    text = ranges(ids)
    assert len(text) <= CHARS_MAX
    read = ids_in(text)
    assert read == ids[: len(read)]
    assert len(read) == len(ids) or len(text) > CHARS_MAX - 20


def test_goods_that_were_added_together_take_little_room():
    assert ranges([5, 6, 7, 9, 11, 12]) == "5-7,9,11-12"
    assert ids_in(ranges(list(range(1, 5_000)))) == list(range(1, 5_000))
    assert (ranges([]), ids_in("")) == ("", [])


@pytest.mark.parametrize("text", ["x", "1,", "5-3", "-1", "1-9999999999", "٣", "1" * 30])
def test_what_we_did_not_write_is_refused(text):
    with pytest.raises(ValueError, match="no run of ids"):
        ids_in(text)
