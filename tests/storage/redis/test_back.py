"""A message that was taken for urgent goes back to its place (conformance E: G9)."""

import pytest

from mailroom.storage.errors import Fenced
from tests.storage.redis.box import EPOCH


def test_a_message_goes_from_the_fast_lane_to_its_place_in_the_box_and_no_attempt_is_left(box):
    for order in (10, 12):
        box.accept(order)
    fast = box.accept(11, expedited=True).entry
    box.begin(fast)
    box.call(box.mailboxes.back(box.chat, EPOCH, fast.seq))
    loaded = box.call(box.mailboxes.load(box.chat, EPOCH, 10))
    assert [entry.order for entry in loaded.box] == [10, 11, 12]
    assert loaded.expedited == []
    assert box.call(box.mailboxes.begun(box.chat)) is None
    box.call(box.mailboxes.back(box.chat, EPOCH, fast.seq))  # its answer was lost
    assert box.orders() == [10, 11, 12]


def test_attempts_that_were_made_before_stay_counted(box):
    fast = box.accept(11, expedited=True).entry
    for _ in range(2):
        box.begin(fast)
    box.call(box.mailboxes.back(box.chat, EPOCH, fast.seq))
    assert box.begin(fast).attempt == 2
    assert box.call(box.mailboxes.begun(box.chat)).seq == fast.seq


def test_only_the_owner_puts_a_message_back(box):
    fast = box.accept(11, expedited=True).entry
    with pytest.raises(Fenced):
        box.call(box.mailboxes.back(box.chat, EPOCH - 1, fast.seq))
