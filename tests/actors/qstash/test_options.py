"""What a publisher asks for, in headers or in the address."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.qstash.flow import FlowControl
from mailroom.actors.qstash.options import (
    HEADER_BYTES_MAX,
    HEADERS_MAX,
    Callback,
    Options,
    options_of,
)
from mailroom.actors.qstash.redaction import Redaction
from mailroom.actors.qstash.refusal import RefusalError


def read(**headers):
    return options_of([(name.replace("_", "-"), value) for name, value in headers.items()])


def test_who_says_nothing_gets_what_is_usual():
    assert options_of([("Authorization", "Bearer secret"), ("Accept", "*/*")]) == Options()
    assert (Options().method, Options().retries, Options().timeout_seconds) == ("POST", 3, 30)


def test_all_that_can_be_said_is_understood():
    options = read(
        Content_Type="application/json",
        Upstash_Method="PUT",
        Upstash_Forward_Test_Header="test-value",
        Upstash_Retries="5",
        Upstash_Retry_Delay="pow(2, retried) * 1000",
        Upstash_Delay="1d10h30m",
        Upstash_Not_Before="1764590400",
        Upstash_Timeout="90s",
        Upstash_Deduplication_Id="order-7",
        Upstash_Content_Based_Deduplication="True",
        Upstash_Callback="https://a.example/cb?x=1",
        Upstash_Callback_Method="GET",
        Upstash_Callback_Retries="1",
        Upstash_Callback_Retry_Delay="1000",
        Upstash_Callback_Timeout="10s",
        Upstash_Callback_Forward_X_Key="k",
        Upstash_Failure_Callback="http://b.example/failed",
        Upstash_Flow_Control_Key="mail",
        Upstash_Flow_Control_Value="parallelism=5,rate=10 , period=1m",
        Upstash_Label="one, two,one",
        Upstash_Redact_Fields="body, header[Authorization]",
    )
    assert options == Options(
        method="PUT",
        headers=(("Content-Type", "application/json"), ("Test-Header", "test-value")),
        retries=5,
        retry_delay="pow(2, retried) * 1000",
        delay_seconds=86_400 + 10 * 3600 + 30 * 60,
        not_before=1_764_590_400,
        timeout_seconds=90,
        deduplication_id="order-7",
        deduplicates_content=True,
        callback=Callback("https://a.example/cb?x=1", "GET", (("X-Key", "k"),), 1, "1000", 10),
        failure_callback=Callback("http://b.example/failed"),
        flow=FlowControl("mail", 5, 10, 60),
        labels=("one", "two"),
        redaction=Redaction(body=True, names=frozenset({"authorization"})),
    )


def test_the_address_says_the_same_in_lower_case_and_the_rest_of_it_is_the_endpoints():
    options = options_of(
        [("Content-Type", "text/plain"), ("X-Signature", "s"), ("Authorization", "Bearer t")],
        [("a", "b"), ("upstash-retries", "1"), ("upstash-header-forward", "true"), ("qstash_token", "t")],
    )
    assert options.retries == 1
    assert options.headers == (("Content-Type", "text/plain"), ("X-Signature", "s"))


def test_what_belongs_to_a_connection_is_never_forwarded():
    options = options_of(
        [
            ("Upstash-Forward-Host", "evil"),
            ("Upstash-Forward-Content-Length", "0"),
            ("Upstash-Forward-Transfer-Encoding", "chunked"),
            ("Upstash-Forward-Authorization", "Bearer theirs"),
            ("Connection", "close"),
            ("Upstash-Header-Forward", "true"),
        ]
    )
    assert options.headers == (("Authorization", "Bearer theirs"),)


@pytest.mark.parametrize(
    ("header", "value", "why"),
    [
        ("Upstash-Method", "TRACE", "must be one of GET, POST"),
        ("Upstash-Retries", "-1", "a number from 0 to"),
        ("Upstash-Retries", "many", "a number from 0 to"),
        ("Upstash-Retries", "9" * 5000, "a number from 0 to"),
        ("Upstash-Retries", "٣", "a number from 0 to"),
        ("Upstash-Retry-Delay", "eval(1)", "the retry delay"),
        ("Upstash-Delay", "10", "must be a duration"),
        ("Upstash-Delay", "400d", "at most 366d"),
        ("Upstash-Not-Before", "tomorrow", "Upstash-Not-Before"),
        ("Upstash-Timeout", "16m", "at most 15m"),
        ("Upstash-Timeout", "0s", "longer than 0s"),
        ("Upstash-Deduplication-Id", "x" * 501, "at most 500"),
        ("Upstash-Callback", "ftp://x", "Upstash-Callback: endpoint has invalid scheme"),
        ("Upstash-Flow-Control-Key", "k", "Value is missing"),
        ("Upstash-Flow-Control-Value", "rate=1", "Key is missing"),
        ("Upstash-Label", "x" * 201, "at most 10 labels"),
        ("Upstash-Redact-Fields", "bodies", "not 'bodies'"),
        ("Upstash-Forward-X", "a\r\nHost: b", "control character"),
        ("Upstash-Label", "a\0", "control character"),
        ("Upstash-Deduplication-Id", "\ud800", "control character"),
        ("Upstash-Forward-X Y", "a", "names no header"),
        ("Upstash-Queue-Name", "a/b", "must be 1 to"),
        ("Upstash-Schedule-Id", "ü", "must be 1 to"),
    ],
)
def test_what_is_wrong_is_named(header, value, why):
    with pytest.raises(RefusalError, match=why):
        options_of([(header, value)])


def test_a_callback_cannot_be_delayed():
    with pytest.raises(RefusalError, match="Upstash-Callback-Delay"):
        options_of([("Upstash-Callback", "https://a.example"), ("Upstash-Callback-Delay", "1s")])


@pytest.mark.parametrize(
    "value",
    ["", "rate", "rate=", "rate=0", "rate=-1", "rate=1,rate=2", "speed=1", "rate=1,period=8d", "period=1m",
     "rate=1,period=0", "parallelism=1.5", "rate=99999999999"],
)  # fmt: skip
def test_limits_that_are_none_are_refused(value):
    with pytest.raises(RefusalError):
        options_of([("Upstash-Flow-Control-Key", "k"), ("Upstash-Flow-Control-Value", value)])


@pytest.mark.parametrize(("period", "seconds"), [("60", 60), ("1h", 3600), ("7d", 604_800)])
def test_a_period_is_a_number_of_seconds_or_a_duration(period, seconds):
    value = f"rate=1, period={period}"
    options = options_of([("Upstash-Flow-Control-Key", "k"), ("Upstash-Flow-Control-Value", value)])
    assert options.flow == FlowControl("k", None, 1, seconds)


def test_headers_have_a_limit_in_number_and_in_bytes():
    with pytest.raises(RefusalError, match="at most"):
        options_of([(f"Upstash-Forward-X{n}", "v") for n in range(HEADERS_MAX + 1)])
    with pytest.raises(RefusalError, match="bytes together"):
        options_of([("Upstash-Forward-X", "v" * (HEADER_BYTES_MAX + 1))])


NAMES = st.sampled_from(
    ["Upstash-Retries", "Upstash-Delay", "Upstash-Callback", "Upstash-Callback-Timeout", "Upstash-Label",
     "Upstash-Flow-Control-Key", "Upstash-Flow-Control-Value", "Upstash-Forward-", "Upstash-Redact-Fields",
     "Upstash-Forward-X", "Upstash-Retry-Delay", "Upstash-Not-Before", "Content-Type"]
)  # fmt: skip


@given(st.lists(st.tuples(NAMES, st.text(max_size=30)), max_size=6))
def test_whatever_comes_is_read_or_refused(headers):
    with suppress(RefusalError):
        options_of(headers)
