"""Restart, suspend, resume, drain: what is stored, who is told, what is said, and that it is all audited."""

import asyncio

import pytest

from mailroom.storage.redis.mailbox import Changes, Early
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.reports import By
from tests.supervisors.oncall.station import Chats, Tree


def test_a_suspended_bot_begins_nothing_and_goes_on_in_order_when_resumed(worker, desk, box):
    outcome = desk.act.suspend("shop", desk.by)
    assert (outcome.target, outcome.done, outcome.unfinished, outcome.failed) == ("shop", 1, 1, 0)
    assert "1 message in progress will still come to its end; `drain` waits for it." in outcome.says
    entry = box.accept(7).entry
    assert box.begin(entry) is None
    box.accept(8)
    outcome = desk.act.resume("shop", By("bob", "all well again"))
    assert (outcome.done, "it was suspended by ann: a test" in outcome.says) == (1, True)
    assert box.begin(entry).attempt == 1
    assert box.orders() == [7, 8]


def test_a_resume_has_the_chats_read_again_and_their_crashes_forgotten(worker, desk):
    desk.act.suspend("shop", desk.by)
    desk.act.resume("shop", desk.by)
    assert worker.chats.told[-2:] == [("forgive", "shop:1", "shop:2"), ("reload", "shop:1", "shop:2")]


def test_a_suspension_counts_what_still_runs_and_does_not_wait_for_it(worker, desk):
    assert desk.act.suspend("everything", desk.by).unfinished == 3
    assert worker.chats.told == [("running",)]


def test_a_suspended_target_stays_as_it_was_suspended(worker, desk):
    desk.act.suspend("shop:2", desk.by)
    outcome = desk.act.suspend("shop:2", By("bob", "another reason"))
    assert (outcome.done, outcome.says) == (0, "shop:2 was suspended already, by ann: a test.")
    (kept,) = desk.look.suspensions()
    assert (kept.target, kept.who, kept.why) == ("shop:2", "ann", "a test")


def test_mbx_v7_a_drained_target_commits_nothing(worker, desk, box):
    worker.chats.ends_within_seconds = 5.0
    entry = box.accept(7).entry
    outcome = desk.act.drain("shop", desk.by, seconds=10)
    assert (outcome.unfinished, outcome.failed) == (0, 0)
    assert "commits nothing until it is resumed" in outcome.says
    assert worker.chats.told == [("quiesce", 10.0)]
    # Neither begun by name, nor along with an accept, nor along with the commit of another.
    assert box.begin(entry) is None
    assert box.accept(8, early=Early(5, "a")).begun is None
    assert box.commit(None, Changes(), following=entry).next is None


def test_a_drain_whose_time_is_up_says_how_much_is_left(worker, desk):
    outcome = desk.act.drain("stars", desk.by, seconds=0.05)
    assert outcome.unfinished == 2
    assert "After 0.05 s 2 messages are still being handled" in outcome.says
    assert "commits nothing" not in outcome.says


def test_a_drain_of_what_is_suspended_already_waits_all_the_same(worker, desk):
    worker.chats.ends_within_seconds = 5.0
    desk.act.suspend("shop", desk.by)
    outcome = desk.act.drain("shop", desk.by, seconds=10)
    assert (outcome.done, outcome.unfinished) == (0, 0)
    assert "commits nothing until it is resumed" in outcome.says


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e9])
def test_a_drain_does_not_wait_for_ever(worker, desk, seconds):
    with pytest.raises(OnCallError, match="waits 0 to 3600 seconds"):
        desk.act.drain("shop", desk.by, seconds=seconds)
    assert desk.look.suspensions() == []


def test_processes_that_work_no_chats_are_not_asked_about_them(start, desk):
    web = start("web:1:1", roles=("web",), chats=Chats({"shop:1": 5}))
    assert desk.act.suspend("shop", desk.by).unfinished == 0
    assert web.chats.told == []


def test_a_worker_that_does_not_own_the_chats_has_none_at_work(start, desk):
    start("idle:1:1")
    outcome = desk.act.drain("shop", desk.by, seconds=5)
    assert (outcome.unfinished, outcome.failed) == (0, 0)


def test_a_resume_of_what_is_not_suspended_says_so(worker, desk):
    outcome = desk.act.resume("shop:1", desk.by)
    assert (outcome.done, outcome.says) == (0, "shop:1 was not suspended: there was nothing to do.")
    assert worker.chats.told[-1] == ("reload", "shop:1")


def test_a_resumed_chat_whose_bot_is_suspended_is_said_to_wait_on(worker, desk):
    desk.act.suspend("shop:1", desk.by)
    desk.act.suspend("shop", desk.by)
    assert "still held, because shop is suspended" in desk.act.resume("shop:1", desk.by).says
    desk.act.suspend("everything", desk.by)
    assert "still held, because everything is suspended" in desk.act.resume("shop", desk.by).says


def test_a_chat_that_the_supervisor_parked_is_resumed_like_any_other(worker, desk, box):
    box.accept(7, chat=box.chat)
    entry = box.waiting()[0]
    letter = {"bot": "shop", "chat": "7", "seq": entry.seq, "error": "ValueError: no"}
    box.commit(entry, dead=letter, park=True)
    (parked,) = desk.look.suspensions()
    assert (parked.target, parked.who) == ("shop:7", "supervisor")
    outcome = desk.act.resume("shop:7", desk.by)
    assert (outcome.done, "suspended by supervisor" in outcome.says) == (1, True)
    assert desk.look.suspensions() == []
    assert worker.chats.told[-2:] == [("forgive",), ("reload",)]


def test_a_restart_of_chats_throws_their_actors_away(worker, desk):
    outcome = desk.act.restart("shop", desk.by)
    assert (outcome.done, worker.chats.told) == (2, [("restart", "shop:1", "shop:2")])
    assert "2 chats of shop thrown out of memory" in outcome.says


def test_a_restart_of_a_chat_that_is_not_in_memory_needs_nothing(worker, desk):
    outcome = desk.act.restart("shop:99", desk.by)
    assert (outcome.done, outcome.failed) == (0, 0)
    assert "not in memory: nothing needed doing" in outcome.says


def test_a_node_is_restarted_in_every_process_that_has_it(start, desk):
    one, two = start("one:1:1"), start("two:2:2")
    web = start("web:3:3", tree=Tree(("listener",)))
    outcome = desk.act.restart("timers", desk.by)
    assert (outcome.target, outcome.done, outcome.says) == (
        "chats/timers", 2, "chats/timers is restarted in 2 processes.",
    )  # fmt: skip
    assert one.tree.told == two.tree.told == [("restart", "chats/timers")]
    assert web.tree.told == []


def test_a_node_is_restarted_in_one_process_alone(start, desk):
    one, two = start("one:1:1"), start("two:2:2")
    assert desk.act.restart("timers", desk.by, process="two:2:2").done == 1
    assert (one.tree.told, two.tree.told) == ([], [("restart", "chats/timers")])


def test_a_process_that_is_none_is_answered_with_the_nearest(start, desk):
    start("one:1:1")
    with pytest.raises(UnknownTargetError, match=r'No process is called "one:1:2". Did you mean one:1:1\?'):
        desk.act.restart("timers", desk.by, process="one:1:2")


def test_a_node_that_this_process_does_not_have_cannot_be_restarted_there(start, desk):
    start("one:1:1")
    start("web:3:3", tree=Tree(("listener",)))
    with pytest.raises(OnCallError, match="web:3:3 has no chats/timers now"):
        desk.act.restart("timers", desk.by, process="web:3:3")


def test_a_restart_that_works_in_one_process_and_not_in_another_says_where(start, desk):
    start("one:1:1")
    broken = Tree()
    broken.fault = RuntimeError("chats/timers did not start: no reason given")
    start("two:2:2", tree=broken)
    outcome = desk.act.restart("timers", desk.by)
    assert (outcome.done, outcome.failed) == (1, 1)
    assert "two:2:2: chats/timers did not start" in outcome.says


def test_a_restart_that_works_nowhere_is_an_error(start, desk):
    broken = Tree()
    broken.fault = RuntimeError("it is stuck")
    start("one:1:1", tree=broken)
    with pytest.raises(OnCallError, match=r"was not restarted\. one:1:1: it is stuck"):
        desk.act.restart("timers", desk.by)
    assert desk.look.audit()[0].outcome == "failed: chats/timers was not restarted. one:1:1: it is stuck."


def test_a_suspended_node_is_stopped_everywhere_and_kept(start, desk):
    one, two = start("one:1:1"), start("two:2:2")
    outcome = desk.act.suspend("timers", desk.by)
    assert (outcome.done, outcome.says) == (2, "chats/timers is suspended in 2 processes.")
    assert one.tree.told == two.tree.told == [("suspend", "chats/timers", None)]
    assert [kept.target for kept in desk.look.suspensions()] == ["chats/timers"]
    with pytest.raises(OnCallError, match=r"is suspended, by ann \(a test\): resume it instead"):
        desk.act.restart("timers", desk.by)
    assert desk.act.resume("timers", desk.by).done == 2
    assert one.tree.told[-1] == two.tree.told[-1] == ("resume", "chats/timers")
    assert desk.look.suspensions() == []


def test_a_node_is_put_aside_in_one_process_without_being_kept(start, desk):
    one, two = start("one:1:1"), start("two:2:2")
    desk.act.suspend("timers", desk.by, process="two:2:2")
    assert (one.tree.told, two.tree.told) == ([], [("suspend", "chats/timers", None)])
    assert desk.look.suspensions() == []
    assert desk.act.resume("timers", desk.by).done == 2
    assert two.tree.held == {}


def test_a_node_that_is_suspended_everywhere_is_not_resumed_in_one_process(start, desk):
    one = start("one:1:1")
    desk.act.suspend("timers", desk.by)
    with pytest.raises(OnCallError, match="without naming a process"):
        desk.act.resume("timers", desk.by, process="one:1:1")
    assert "chats/timers" in one.tree.held


def test_bots_and_chats_are_never_suspended_in_one_process_alone(worker, desk):
    for action in (desk.act.suspend, desk.act.drain, desk.act.resume):
        with pytest.raises(OnCallError, match="only a node can be in one process"):
            action("shop", desk.by, process="one:1:1")
    assert desk.look.suspensions() == []


def test_a_drained_node_has_its_seconds_and_one_that_does_not_stop_is_unfinished(start, desk):
    tree = Tree()
    start("one:1:1", tree=tree)
    assert desk.act.drain("timers", desk.by, seconds=7).unfinished == 0
    assert tree.told == [("suspend", "chats/timers", 7.0)]
    tree.fault = RuntimeError("chats/bots does not stop: it is stuck")
    outcome = desk.act.drain("chats/bots", desk.by, seconds=7)
    assert (outcome.unfinished, outcome.failed) == (1, 1)
    assert "one:1:1: chats/bots does not stop: it is stuck." in outcome.says


def test_a_node_that_its_supervisor_parked_is_resumed_though_nothing_was_stored(start, desk):
    one = start("one:1:1")
    one.tree.parked.add("chats/timers")
    assert desk.act.resume("timers", desk.by).done == 1
    assert one.tree.told == [("resume", "chats/timers")]


def test_a_resume_of_a_node_that_runs_says_so(start, desk):
    start("one:1:1")
    outcome = desk.act.resume("timers", desk.by)
    assert (outcome.done, outcome.says) == (0, "chats/timers was not suspended: there was nothing to do.")


def test_a_node_that_nobody_has_any_more_can_be_resumed(start, desk, no_farewell):
    one = start("one:1:1")
    desk.act.suspend("timers", desk.by)
    one.close()
    start("two:2:2", tree=Tree(("listener",)))
    assert desk.act.resume("timers", desk.by).done == 1
    assert desk.look.suspensions() == []


@pytest.mark.parametrize("target", ["oncall", "stores", "stores/redis", "node/oncall"])
def test_what_brings_the_order_to_resume_is_not_put_aside(start, desk, target):
    one = start("one:1:1")
    for action in (desk.act.suspend, desk.act.drain):
        with pytest.raises(OnCallError, match="cannot be suspended or drained"):
            action(target, desk.by)
    assert (one.tree.told, desk.look.suspensions()) == ([], [])
    assert desk.act.restart(target, desk.by).done == 1


def test_while_no_process_runs_chats_can_be_put_aside_beforehand(desk, box):
    assert desk.act.suspend("shop:7", desk.by).done == 1
    assert box.accept(7).status == "suspended"
    assert desk.act.resume("shop:7", desk.by).done == 1


def test_every_action_is_written_down_with_who_and_why_and_what_came_of_it(worker, desk):
    desk.act.suspend("shop", By("ann", "  the  till\nis broken "))
    desk.act.restart("timers", By("bob", "it hangs"))
    with pytest.raises(UnknownTargetError):
        desk.act.drain("shpo", By("eve", "typing"))
    lines = [(one.who, one.action, one.target, one.why) for one in desk.look.audit()]
    assert lines == [
        ("eve", "drain", "shpo", "typing"),
        ("bob", "restart", "chats/timers", "it hangs"),
        ("ann", "suspend", "shop", "the till is broken"),
    ]
    outcomes = [one.outcome for one in desk.look.audit()]
    assert outcomes[0].startswith('failed: Nothing is called "shpo"')
    assert outcomes[1] == "chats/timers is restarted in 1 process."


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (By("ann", " \n "), "Say why"),
        (By("", "because"), "Say who"),
        (By("a" * 201, "because"), "at most 200"),
        (By("ann", "b" * 1001), "at most 200"),
    ],
)
def test_an_action_that_nobody_answers_for_is_refused(worker, desk, by, said):
    actions = (desk.act.restart, desk.act.suspend, desk.act.resume, desk.act.drain)
    for action in (*actions, desk.letters.skip, desk.dead.requeue, desk.dead.drop):
        with pytest.raises(OnCallError, match=said):
            action("shop", by)
    with pytest.raises(OnCallError, match=said):
        desk.dead.edit("shop:1:1", "{}", by)
    assert (desk.look.audit(), desk.look.suspensions(), worker.chats.told) == ([], [], [])


def test_an_action_that_is_broken_off_is_written_down_too(worker, desk, monkeypatch):
    told = asyncio.Event()

    async def ask_for_ever(*_):
        told.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(desk.oncall.context.rpc, "ask", ask_for_ever)

    async def break_off():
        task = asyncio.ensure_future(desk.oncall.act.drain("shop", desk.by, seconds=30))
        await told.wait()
        task.cancel()
        await asyncio.wait({task})
        await asyncio.gather(*desk.oncall.context._writing)

    desk.runner.run(break_off())
    (line,) = desk.look.audit()
    assert (line.action, line.target, line.who) == ("drain", "shop", "ann")
    assert "broken off" in line.outcome
