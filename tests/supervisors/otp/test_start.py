"""How a supervisor and its children start (statements S1 to S7)."""

from dataclasses import replace

import pytest
import trio

from mailroom.supervisors.otp.child import EndedEarlyError, Ignore, Life, Shutdown
from mailroom.supervisors.otp.errors import AlreadyPresentError, AlreadyStartedError, FailedToStartError
from mailroom.supervisors.otp.spec import ChildSpec, SpecError, SupervisorSpec
from tests.supervisors.otp.tree import Worker, running, simulated


def test_otp_s1_children_start_in_list_order_one_at_a_time(happens):
    # While b has not returned from its start nobody else is started.
    assert happens("one_for_one", "a", "b permanent 30 quick held_ok", "c") == ["a? a+ b? b+ c? c+"]


@simulated
async def test_otp_s1_the_next_child_waits_for_the_one_before():
    let_it = trio.Event()

    async def slow(life: Life) -> None:
        await let_it.wait()
        life.started()
        await trio.sleep_forever()

    after = Worker()
    async with running(SupervisorSpec((ChildSpec("slow", slow), ChildSpec("after", after)))) as tree:
        assert tree.told() == ["starting slow"]
        let_it.set()
        await tree.up.wait()
        assert tree.told() == ["starting slow", "started slow", "starting after", "started after"]


@simulated
async def test_otp_s2_a_supervisor_is_up_when_all_its_children_are():
    let_it = trio.Event()

    async def slow(life: Life) -> None:
        await let_it.wait()
        life.started()
        await trio.sleep_forever()

    below = SupervisorSpec((ChildSpec("first", Worker()), ChildSpec("slow", slow)))
    after = Worker()
    async with running(
        SupervisorSpec((ChildSpec("below", supervise=below), ChildSpec("after", after)))
    ) as tree:
        assert (tree.up.is_set(), after.starts) == (False, 0)
        let_it.set()
        await tree.up.wait()
        assert after.starts == 1


def test_otp_s3_a_start_that_fails_stops_the_others_in_reverse_and_fails_the_supervisor(happens):
    assert happens("one_for_all", "a", "b", "c permanent 30 quick error", "d") == [
        "a? a+ b? b+ c? c! b-shutdown a-shutdown failed_to_start:c"
    ]


@simulated
async def test_otp_s3_the_error_names_the_child_and_carries_what_it_raised():
    worker = Worker()
    worker.failing = 1
    below = SupervisorSpec((ChildSpec("worker", worker),))
    async with running(SupervisorSpec((ChildSpec("below", supervise=below),))) as tree:
        await tree.ended.wait()
    assert isinstance(tree.outcome, FailedToStartError)
    assert tree.outcome.path == "below"
    assert isinstance(tree.outcome.error, FailedToStartError)
    assert tree.outcome.error.path == "below/worker"
    assert "failed to start" in str(tree.outcome.error)


def test_otp_s4_a_declined_start_keeps_the_spec_but_not_of_a_temporary_child(happens):
    assert happens(
        "one_for_one",
        "a permanent 30 quick ignore",
        "b temporary 30 quick ignore",
        "c",
        do="which, restart a",
    ) == ["a? a~ b? b~ c? c+", "[a=stopped c]", "a? a~ ignored"]


@simulated
async def test_otp_s4_a_child_may_give_information_when_it_starts():
    async with running(SupervisorSpec((ChildSpec("a", Worker()),))) as tree:
        assert tree.supervisor.children["a"].info == "start 1"


@simulated
async def test_otp_s4_a_child_that_returns_without_having_started_has_failed_to_start():
    async def forgetful(life: Life) -> None:
        pass

    async with running(SupervisorSpec((ChildSpec("a", forgetful),))) as tree:
        await tree.ended.wait()
    assert isinstance(tree.outcome, FailedToStartError)
    assert isinstance(tree.outcome.error, EndedEarlyError)


@simulated
async def test_otp_s4_a_start_that_raises_shutdown_has_failed_all_the_same():
    async def leaves(life: Life) -> None:
        raise Shutdown

    async with running(SupervisorSpec((ChildSpec("a", leaves),))) as tree:
        await tree.ended.wait()
    assert isinstance(tree.outcome, FailedToStartError)


@simulated
async def test_otp_s4_ignore_after_the_start_is_a_crash():
    async def late(life: Life) -> None:
        life.started()
        raise Ignore

    async with running(SupervisorSpec((ChildSpec("a", late, restart="temporary"),))) as tree:
        assert "exited a crash" in tree.told()


def test_otp_s5_ids_are_unique():
    with pytest.raises(SpecError, match="two children have the id a"):
        SupervisorSpec((ChildSpec("a", Worker()), ChildSpec("a", Worker())))


def test_otp_s5_start_child_with_an_id_that_is_taken_is_refused(happens):
    assert happens(
        "one_for_one",
        "a",
        "b",
        do="terminate b, add a temporary, add b temporary, which, restart b, normal b",
    ) == [
        "a? a+ b? b+",
        "b-shutdown ok",
        "already_started",
        "already_present",
        "[a b=stopped]",
        "b? b+ ok",
        "b-normal b? b+",  # the old spec is still there: it is permanent
    ]


@simulated
async def test_otp_s5_whether_the_child_runs_is_in_the_error():
    async with running(SupervisorSpec((ChildSpec("a", Worker()),))) as tree:
        with pytest.raises(AlreadyStartedError):
            await tree.supervisor.start_child(ChildSpec("a", Worker()))
        await tree.supervisor.terminate_child("a")
        with pytest.raises(AlreadyPresentError):
            await tree.supervisor.start_child(ChildSpec("a", Worker()))


def test_otp_s6_defaults():
    spec = SupervisorSpec()
    assert (spec.strategy, spec.intensity, spec.period, spec.auto_shutdown) == ("one_for_one", 1, 5, "never")
    worker = ChildSpec("a", Worker())
    assert (worker.restart, worker.type, worker.shutdown_limit, worker.significant) == (
        "permanent",
        "worker",
        5.0,
        False,
    )
    supervisor = ChildSpec("a", supervise=spec)
    assert (supervisor.type, supervisor.shutdown_limit) == ("supervisor", "infinity")
    # Our deviations are off unless asked for.
    assert (spec.backoff, spec.give_up, worker.traps_exit) == (None, "escalate", False)


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        ("intensity", (0, 1, 100), (-1, 1.5, "1", None, True)),
        ("period", (1, 3600), (0, -1, 1.5, None)),
        ("strategy", ("one_for_one", "one_for_all", "rest_for_one"), ("simple", "", None)),
        ("auto_shutdown", ("never", "any_significant", "all_significant"), ("always", None)),
    ],
)
def test_otp_s7_flags_are_checked(field, right, wrong):
    for value in right:
        replace(SupervisorSpec(), **{field: value})
    for value in wrong:
        with pytest.raises(SpecError, match=field):
            replace(SupervisorSpec(), **{field: value})


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        ("shutdown", (0, 1, 0.1, "infinity", "brutal_kill", None), (-1, "soon", True)),
        ("restart", ("permanent", "transient", "temporary"), ("sometimes", None)),
        ("id", ("a", "a.b"), ("", "a/b")),
        ("start", (Worker(),), (None,)),
    ],
)
def test_otp_s7_child_specs_are_checked(field, right, wrong):
    good = ChildSpec("a", Worker())
    for value in right:
        replace(good, **{field: value})
    for value in wrong:
        with pytest.raises(SpecError):
            replace(good, **{field: value})


def test_otp_s7_a_child_is_a_worker_or_a_supervisor_and_not_both():
    with pytest.raises(SpecError, match="either start or supervise"):
        ChildSpec("a", Worker(), SupervisorSpec())
