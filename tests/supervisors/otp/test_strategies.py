"""Who is stopped and restarted with whom (statements T1 to T5; T4 is in `test_dynamic.py`)."""

import pytest

UP = "a? a+ b? b+ c? c+"


def test_otp_t1_one_for_one_restarts_only_the_one(happens):
    assert happens("one_for_one", "a", "b", "c", do="crash b") == [UP, "b-crash b? b+"]


@pytest.mark.parametrize(
    ("crashed", "stopped"),
    [("a", "c-shutdown b-shutdown"), ("b", "c-shutdown a-shutdown"), ("c", "b-shutdown a-shutdown")],
)
def test_otp_t2_one_for_all_stops_the_rest_in_reverse_and_starts_all_in_order(happens, crashed, stopped):
    assert happens("one_for_all", "a", "b", "c", do=f"crash {crashed}") == [
        UP,
        f"{crashed}-crash {stopped} {UP}",
    ]


@pytest.mark.parametrize(
    ("crashed", "then"),
    [
        ("a", "c-shutdown b-shutdown a? a+ b? b+ c? c+"),
        ("b", "c-shutdown b? b+ c? c+"),
        ("c", "c? c+"),
    ],
)
def test_otp_t3_rest_for_one_stops_and_starts_the_one_and_those_after_it(happens, crashed, then):
    assert happens("rest_for_one", "a", "b", "c", do=f"crash {crashed}") == [UP, f"{crashed}-crash {then}"]


def test_otp_t5_a_child_keeps_its_place_and_an_added_one_goes_last(happens):
    assert happens(
        "rest_for_one 9",
        "a",
        "b",
        "c",
        do="add d, crash b, terminate c, restart c, which, delete c,"
        " terminate c, delete c, add c, which, crash a",
    ) == [
        UP,
        "d? d+ ok",
        "b-crash d-shutdown c-shutdown b? b+ c? c+ d? d+",
        "c-shutdown ok",
        "c? c+ ok",
        "[a b c d]",
        "running",
        "c-shutdown ok",
        "ok",
        "c? c+ ok",
        "[a b d c]",
        "a-crash c-shutdown d-shutdown b-shutdown a? a+ b? b+ d? d+ c? c+",
    ]
