"""A row of the table of what a page may ask: what could not be asked is refused where it is written."""

import pytest

from mailroom.actors.pages.ask import ANYONE, KNOWN, Ask, Asked, AskError, Upload
from mailroom.actors.pages.page import Page, Section


class OfOrder(Asked):
    """An order."""

    number: int


class Csv(Asked):
    """A file."""

    file: bytes


class Keyed(Asked):
    """Reads what the platform reads."""

    key: str


async def answer(_room, _visit, _asked):
    """Nothing."""


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Ask("GET", "orders", OfOrder, answer, KNOWN), "a path is written /orders/{number}"),
        (lambda: Ask("GET", "/orders/{id}", OfOrder, answer, KNOWN), "has no field 'id'"),
        (lambda: Ask("POST", "/orders", Keyed, answer, KNOWN), "'key' is read by the platform"),
        (lambda: Ask("POST", "/goods", Csv, answer, KNOWN), "has a field `file` where the ask takes one"),
        (lambda: Ask("POST", "/goods", OfOrder, answer, KNOWN, takes=Upload(9)), "has a field `file` where"),
        (lambda: Ask("GET", "/goods", OfOrder, answer, KNOWN, keyed=True), "needs no key"),
        (lambda: Ask("GET", "/goods", OfOrder, answer, frozenset()), "say who may"),
        (lambda: Ask("GET", "/goods", OfOrder, answer, "owner"), "may is several roles: write {'owner'}"),
    ],
)
def test_what_could_not_be_asked_is_refused_where_it_is_written(make, says):
    with pytest.raises(AskError, match=says.replace("{", r"\{")):
        make()


def test_a_get_changes_nothing_and_whatever_else_is_asked_does_unless_it_says_so():
    assert not Ask("GET", "/orders/{number}", OfOrder, answer, ANYONE).changes
    assert Ask("POST", "/orders/{number}/pay", OfOrder, answer, KNOWN).changes
    assert not Ask("POST", "/quote", OfOrder, answer, KNOWN, changes=False).changes


def test_an_ask_has_a_name_that_the_command_line_can_say():
    assert Ask("POST", "/orders/{number}/pay", OfOrder, answer, KNOWN).name == "post-orders-number-pay"


def test_no_table_has_a_question_twice_and_no_link_acts(tmp_path):
    ask = Ask("POST", "/orders/{number}/pay", OfOrder, answer, KNOWN)
    with pytest.raises(AskError, match=r"POST /orders/.* is there twice"):
        Section("Shop", tmp_path, [ask, ask])
    with pytest.raises(AskError, match="mail scanners"):
        Page(tmp_path, [], links=[ask])
