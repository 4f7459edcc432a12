"""What was sent after a refused message stays outside until that one is in."""

from mailroom.ingress.telegram import turned_away
from mailroom.ingress.telegram.turned_away import BACK_WITHIN_SECONDS, TurnedAway
from mailroom.storage.redis.entry import Chat

CHAT, OTHER = Chat("shop", "1"), Chat("shop", "2")


def test_a_tap_does_not_overtake_the_text_that_was_refused_before_it() -> None:
    away = TurnedAway()
    away.refused(CHAT, 10, now=0.0)
    assert away.must_wait(CHAT, 11, now=1.0)
    assert not away.must_wait(CHAT, 10, now=2.0)
    away.taken(CHAT, 10)
    assert not away.must_wait(CHAT, 11, now=2.0)


def test_other_chats_do_not_wait() -> None:
    away = TurnedAway()
    away.refused(CHAT, 10, now=0.0)
    assert not away.must_wait(OTHER, 11, now=1.0)


def test_a_message_that_does_not_come_back_is_not_waited_for_for_ever() -> None:
    away = TurnedAway()
    away.refused(CHAT, 10, now=0.0)
    assert away.must_wait(CHAT, 11, now=BACK_WITHIN_SECONDS)
    assert not away.must_wait(CHAT, 11, now=BACK_WITHIN_SECONDS + 0.1)


def test_a_smaller_one_that_comes_before_it_is_taken() -> None:
    away = TurnedAway()
    away.refused(CHAT, 10, now=0.0)
    assert not away.must_wait(CHAT, 9, now=1.0)
    away.taken(CHAT, 9)
    assert away.must_wait(CHAT, 11, now=1.0)


def test_a_later_one_that_did_not_have_to_wait_does_not_end_the_wait() -> None:
    away = TurnedAway()
    away.refused(CHAT, 10, now=0.0)
    away.taken(CHAT, 11)
    assert away.must_wait(CHAT, 12, now=1.0)


def test_refusing_a_later_one_does_not_prolong_the_wait_for_the_first() -> None:
    away = TurnedAway()
    away.refused(CHAT, 10, now=0.0)
    away.refused(CHAT, 11, now=2.0)
    assert away.must_wait(CHAT, 11, now=2.5)
    assert not away.must_wait(CHAT, 11, now=BACK_WITHIN_SECONDS + 0.1)


def test_the_number_of_chats_remembered_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(turned_away, "CHATS_MAX", 1)
    away = TurnedAway()
    away.refused(CHAT, 10, now=0.0)
    away.refused(OTHER, 10, now=0.0)
    assert away.must_wait(CHAT, 11, now=1.0)
    assert not away.must_wait(OTHER, 11, now=1.0)
    away.refused(CHAT, 9, now=0.0)
    assert away.must_wait(CHAT, 10, now=1.0), "a chat that is remembered takes no more room"
