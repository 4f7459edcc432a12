"""What a room answers, as a browser and a script get it."""

import asyncio
import json
from types import SimpleNamespace

import pytest
from werkzeug.datastructures import Headers

from mailroom.actors.pages.answer import File, Go, Problem
from mailroom.ingress.asks.answering import answered, refused


def answer(value, **headers):
    asked = SimpleNamespace(
        path="/app/tips/api/it",
        headers=Headers({name.replace("_", "-"): one for name, one in headers.items()}),
    )
    response = answered(value, asked)
    return response, asyncio.run(response.get_data())


def test_data_is_json_that_nobody_keeps():
    response, body = answer({"half": "a\ud800", "n": 1})
    assert json.loads(body) == {"half": "a\N{REPLACEMENT CHARACTER}", "n": 1}
    assert (response.content_type, response.headers["Cache-Control"]) == ("application/json", "no-store")


def test_a_browser_that_navigates_is_sent_elsewhere_and_a_script_is_told_where():
    for headers in ({"Sec_Fetch_Mode": "navigate"}, {"Accept": "text/html,*/*"}):
        response, _ = answer(Go("https://pay.example/1"), **headers)
        assert (response.status_code, response.headers["Location"]) == (303, "https://pay.example/1")
    for headers in ({"Sec_Fetch_Mode": "cors", "Accept": "text/html"}, {"Accept": "application/json"}, {}):
        response, body = answer(Go("https://pay.example/1"), **headers)
        assert (response.status_code, json.loads(body)) == (200, {"go": "https://pay.example/1"})


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "https://x.example/\r\nSet-Cookie: a"]
)
def test_nobody_is_sent_to_a_script(url):
    with pytest.raises(ValueError, match="nobody is sent"):
        answer(Go(url))


def test_a_file_is_saved_unless_it_is_shown_and_says_how_long_it_is_fresh():
    saved, body = answer(File(b"x", "text/plain", "ключ.txt"))
    assert body == b"x"
    assert saved.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%D0%BA%D0%BB%D1%8E%D1%87.txt"
    assert saved.headers["Cache-Control"] == "no-store"
    shown, _ = answer(File(b"x", "image/png", inline=True, fresh_seconds=60))
    assert "Content-Disposition" not in shown.headers
    assert shown.headers["Cache-Control"] == "private, max-age=60"
    for one in (saved, shown):
        assert one.headers["Content-Security-Policy"] == "sandbox"
        assert one.headers["X-Content-Type-Options"] == "nosniff"
    again, _ = answer(File(b"x", "image/png", fresh_seconds=60), If_None_Match=shown.headers["ETag"])
    assert again.status_code == 304


def test_a_problem_says_what_kind_it_is_and_when_to_try_again():
    response = refused(Problem("busy", "later", retry_seconds=2), {"error": "busy"})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "3")
    assert refused(Problem("too_large", "bad"), {}).status_code == 413
    assert refused(Problem("sold_out"), {}).status_code == 409
