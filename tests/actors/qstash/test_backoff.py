"""When a message is tried again."""

from datetime import UTC, datetime

import pytest

from mailroom.actors.qstash.backoff import asked_seconds, default_seconds, seconds_before

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def test_our_own_backoff_grows_to_a_day():
    waits = [default_seconds(retry) for retry in range(1, 8)]
    assert waits == pytest.approx([12.18, 148.41, 1808.04, 22026.47, 86400, 86400, 86400], abs=0.01)
    assert default_seconds(10_000) == 86_400


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("5", 5),
        ("0", 0),
        ("1.5", 1.5),
        ("-3", 0),
        ("6m5s", 365),
        ("1h2m3.5s", 3723.5),
        ("250ms", 0.25),
        ("90µs", 0.00009),
        ("Sun, 27 Jun 2024 12:00:00 GMT", 0),
        ("Mon, 30 Nov 2026 12:01:00 GMT", 60),
        ("172800", None),
        ("48h", None),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("1e400", None),
        ("5s5", None),
        ("9" * 5000, None),
        ("Mon, 99 Nov 2026 12:01:00 GMT", None),
    ],
)
def test_an_endpoint_says_when_to_come_back(value, seconds):
    assert asked_seconds({"retry-after": value}, NOW) == (None if seconds is None else pytest.approx(seconds))


def test_the_first_header_that_can_be_read_counts():
    headers = {"retry-after": "soon", "x-ratelimit-reset-tokens": "6m5s", "x-ratelimit-reset-requests": "10s"}
    assert asked_seconds(headers, NOW) == 10
    assert asked_seconds({"x-ratelimit-reset": "7"}, NOW) == 7
    assert asked_seconds({"date": "7"}, NOW) is None


def test_the_endpoint_comes_before_the_publisher_and_the_publisher_before_us():
    assert seconds_before(3, "pow(2, retried) * 1000", {"retry-after": "9"}, NOW) == 9
    assert [seconds_before(n, "pow(2, retried) * 1000", {}, NOW) for n in (1, 2, 3)] == [1, 2, 4]
    assert seconds_before(3, "pow(2, retried) * 1000", {"retry-after": "172800"}, NOW) == 4
    assert seconds_before(1, "0 - 1", {}, NOW) == pytest.approx(12.18, abs=0.01)
    assert seconds_before(2, None, {}, NOW) == pytest.approx(148.41, abs=0.01)
