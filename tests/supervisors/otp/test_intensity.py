"""How often children may be restarted, and what happens when it is too often (statements I1 to I8)."""

import pytest
import trio

from mailroom.supervisors.otp.errors import GaveUp
from mailroom.supervisors.otp.spec import ChildSpec, SupervisorSpec
from tests.supervisors.otp.tree import Worker, running, simulated


@pytest.mark.parametrize("intensity", [0, 1, 3])
def test_otp_i1_more_than_intensity_gives_up(happens, intensity):
    crashes = ["crash a"] * (intensity + 1)
    assert happens(f"one_for_one {intensity}", "a", do=", ".join(crashes)) == [
        "a? a+",
        *["a-crash a? a+"] * intensity,
        "a-crash ended:shutdown",
    ]


def test_otp_i1_the_crashes_of_all_children_count_together(happens):
    assert happens("one_for_one 1", "a", "b", do="crash a, crash b") == [
        "a? a+ b? b+",
        "a-crash a? a+",
        "b-crash a-shutdown ended:shutdown",
    ]


@pytest.mark.parametrize(
    ("crashes_at", "gives_up"),
    [
        ((0.0, 1.0), True),
        ((0.3, 1.9), True),  # 1.6 s apart, and yet in two neighbouring seconds
        ((0.9, 2.0), False),  # 1.1 s apart, and yet not
        ((0.0, 2.2, 4.4, 6.6, 8.8), False),
    ],
)
@simulated
async def test_otp_i2_whole_seconds_count_and_both_ends_of_the_window(crashes_at, gives_up):
    worker = Worker()
    async with running(SupervisorSpec((ChildSpec("a", worker),), intensity=1, period=1)) as tree:
        for moment in crashes_at:
            await trio.sleep_until(moment)
            await worker.crash()
        assert tree.ended.is_set() is gives_up


@pytest.mark.parametrize("strategy", ["one_for_all", "rest_for_one"])
def test_otp_i3_a_crash_counts_once_however_many_are_restarted(happens, strategy):
    up = "a? a+ b? b+ c? c+"
    again = f"a-crash c-shutdown b-shutdown {up}"
    assert happens(f"{strategy} 2", "a", "b", "c", do="crash a, crash a, crash a") == [
        up,
        again,
        again,
        "a-crash c-shutdown b-shutdown ended:shutdown",
    ]


def test_otp_i4_a_restart_that_fails_is_tried_again_at_once_and_each_try_counts(happens):
    assert happens("one_for_one 3", "a permanent 30 quick ok,error", do="crash a") == [
        "a? a+",
        "a-crash a? a! a? a! a? a! ended:shutdown",
    ]
    assert happens(
        "one_for_one 3", "a permanent 30 quick ok,error,error,ok", do="crash a, which, crash a"
    ) == [
        "a? a+",
        "a-crash a? a! a? a! a? a+",
        "[a]",
        "a-crash ended:shutdown",
    ]


def test_otp_i4_others_are_heard_between_the_tries(happens):
    # What was asked while the start failed is answered before the next one.
    assert happens(
        "one_for_one 5",
        "a permanent 30 quick ok,held_error,ok",
        "b",
        do="crash a / terminate b / delete b / delete a / restart a, which",
    ) == ["a? a+ b? b+", "a-crash a? a! b-shutdown a? a+ ok ok restarting restarting", "[a]"]


def test_otp_i4_whoever_is_terminated_between_the_tries_is_left_alone(happens):
    assert happens(
        "one_for_one 5", "a permanent 30 quick ok,held_error,ok", do="crash a / terminate a, which"
    ) == [
        "a? a+",
        "a-crash a? a! ok",
        "[a=stopped]",
    ]


@simulated
async def test_otp_i4_there_is_no_pause_between_the_tries():
    worker = Worker()
    async with running(SupervisorSpec((ChildSpec("a", worker),), intensity=5)):
        worker.failing = 3
        await worker.crash()
        assert worker.started_at == [0.0] * 5


def test_otp_i5_a_supervisor_that_gives_up_stops_the_rest_in_reverse_and_ends_with_shutdown(happens):
    assert happens("one_for_one 0", "a", "b", "c", do="crash b") == [
        "a? a+ b? b+ c? c+",
        "b-crash c-shutdown a-shutdown ended:shutdown",
    ]


@pytest.mark.parametrize(
    ("restart", "then"), [("permanent", " b? b+ c? c+"), ("transient", ""), ("temporary", "")]
)
def test_otp_i5_above_it_that_is_no_failure_so_only_a_permanent_one_is_restarted(happens, restart, then):
    assert happens("one_for_one 9", "a", [f"s {restart}", "one_for_one 0", ["b", "c"]], do="crash b") == [
        "a? a+ b? b+ c? c+",
        f"b-crash c-shutdown{then}",
    ]


@simulated
async def test_otp_i5_it_says_who_crashed_too_often_and_why():
    worker = Worker()
    async with running(SupervisorSpec((ChildSpec("a", worker),), intensity=0)) as tree:
        await worker.crash(RuntimeError("no paper"))
        assert isinstance(tree.outcome, GaveUp)
        assert "RuntimeError: no paper" in str(tree.outcome)
        assert tree.told()[-2:] == ["exited a crash", "gave_up a crash"]


def test_otp_i6_what_is_done_by_hand_does_not_count(happens):
    by_hand = "terminate a, restart a"
    assert happens("one_for_all 1", "a", "b", do=f"{by_hand}, {by_hand}, {by_hand}, crash a, which") == [
        "a? a+ b? b+",
        *["a-shutdown ok", "a? a+ ok"] * 3,
        "a-crash b-shutdown a? a+ b? b+",
        "[a b]",
    ]


def test_otp_i7_in_rest_for_one_the_retry_goes_on_from_who_failed(happens):
    assert happens(
        "rest_for_one 5", "a", "b", "c permanent 30 quick ok,error,error,ok", "d", do="crash b"
    ) == [
        "a? a+ b? b+ c? c+ d? d+",
        "b-crash d-shutdown c-shutdown b? b+ c? c! c? c! c? c+ d? d+",
    ]


def test_otp_i7_in_one_for_all_the_retry_stops_who_was_back_already_and_begins_again(happens):
    some = "a? a+ b? b+"
    assert happens("one_for_all 5", "a", "b", "c permanent 30 quick ok,error,ok", "d", do="crash b") == [
        "a? a+ b? b+ c? c+ d? d+",
        f"b-crash d-shutdown c-shutdown a-shutdown {some} c? c! b-shutdown a-shutdown {some} c? c+ d? d+",
    ]


def test_otp_i7_those_after_who_failed_are_not_started_and_the_failed_one_is_restarting(happens):
    assert happens(
        "rest_for_one 5",
        "a",
        "b permanent 30 quick ok,held_error,ok",
        "c",
        do="crash a / restart b / delete c / delete a, which",
    ) == [
        "a? a+ b? b+ c? c+",
        "a-crash c-shutdown b-shutdown a? a+ b? b! b? b+ restarting ok running",
        "[a b]",
    ]


def test_otp_i7_a_retry_overtaken_by_a_crash_is_not_left_restarting(happens):
    # b's retry begins with a, which is terminated before its own: nothing is under way any more.
    assert happens(
        "one_for_all 3",
        "a permanent 30 quick ok,ignore,held_error",
        "b permanent 30 quick ok,error,ok",
        "c",
        do="crash c / terminate a, which, restart b",
    ) == [
        "a? a+ b? b+ c? c+",
        "c-crash b-shutdown a-shutdown a? a~ b? b! a? a! ok",
        "[a=stopped b=stopped c=stopped]",
        "b? b+ ok",
    ]


def test_otp_i7_a_retry_that_is_due_serves_a_later_failure_too(happens):
    # The first failure of b queues a retry behind the crash of a; the crash of a makes b fail again.
    assert happens(
        "rest_for_one 3",
        "a permanent 30 quick ok,dies,dies,ok",
        "b permanent 30 quick ok,error,error,ok",
        do="crash a, which",
    ) == [
        "a? a+ b? b+",
        "a-crash b-shutdown a? a+ a-crash b? b! a? a+ a-crash b? b! b? b+ b-shutdown ended:shutdown",
        "",
    ]


def test_otp_i8_limits_multiply_up_the_tree(happens):
    # Each life of s bears one restart of b, and three lives of s are two restarts of it.
    life, last = "b-crash b? b+", "b-crash b? b+"
    assert happens("one_for_one 2", ["s", "one_for_one 1", ["b"]], do=", ".join(["crash b"] * 6)) == [
        "b? b+",
        life,
        last,
        life,
        last,
        life,
        "b-crash ended:shutdown",
    ]
