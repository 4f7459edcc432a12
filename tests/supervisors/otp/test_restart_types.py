"""Who is restarted after which end (statements R1 to R6)."""

import pytest

WAYS = ("crash", "normal", "shutdown")


@pytest.mark.parametrize("way", WAYS)
def test_otp_r1_a_permanent_child_is_restarted_however_it_ends(happens, way):
    assert happens("one_for_one", "a permanent", do=f"{way} a") == ["a? a+", f"a-{way} a? a+"]


@pytest.mark.parametrize("way", ["normal", "shutdown"])
def test_otp_r2_a_transient_child_that_ends_well_is_left_alone_and_its_spec_stays(happens, way):
    assert happens("one_for_one", "a transient", do=f"{way} a, which, restart a, which") == [
        "a? a+",
        f"a-{way}",
        "[a=stopped]",
        "a? a+ ok",
        "[a]",
    ]


def test_otp_r2_a_transient_child_that_crashes_is_restarted(happens):
    assert happens("one_for_one", "a transient", do="crash a") == ["a? a+", "a-crash a? a+"]


@pytest.mark.parametrize("way", WAYS)
def test_otp_r3_a_temporary_child_is_never_restarted_and_forgotten(happens, way):
    assert happens("one_for_one", "a temporary", do=f"{way} a, which, restart a") == [
        "a? a+",
        f"a-{way}",
        "[]",
        "not_found",
    ]


@pytest.mark.parametrize("strategy", ["one_for_all", "rest_for_one"])
def test_otp_r4_a_temporary_child_stopped_because_of_another_leaves_the_list(happens, strategy):
    assert happens(strategy, "a", "b temporary", "c", do="crash a, which") == [
        "a? a+ b? b+ c? c+",
        "a-crash c-shutdown b-shutdown a? a+ c? c+",
        "[a c]",
    ]


@pytest.mark.parametrize("strategy", ["one_for_all", "rest_for_one"])
def test_otp_r5_a_transient_child_stopped_because_of_another_is_restarted_with_the_group(happens, strategy):
    assert happens(strategy, "a", "b transient", do="crash a, which") == [
        "a? a+ b? b+",
        "a-crash b-shutdown a? a+ b? b+",
        "[a b]",
    ]


def test_otp_r5_so_is_one_that_had_ended_by_itself_or_was_terminated(happens):
    assert happens("one_for_all", "a", "b transient", "c", do="normal b, terminate c, crash a, which") == [
        "a? a+ b? b+ c? c+",
        "b-normal",
        "c-shutdown ok",
        "a-crash a? a+ b? b+ c? c+",
        "[a b c]",
    ]


@pytest.mark.parametrize("strategy", ["one_for_all", "rest_for_one"])
@pytest.mark.parametrize(
    ("restart", "way"),
    [("transient", "normal"), ("transient", "shutdown"), *(("temporary", way) for way in WAYS)],
)
def test_otp_r6_an_end_that_is_not_followed_by_a_restart_touches_nobody(happens, strategy, restart, way):
    # Intensity 0: it is not counted either.
    assert happens(f"{strategy} 0", f"a {restart}", "b", do=f"{way} a") == ["a? a+ b? b+", f"a-{way}"]
