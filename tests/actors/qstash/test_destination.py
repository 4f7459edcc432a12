"""Where a message goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.qstash.destination import NO_SCHEME, is_url, name_of, url_of
from mailroom.actors.qstash.refusal import RefusalError


@pytest.mark.parametrize(
    ("given", "called"),
    [
        ("https://example.com/a?b=c&d", "https://example.com/a?b=c&d"),
        ("HTTPS://Example.com", "https://Example.com"),
        ("https:/example.com/x", "https://example.com/x"),
        ("https%3A%2F%2Fexample.com%2Fa%3Fb%3D1", "https://example.com/a?b=1"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
        ("https://example.com/a#part", "https://example.com/a"),
        ("https://example.com/a%2Fb?x=%20", "https://example.com/a%2Fb?x=%20"),
        ("https://пример.рф/путь?имя=я", "https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C?%D0%B8%D0%BC%D1%8F=%D1%8F"),
    ],
)  # fmt: skip
def test_an_address_is_called_as_it_was_given(given, called):
    assert is_url(given)
    assert url_of(given) == called


@pytest.mark.parametrize(
    "text",
    ["example.com", "ftp://example.com", "//example.com", "", "javascript:alert(1)", "file:///etc/passwd", "https://"],
)  # fmt: skip
def test_an_address_without_a_scheme_that_we_speak_is_refused_in_the_known_words(text):
    assert not is_url(text)
    with pytest.raises(RefusalError, match=NO_SCHEME.replace("(", r"\(")):
        url_of(text)


@pytest.mark.parametrize(
    "text",
    ["https://user:secret@example.com", "https://user@example.com", "https://a b.com", "https://a\r\nHost: b",
     "https://a/\0", "https://exam\\ple.com", "https://:80", "https://example.com:0", "https://example.com:99999",
     "https://example.com:x", "https://[::1", "https://" + "a" * 64 + ".com", "https://a/" + "x" * 4000,
     "https%3A//a/%0d%0aHost:b", "https://?x"],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_is_refused(text):
    with pytest.raises(RefusalError, match="invalid destination url"):
        url_of(text)


@pytest.mark.parametrize("text", ["a", "Group_1.x-y", "x" * 256])
def test_names_keep_to_their_letters(text):
    assert name_of("the queue", text) == text


@pytest.mark.parametrize("text", ["", "a b", "a/b", "ü", "x" * 257, "a\n"])
def test_other_names_are_refused(text):
    with pytest.raises(RefusalError, match="the queue must be"):
        name_of("the queue", text)


@given(st.text(max_size=60))
def test_whatever_is_written_is_read_or_refused(text):
    for start in ("https://", "http:/", "https%3A//", ""):
        try:
            called = url_of(start + text)
        except RefusalError:
            continue
        assert called.isascii()
        assert not any(character in called for character in " \r\n\0")
