"""What a request to publish comes to."""

from datetime import UTC, datetime

import pytest

from mailroom.actors.qstash.refusal import RefusalError
from mailroom.actors.qstash.requests import BODY_BYTES_MAX, Group, messages_of, split_query, token_in, wanted

URL = "https://example.com/hook"
GROUP = Group("all", (("", "https://a.example/1"), ("b", "https://b.example/2")))


def one(destination=URL, query="", headers=(), body=b"x", groups=(), **options):
    wish = wanted(destination, query, headers, body, **options)
    return messages_of(wish, {group.name: group for group in groups})


def test_an_address_is_called_with_its_own_query_and_without_what_was_said_to_us():
    query = "a=b&qstash_token=secret&Upstash-Retries=1&c=%20d&upstash-label=x%2Cy&e"
    (message,) = one(query=query)
    assert message.url == f"{URL}?a=b&c=%20d&e"
    assert (message.retries, message.labels) == (1, ("x", "y"))
    assert split_query(query)[0] == "a=b&c=%20d&e"
    assert token_in(query) == "secret"
    assert token_in("a=b") is None


def test_a_group_is_a_message_for_each_endpoint():
    limited = [("Upstash-Flow-Control-Key", "k"), ("Upstash-Flow-Control-Value", "rate=1")]
    messages = one("all", headers=limited, groups=[GROUP])
    assert [(one.url, one.url_group, one.endpoint) for one in messages] == [
        ("https://a.example/1", "all", None),
        ("https://b.example/2", "all", "b"),
    ]
    assert {(one.flow, one.limits.rate) for one in messages} == {("k", 1)}


@pytest.mark.parametrize("groups", [(), (Group("all", ()),)])
def test_a_group_that_is_not_there_or_empty_is_said_to_be_missing(groups):
    with pytest.raises(RefusalError, match="there is no URL group 'all'") as refused:
        one("all", groups=groups)
    assert refused.value.status == 404


@pytest.mark.parametrize("destination", ["", "ftp://x", "a/b", "user:1", "naïve"])
def test_what_is_neither_an_address_nor_a_name_is_refused(destination):
    with pytest.raises(RefusalError):
        one(destination)


def test_a_body_has_a_limit():
    with pytest.raises(RefusalError, match="at most") as refused:
        one(body=b"x" * (BODY_BYTES_MAX + 1))
    assert refused.value.status == 413


def test_a_moment_wins_over_a_delay():
    (message,) = one(headers=[("Upstash-Delay", "10s"), ("Upstash-Not-Before", "1764590400")])
    assert (message.delay_seconds, message.until) == (0.0, datetime(2025, 12, 1, 12, tzinfo=UTC))
    (message,) = one(headers=[("Upstash-Delay", "10s")])
    assert (message.delay_seconds, message.until) == (10.0, None)
    (message,) = one(headers=[("Upstash-Not-Before", "32503680000")])
    assert message.until.year == 3000


def keys(*requests):
    return [message.dedup_key for request in requests for message in one(**request)]


def test_an_id_makes_two_publishes_one_whatever_they_hold():
    said = [("Upstash-Deduplication-Id", "7")]
    first, second, other = keys(
        {"headers": said}, {"headers": said, "body": b"y", "destination": "https://b.example"},
        {"headers": [("Upstash-Deduplication-Id", "8")]},
    )  # fmt: skip
    assert first == second != other
    assert len(set(keys({"destination": "all", "headers": said, "groups": [GROUP]}))) == 2


def test_content_is_the_same_where_the_endpoint_would_get_the_same():
    said = [("Upstash-Content-Based-Deduplication", "True")]
    same, again, body, header, kind, url = keys(
        {"headers": said},
        {"headers": [*said, ("Upstash-Retries", "1"), ("User-Agent", "x")]},
        {"headers": said, "body": b"y"},
        {"headers": [*said, ("Upstash-Forward-X", "1")]},
        {"headers": [*said, ("Content-Type", "a/b")]},
        {"headers": said, "destination": URL + "?"},
    )
    assert same == again
    assert len({same, body, header, kind, url}) == 5
    assert keys({}) == [None]


def test_a_queue_is_said_in_the_path_or_in_a_header():
    assert one(queue="q")[0].queue == "q"
    assert one(headers=[("Upstash-Queue-Name", "q")])[0].queue == "q"
    with pytest.raises(RefusalError, match="the queue must be"):
        one(queue="a b")
