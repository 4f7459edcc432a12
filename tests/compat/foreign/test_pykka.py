"""Pykka's own tests, of the version installed here, with our actors and futures in the place of threads."""

import pytest

DIFFERENCES = {
    "tests/test_actor.py::test_on_start_failure_causes_actor_to_stop[threading]": (
        "`actor_stopped` has no `wait`, which would block a loop: await `wait_for_end()`"
    ),
    "tests/test_logging.py::test_base_exception_is_logged[threading]": (
        "a BaseException travels up the nursery, which ends the program: nobody stops all actors and says so"
    ),
}


@pytest.mark.long
@pytest.mark.timeout(300)
def test_pykkas_own_tests_pass_over_our_actors_but_for_what_is_said(run_theirs):
    passed = run_theirs("pykka", "on_trio", needs=["pytest-mock==3.15.1"], differences=DIFFERENCES)
    assert passed > 100
