"""Tokens, sessions and what proves that a page of ours acts."""

from types import SimpleNamespace

import pytest
from itsdangerous import TimestampSigner
from werkzeug.datastructures import Headers

from mailroom.actors.uses.allowance import Allowance
from mailroom.ingress.http.origin import is_https, is_same_origin
from mailroom.ingress.ops.access import Access, cookie_name, is_of_the_console
from mailroom.ingress.ops.logged_in import SESSION_SECONDS, LoggedIn

TOKEN = "token-of-sixteen-or-more"


def request(scheme="http", host="mail.example", **headers):
    return SimpleNamespace(
        scheme=scheme,
        host=host,
        headers=Headers({name.replace("_", "-"): value for name, value in headers.items()}),
    )


def test_the_token_is_in_no_session_and_in_nothing_that_shows_the_access() -> None:
    access = Access(TOKEN, Allowance())
    assert TOKEN not in access.open_session("anna")
    assert TOKEN not in repr(vars(access))


def test_a_session_is_known_again_with_the_name_that_was_given() -> None:
    access = Access(TOKEN, Allowance())
    session = access.session(access.open_session("Жанна"))
    assert session is not None
    assert session.who == "Жанна"


def test_a_forged_or_foreign_session_is_none() -> None:
    access = Access(TOKEN, Allowance())
    cookie = access.open_session("anna")
    assert access.session("") is None
    text, _, signature = cookie.rpartition(".")
    assert access.session(f"{text}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}") is None
    assert access.session("x" + cookie) is None
    assert Access(TOKEN + "!", Allowance()).session(cookie) is None


def test_a_session_ends_with_the_shift(monkeypatch) -> None:
    access = Access(TOKEN, Allowance())
    cookie = access.open_session("anna")
    began = TimestampSigner("x").get_timestamp()
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: began + SESSION_SECONDS - 1)
    assert access.session(cookie) is not None
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: began + SESSION_SECONDS + 2)
    assert access.session(cookie) is None


def test_the_csrf_token_of_one_session_is_none_of_another() -> None:
    access = Access(TOKEN, Allowance())
    mine, other = (access.session(access.open_session("anna")) for _ in range(2))
    one = LoggedIn(None, "anna", access.csrf_token(mine), None)
    assert is_of_the_console(request(X_CSRF_Token=access.csrf_token(mine)), one)
    assert not is_of_the_console(request(X_CSRF_Token=access.csrf_token(other)), one)
    assert not is_of_the_console(request(), one)
    assert not is_of_the_console(request(X_CSRF_Token="ключ"), one)


def test_where_no_token_is_set_nothing_is_one_and_nobody_is_on_call() -> None:
    access = Access(None, Allowance())
    assert not access.holds("")
    assert not access.bears("Bearer ")
    assert not access.bears("Bearer None")
    assert Access(None, Allowance()).session(access.open_session("anna")) is None


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({}, True),
        ({"Origin": "https://mail.example"}, True),
        ({"Origin": "https://mail.example:8443"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Sec_Fetch_Site": "same-origin", "Origin": "https://seen-through-a-proxy.example"}, True),
        ({"Sec_Fetch_Site": "same-site", "Origin": "https://mail.example"}, False),
        ({"Sec_Fetch_Site": "cross-site"}, False),
        ({"Sec_Fetch_Site": "none"}, False),
    ],
)
def test_only_a_page_of_the_same_origin_acts(headers, same) -> None:
    assert is_same_origin(request(**headers)) is same


@pytest.mark.parametrize(
    ("scheme", "headers", "https"),
    [
        ("http", {}, False),
        ("https", {}, True),
        ("http", {"X_Forwarded_Proto": "https"}, True),
        ("http", {"X_Forwarded_Proto": "HTTPS, http"}, True),
        ("https", {"X_Forwarded_Proto": "http"}, False),
    ],
)
def test_https_is_what_the_browser_speaks(scheme, headers, https) -> None:
    assert is_https(request(scheme, **headers)) is https
    assert cookie_name(https=https).startswith("__Host-") is https


def test_a_session_that_was_ended_is_none_wherever_its_cookie_is(monkeypatch) -> None:
    access = Access(TOKEN, Allowance())
    mine, other = access.open_session("anna"), access.open_session("anna")
    access.end(access.session(mine))
    assert access.session(mine) is None
    assert access.session(other) is not None
    monkeypatch.setattr("mailroom.ingress.ops.access.ENDED_MAX", 1)
    access.end(access.session(other))
    assert access.session(other) is None, "the memory is bounded, and the newest is in it"
