"""What was asked of a room is one model, wherever it stood; what is wrong with it is told field by field."""

from datetime import date
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.ask import ANYONE, Ask, Asked, Upload
from mailroom.ingress.asks.reading import read
from mailroom.ingress.asks.table import Table


class Own(BaseModel):
    model_config = ConfigDict(extra="forbid")
    key: str = ""
    why: str = ""


class Pay(Asked):
    number: int = Field(ge=1)
    account: str = Field(max_length=8)
    lines: tuple[tuple[int, int], ...] = ()


class Look(Asked):
    kind: Literal["png", "svg"] = "png"
    day: date | None = None
    tags: tuple[str, ...] = ()


class Csv(Asked):
    slug: str
    file: bytes


async def function(room, visit, asked): ...


PAY = Ask("POST", "/orders/{number}/pay", Pay, function, ANYONE)
LOOK = Ask("GET", "/charts/{kind}", Look, function, ANYONE)
CSV = Ask("PUT", "/stock/{slug}", Csv, function, ANYONE, takes=Upload(100, ("text/csv",)))
TABLE = Table([PAY, LOOK, CSV])


def asked(method, path, query=None, body=b""):
    return read(TABLE.find(method, path), query or {}, body, Own)


def refused(method, path, query=None, body=b""):
    with pytest.raises(Problem) as caught:
        asked(method, path, query, body)
    return caught.value


def test_path_and_body_are_one_model_and_the_key_is_the_platforms():
    question = asked(
        "POST", "/orders/17/pay", {}, b'{"account": "main", "lines": [[1, 2]], "key": "k", "why": "w"}'
    )
    assert question.asked == Pay(number=17, account="main", lines=((1, 2),))
    assert (question.own.key, question.own.why) == ("k", "w")


def test_path_and_query_are_one_model_and_lists_are_names_that_are_there_twice():
    question = asked("GET", "/charts/svg", {"day": ["2026-12-31"], "tags": ["a", "b"]})
    assert question.asked == Look(kind="svg", day=date(2026, 12, 31), tags=("a", "b"))
    assert refused("GET", "/charts/svg", {"day": ["2026-12-31", "2026-12-30"]}).more["fields"] == [
        "day: is there twice"
    ]


def test_a_file_is_the_body_and_the_rest_stands_in_the_address():
    question = asked("PUT", "/stock/chess", {"why": ["new"]}, b"\x00\xff")
    assert (question.asked, question.own.why) == (Csv(slug="chess", file=b"\x00\xff"), "new")


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.0", "+1", " 1", "1_0", "٣", "9" * 5000])
def test_what_cannot_be_in_a_path_is_not_there(number):
    assert refused("POST", f"/orders/{number}/pay", {}, b'{"account": "main"}').wrong == "absent"


@pytest.mark.parametrize("kind", ["gif", "PNG"])
def test_nor_is_a_choice_that_there_is_not(kind):
    assert refused("GET", f"/charts/{kind}").wrong == "absent"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "account: is missing"),
        (b"{", "the body must be JSON"),
        (b"[]", "the body must be an object"),
        (b'"x"', "the body must be an object"),
        (b'{"account": 5}', "account: must be text"),
        (b'{"account": "main", "lines": [["1", 2]]}', "lines.0.0: must be a whole number"),
        (b'{"account": "main", "more": 1}', "more: is not known here"),
        (b'{"account": "main", "number": 18}', "number: stands in the address"),
        (b'{"account": "main", "key": 5}', "key: must be text"),
        (b'{"account": "a\\u0000"}', "account: must not hold NUL"),
        (b'{"account": "a\\ud800"}', "the body must be JSON"),
        (b'{"account": NaN}', "the body must be JSON"),
        (b"\xff", "the body must be JSON"),
        (b"[" * 5000, "the body must be JSON"),
    ],
)
def test_the_rest_is_malformed_and_says_what_is_wrong(body, fault):
    problem = refused("POST", "/orders/17/pay", {}, body)
    assert (problem.code, problem.wrong) == ("malformed", "bad")
    assert problem.more["fields"][0].startswith(fault)


def test_all_that_is_wrong_is_told_at_once():
    fields = refused("POST", "/orders/17/pay", {}, b'{"key": 5, "lines": 7}').more["fields"]
    assert [one.partition(":")[0] for one in fields] == ["key", "account", "lines"]


def test_a_name_is_found_before_a_field_that_it_could_be():
    new = Ask("GET", "/orders/new", Asked, function, ANYONE)
    one = Ask("GET", "/orders/{kind}", Look, function, ANYONE)
    table = Table([one, new])
    assert table.find("GET", "/orders/new").ask is new
    assert table.find("HEAD", "/orders/svg").ask is one
    assert (table.find("POST", "/orders/new"), table.find("GET", "/orders/a/b")) == (None, None)
    assert (table.methods("/orders/new"), table.methods("/nothing")) == (["GET"], [])
