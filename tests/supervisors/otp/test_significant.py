"""Supervisors that end when significant children do (statements A1 to A5)."""

import pytest

from mailroom.supervisors.otp.spec import ChildSpec, SpecError, SupervisorSpec
from tests.supervisors.otp.tree import Worker, running, simulated

UP = "a? a+ b? b+"
OVER = "ended:shutdown"


@pytest.mark.parametrize(
    ("auto_shutdown", "restart"),
    [("never", "transient"), ("any_significant", "permanent"), ("all_significant", "permanent")],
)
@simulated
async def test_otp_a1_significant_is_refused_where_it_could_never_matter(auto_shutdown, restart):
    child = ChildSpec("a", Worker(), restart=restart, significant=True)
    with pytest.raises(SpecError, match="a: "):
        SupervisorSpec((child,), auto_shutdown=auto_shutdown)
    async with running(SupervisorSpec(auto_shutdown=auto_shutdown)) as tree:
        with pytest.raises(SpecError, match="a: "):
            await tree.supervisor.start_child(child)
        assert tree.supervisor.which_children() == []


def test_otp_a1_start_child_refuses_it_as_otp_does(happens):
    assert happens("one_for_one", do="add a transient significant, which") == ["", "invalid", "[]"]


@pytest.mark.parametrize(
    ("restart", "way"),
    [("transient", "normal"), ("transient", "shutdown"), ("temporary", "crash"), ("temporary", "normal")],
)
def test_otp_a2_any_significant_ends_it_in_reverse_order(happens, restart, way):
    child = f"b {restart} significant"
    assert happens("one_for_one 1 any_significant", "a", child, "c", "d", do=f"{way} b") == [
        f"{UP} c? c+ d? d+",
        f"b-{way} d-shutdown c-shutdown a-shutdown {OVER}",
    ]


def test_otp_a2_the_end_of_another_child_does_not(happens):
    assert happens(
        "one_for_one 1 any_significant", "a transient significant", "b transient", do="normal b"
    ) == [
        UP,
        "b-normal",
    ]


def test_otp_a3_a_transient_one_that_crashes_is_restarted(happens):
    assert happens("one_for_one 1 any_significant", "a transient significant", "b", do="crash a") == [
        UP,
        "a-crash a? a+",
    ]


def test_otp_a4_all_significant_waits_for_the_last_one(happens):
    children = "a transient significant", "b temporary significant", "c"
    assert happens("one_for_one 1 all_significant", *children, do="crash b, normal a") == [
        f"{UP} c? c+",
        "b-crash",
        f"a-normal c-shutdown {OVER}",
    ]


def test_otp_a4_one_that_is_being_restarted_is_still_active(happens):
    children = "a transient 30 quick ok,held_error,ok significant", "b transient significant"
    assert happens("one_for_one 5 all_significant", *children, do="crash a / normal b, which, normal a") == [
        UP,
        "a-crash a? b-normal a! a? a+",
        "[a b=stopped]",
        f"a-normal {OVER}",
    ]


@pytest.mark.parametrize("which", ["any_significant", "all_significant"])
def test_otp_a5_a_stop_by_the_supervisor_itself_never_ends_it(happens, which):
    children = "a", "b transient significant"
    assert happens(f"one_for_all 1 {which}", *children, do="terminate b, restart b, crash a, which") == [
        UP,
        "b-shutdown ok",
        "b? b+ ok",
        f"a-crash b-shutdown {UP}",
        "[a b]",
    ]


def test_otp_a5_nor_does_losing_a_temporary_one_that_way(happens):
    children = "a", "b temporary significant"
    assert happens("one_for_all 1 any_significant", *children, do="crash a, which") == [
        UP,
        "a-crash b-shutdown a? a+",
        "[a]",
    ]


def test_otp_a5_a_supervisor_that_ends_this_way_may_be_significant_itself(happens):
    below = ["s transient significant", "one_for_one 1 any_significant", ["b transient significant"]]
    assert happens("one_for_one 1 any_significant", "a", below, do="normal b") == [
        UP,
        f"b-normal a-shutdown {OVER}",
    ]
