"""Wrong tokens, and whose they are."""

from types import SimpleNamespace

import pytest

from mailroom.ingress import guesses
from mailroom.ingress.guesses import (
    ATTEMPTS_MAX,
    ATTEMPTS_SECONDS,
    REPEATS_MAX,
    UNNAMED_PROXY_ATTEMPTS_MAX,
    Attempts,
    Guesses,
)

OUTSIDE, OTHER = "203.0.113.9", "198.51.100.8"
PUBLIC, PUBLIC_OTHER = "8.8.8.8", "9.9.9.9"


def asked(direct: str, forwarded: str = "") -> SimpleNamespace:
    return SimpleNamespace(remote_addr=direct, headers={"X-Forwarded-For": forwarded} if forwarded else {})


def locked(counted: Guesses, request: SimpleNamespace) -> bool:
    return counted.wait_seconds(request) > 0


def wrong(counted: Guesses, direct: str, forwarded: str = "", times: int = ATTEMPTS_MAX) -> None:
    for _ in range(times):
        counted.failed(asked(direct, forwarded), "console_login_failed")


def test_after_so_many_failures_one_waits_until_the_first_is_a_minute_old() -> None:
    now = [100.0]
    attempts = Attempts(lambda: now[0])
    for _ in range(ATTEMPTS_MAX):
        assert attempts.wait_seconds() == 0
        attempts.failed()
        now[0] += 1
    assert attempts.wait_seconds() == ATTEMPTS_SECONDS - ATTEMPTS_MAX
    assert attempts.wait_seconds("another") == 0
    now[0] = 100 + ATTEMPTS_SECONDS
    assert attempts.wait_seconds() == 0
    attempts.failed()
    assert attempts.wait_seconds() == 1


@pytest.mark.parametrize(
    ("proxies", "first", "second"),
    [
        ((), (PUBLIC, ""), (PUBLIC_OTHER, "")),
        ((), ("10.0.0.1", OUTSIDE), ("10.0.0.1", OTHER)),
        (("10.0.0.0/8",), ("10.0.0.1", OUTSIDE), ("10.0.0.1", OTHER)),
        (("10.0.0.0/8",), ("10.0.0.1", f"{OTHER}, {OUTSIDE}"), ("10.0.0.1", OTHER)),
        (("10.0.0.0/8",), ("192.168.1.1", OTHER), ("10.0.0.1", OTHER)),
        ((), ("2001:db8:1::1", ""), ("2001:db8:2::1", "")),
    ],
)
def test_one_persons_wrong_tokens_are_nobody_elses(proxies, first, second) -> None:
    counted = Guesses(proxies)
    wrong(counted, *first)
    assert locked(counted, asked(*first))
    assert not locked(counted, asked(*second))


@pytest.mark.parametrize(
    ("proxies", "first", "second"),
    [
        ((), (PUBLIC, ""), (PUBLIC, OTHER)),
        ((), (PUBLIC, OUTSIDE), (PUBLIC, OTHER)),
        (("10.0.0.0/8",), ("10.0.0.1", OUTSIDE), ("10.0.0.1", f"{OTHER}, {OUTSIDE}")),
        ((), ("10.0.0.1", OUTSIDE), ("10.0.0.1", f"{OTHER}, {OUTSIDE}:1234")),
        ((), ("2001:db8::1", ""), ("2001:db8::2", "")),
        ((), ("::ffff:8.8.8.8", ""), ("::ffff:8.8.8.8", "")),
    ],
)
def test_a_person_is_not_somebody_else_by_saying_so(proxies, first, second) -> None:
    counted = Guesses(proxies)
    wrong(counted, *first)
    assert locked(counted, asked(*second))


def test_a_program_with_an_old_token_guesses_nothing_but_does_not_go_on_for_ever() -> None:
    counted = Guesses()
    for _ in range(REPEATS_MAX + 1):
        assert not locked(counted, asked(PUBLIC))
        counted.failed(asked(PUBLIC), "ops_token_wrong", "Bearer old")
    assert locked(counted, asked(PUBLIC))


def test_names_that_are_made_up_behind_a_proxy_nobody_named_come_to_an_end() -> None:
    counted = Guesses()
    for number in range(UNNAMED_PROXY_ATTEMPTS_MAX):
        assert not locked(counted, asked("172.17.0.1", f"198.51.100.{number}"))
        wrong(counted, "172.17.0.1", f"198.51.100.{number}", 1)
    assert locked(counted, asked("172.17.0.1", "198.51.100.200"))
    assert not locked(counted, asked("172.17.0.2", "198.51.100.200"))


def test_the_number_of_addresses_remembered_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(guesses, "PEERS_MAX", 2)
    attempts = Attempts()
    for peer in ("a", "b", "c"):
        for _ in range(ATTEMPTS_MAX):
            attempts.failed(peer)
    assert [attempts.wait_seconds(peer) > 0 for peer in "abc"] == [False, True, True]
