"""Restart, suspend, resume, drain: what is stored, who is told, what is said, and that it is all audited."""

import asyncio

import pytest

from mailroom.storage.redis.mailbox import Changes, Early
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.reports import By
from tests.supervisors.oncall.fake_process import Chats, Tree


def test_a_suspended_bot_begins_nothing_and_goes_on_in_order_when_resumed(worker, oncall, box):
    outcome = oncall.act.suspend("shop", oncall.by)
    assert (outcome.target, outcome.done, outcome.unfinished, outcome.failed) == ("shop", 1, 1, 0)
    assert "1 message in progress will still come to its end; `drain` waits for it." in outcome.says
    entry = box.accept(7).entry
    assert box.begin(entry) is None
    box.accept(8)
    outcome = oncall.act.resume("shop", By("bob", "all well again"))
    assert (outcome.done, "it was suspended by ann: a test" in outcome.says) == (1, True)
    assert box.begin(entry).attempt == 1
    assert box.orders() == [7, 8]


def test_a_resume_has_the_chats_read_again_and_their_crashes_forgotten(worker, oncall):
    oncall.act.suspend("shop", oncall.by)
    oncall.act.resume("shop", oncall.by)
    assert worker.chats.told[-2:] == [("forgive", "shop:1", "shop:2"), ("reload", "shop:1", "shop:2")]


def test_a_suspension_counts_what_still_runs_and_does_not_wait_for_it(worker, oncall):
    assert oncall.act.suspend("everything", oncall.by).unfinished == 3
    assert worker.chats.told == [("running",)]


def test_a_suspended_target_stays_as_it_was_suspended(worker, oncall):
    oncall.act.suspend("shop:2", oncall.by)
    outcome = oncall.act.suspend("shop:2", By("bob", "another reason"))
    assert (outcome.done, outcome.says) == (0, "shop:2 was suspended already, by ann: a test.")
    (kept,) = oncall.look.suspensions()
    assert (kept.target, kept.who, kept.why) == ("shop:2", "ann", "a test")


def test_mbx_v7_a_drained_target_commits_nothing(worker, oncall, box):
    worker.chats.ends_within_seconds = 5.0
    entry = box.accept(7).entry
    outcome = oncall.act.drain("shop", oncall.by, seconds=10)
    assert (outcome.unfinished, outcome.failed) == (0, 0)
    assert "commits nothing until it is resumed" in outcome.says
    assert worker.chats.told == [("quiesce", 10.0)]
    # Neither begun by name, nor along with an accept, nor along with the commit of another.
    assert box.begin(entry) is None
    assert box.accept(8, early=Early(5, "a")).begun is None
    assert box.commit(None, Changes(), following=entry).next is None


def test_a_drain_whose_time_is_up_says_how_much_is_left(worker, oncall):
    outcome = oncall.act.drain("stars", oncall.by, seconds=0.05)
    assert outcome.unfinished == 2
    assert "After 0.05 s 2 messages are still being handled" in outcome.says
    assert "commits nothing" not in outcome.says


def test_a_drain_of_what_is_suspended_already_waits_all_the_same(worker, oncall):
    worker.chats.ends_within_seconds = 5.0
    oncall.act.suspend("shop", oncall.by)
    outcome = oncall.act.drain("shop", oncall.by, seconds=10)
    assert (outcome.done, outcome.unfinished) == (0, 0)
    assert "commits nothing until it is resumed" in outcome.says


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e9])
def test_a_drain_does_not_wait_for_ever(worker, oncall, seconds):
    with pytest.raises(OnCallError, match="waits 0 to 3600 seconds"):
        oncall.act.drain("shop", oncall.by, seconds=seconds)
    assert oncall.look.suspensions() == []


def test_processes_that_work_no_chats_are_not_asked_about_them(start, oncall):
    web = start("web:1:1", roles=("web",), chats=Chats({"shop:1": 5}))
    assert oncall.act.suspend("shop", oncall.by).unfinished == 0
    assert web.chats.told == []


def test_a_worker_that_does_not_own_the_chats_has_none_at_work(start, oncall):
    start("idle:1:1")
    outcome = oncall.act.drain("shop", oncall.by, seconds=5)
    assert (outcome.unfinished, outcome.failed) == (0, 0)


def test_a_resume_of_what_is_not_suspended_says_so(worker, oncall):
    outcome = oncall.act.resume("shop:1", oncall.by)
    assert (outcome.done, outcome.says) == (0, "shop:1 was not suspended: there was nothing to do.")
    assert worker.chats.told[-1] == ("reload", "shop:1")


def test_a_resumed_chat_whose_bot_is_suspended_is_said_to_wait_on(worker, oncall):
    oncall.act.suspend("shop:1", oncall.by)
    oncall.act.suspend("shop", oncall.by)
    assert "still held, because shop is suspended" in oncall.act.resume("shop:1", oncall.by).says
    oncall.act.suspend("everything", oncall.by)
    assert "still held, because everything is suspended" in oncall.act.resume("shop", oncall.by).says


def test_a_chat_that_the_supervisor_parked_is_resumed_like_any_other(worker, oncall, box):
    box.accept(7, chat=box.chat)
    entry = box.waiting()[0]
    letter = {"bot": "shop", "chat": "7", "seq": entry.seq, "error": "ValueError: no"}
    box.commit(entry, dead=letter, park=True)
    (parked,) = oncall.look.suspensions()
    assert (parked.target, parked.who) == ("shop:7", "supervisor")
    outcome = oncall.act.resume("shop:7", oncall.by)
    assert (outcome.done, "suspended by supervisor" in outcome.says) == (1, True)
    assert oncall.look.suspensions() == []
    assert worker.chats.told[-2:] == [("forgive",), ("reload",)]


def test_a_restart_of_chats_throws_their_actors_away(worker, oncall):
    outcome = oncall.act.restart("shop", oncall.by)
    assert (outcome.done, worker.chats.told) == (2, [("restart", "shop:1", "shop:2")])
    assert "2 chats of shop thrown out of memory" in outcome.says


def test_a_restart_of_a_chat_that_is_not_in_memory_needs_nothing(worker, oncall):
    outcome = oncall.act.restart("shop:99", oncall.by)
    assert (outcome.done, outcome.failed) == (0, 0)
    assert "not in memory: nothing needed doing" in outcome.says


def test_a_node_is_restarted_in_every_process_that_has_it(start, oncall):
    one, two = start("one:1:1"), start("two:2:2")
    web = start("web:3:3", tree=Tree(("listener",)))
    outcome = oncall.act.restart("timers", oncall.by)
    assert (outcome.target, outcome.done, outcome.says) == (
        "chats/timers", 2, "chats/timers is restarted in 2 processes.",
    )  # fmt: skip
    assert one.tree.told == two.tree.told == [("restart", "chats/timers")]
    assert web.tree.told == []


def test_a_node_is_restarted_in_one_process_alone(start, oncall):
    one, two = start("one:1:1"), start("two:2:2")
    assert oncall.act.restart("timers", oncall.by, process="two:2:2").done == 1
    assert (one.tree.told, two.tree.told) == ([], [("restart", "chats/timers")])


def test_a_process_that_is_none_is_answered_with_the_nearest(start, oncall):
    start("one:1:1")
    with pytest.raises(UnknownTargetError, match=r'No process is called "one:1:2". Did you mean one:1:1\?'):
        oncall.act.restart("timers", oncall.by, process="one:1:2")


def test_a_node_that_this_process_does_not_have_cannot_be_restarted_there(start, oncall):
    start("one:1:1")
    start("web:3:3", tree=Tree(("listener",)))
    with pytest.raises(OnCallError, match="web:3:3 has no chats/timers now"):
        oncall.act.restart("timers", oncall.by, process="web:3:3")


def test_a_restart_that_works_in_one_process_and_not_in_another_says_where(start, oncall):
    start("one:1:1")
    broken = Tree()
    broken.fault = RuntimeError("chats/timers did not start: no reason given")
    start("two:2:2", tree=broken)
    outcome = oncall.act.restart("timers", oncall.by)
    assert (outcome.done, outcome.failed) == (1, 1)
    assert "two:2:2: chats/timers did not start" in outcome.says


def test_a_restart_that_works_nowhere_is_an_error(start, oncall):
    broken = Tree()
    broken.fault = RuntimeError("it is stuck")
    start("one:1:1", tree=broken)
    with pytest.raises(OnCallError, match=r"was not restarted\. one:1:1: it is stuck"):
        oncall.act.restart("timers", oncall.by)
    assert oncall.look.audit()[0].outcome == "failed: chats/timers was not restarted. one:1:1: it is stuck."


def test_a_suspended_node_is_stopped_everywhere_and_kept(start, oncall):
    one, two = start("one:1:1"), start("two:2:2")
    outcome = oncall.act.suspend("timers", oncall.by)
    assert (outcome.done, outcome.says) == (2, "chats/timers is suspended in 2 processes.")
    assert one.tree.told == two.tree.told == [("suspend", "chats/timers", None)]
    assert [kept.target for kept in oncall.look.suspensions()] == ["chats/timers"]
    with pytest.raises(OnCallError, match=r"is suspended, by ann \(a test\): resume it instead"):
        oncall.act.restart("timers", oncall.by)
    assert oncall.act.resume("timers", oncall.by).done == 2
    assert one.tree.told[-1] == two.tree.told[-1] == ("resume", "chats/timers")
    assert oncall.look.suspensions() == []


def test_a_node_is_put_aside_in_one_process_without_being_kept(start, oncall):
    one, two = start("one:1:1"), start("two:2:2")
    oncall.act.suspend("timers", oncall.by, process="two:2:2")
    assert (one.tree.told, two.tree.told) == ([], [("suspend", "chats/timers", None)])
    assert oncall.look.suspensions() == []
    assert oncall.act.resume("timers", oncall.by).done == 2
    assert two.tree.held == {}


def test_a_node_that_is_suspended_everywhere_is_not_resumed_in_one_process(start, oncall):
    one = start("one:1:1")
    oncall.act.suspend("timers", oncall.by)
    with pytest.raises(OnCallError, match="without naming a process"):
        oncall.act.resume("timers", oncall.by, process="one:1:1")
    assert "chats/timers" in one.tree.held


def test_bots_and_chats_are_never_suspended_in_one_process_alone(worker, oncall):
    for action in (oncall.act.suspend, oncall.act.drain, oncall.act.resume):
        with pytest.raises(OnCallError, match="only a node can be in one process"):
            action("shop", oncall.by, process="one:1:1")
    assert oncall.look.suspensions() == []


def test_a_drained_node_has_its_seconds_and_one_that_does_not_stop_is_unfinished(start, oncall):
    tree = Tree()
    start("one:1:1", tree=tree)
    assert oncall.act.drain("timers", oncall.by, seconds=7).unfinished == 0
    assert tree.told == [("suspend", "chats/timers", 7.0)]
    tree.fault = RuntimeError("chats/bots does not stop: it is stuck")
    outcome = oncall.act.drain("chats/bots", oncall.by, seconds=7)
    assert (outcome.unfinished, outcome.failed) == (1, 1)
    assert "one:1:1: chats/bots does not stop: it is stuck." in outcome.says


def test_a_node_that_its_supervisor_parked_is_resumed_though_nothing_was_stored(start, oncall):
    one = start("one:1:1")
    one.tree.parked.add("chats/timers")
    assert oncall.act.resume("timers", oncall.by).done == 1
    assert one.tree.told == [("resume", "chats/timers")]


def test_a_resume_of_a_node_that_runs_says_so(start, oncall):
    start("one:1:1")
    outcome = oncall.act.resume("timers", oncall.by)
    assert (outcome.done, outcome.says) == (0, "chats/timers was not suspended: there was nothing to do.")


def test_a_node_that_nobody_has_any_more_can_be_resumed(start, oncall, no_farewell):
    one = start("one:1:1")
    oncall.act.suspend("timers", oncall.by)
    one.close()
    start("two:2:2", tree=Tree(("listener",)))
    assert oncall.act.resume("timers", oncall.by).done == 1
    assert oncall.look.suspensions() == []


@pytest.mark.parametrize("target", ["oncall", "stores", "stores/redis", "node/oncall"])
def test_what_brings_the_order_to_resume_is_not_put_aside(start, oncall, target):
    one = start("one:1:1")
    for action in (oncall.act.suspend, oncall.act.drain):
        with pytest.raises(OnCallError, match="cannot be suspended or drained"):
            action(target, oncall.by)
    assert (one.tree.told, oncall.look.suspensions()) == ([], [])
    assert oncall.act.restart(target, oncall.by).done == 1


def test_while_no_process_runs_chats_can_be_put_aside_beforehand(oncall, box):
    assert oncall.act.suspend("shop:7", oncall.by).done == 1
    assert box.accept(7).status == "suspended"
    assert oncall.act.resume("shop:7", oncall.by).done == 1


def test_every_action_is_written_down_with_who_and_why_and_what_came_of_it(worker, oncall):
    oncall.act.suspend("shop", By("ann", "  the  till\nis broken "))
    oncall.act.restart("timers", By("bob", "it hangs"))
    with pytest.raises(UnknownTargetError):
        oncall.act.drain("shpo", By("eve", "typing"))
    lines = [(one.who, one.action, one.target, one.why) for one in oncall.look.audit()]
    assert lines == [
        ("eve", "drain", "shpo", "typing"),
        ("bob", "restart", "chats/timers", "it hangs"),
        ("ann", "suspend", "shop", "the till is broken"),
    ]
    outcomes = [one.outcome for one in oncall.look.audit()]
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
def test_an_action_that_nobody_answers_for_is_refused(worker, oncall, by, said):
    actions = (oncall.act.restart, oncall.act.suspend, oncall.act.resume, oncall.act.drain)
    for action in (*actions, oncall.letters.skip, oncall.dead.requeue, oncall.dead.drop):
        with pytest.raises(OnCallError, match=said):
            action("shop", by)
    with pytest.raises(OnCallError, match=said):
        oncall.dead.edit("shop:1:1", "{}", by)
    assert (oncall.look.audit(), oncall.look.suspensions(), worker.chats.told) == ([], [], [])


def test_an_action_that_is_broken_off_is_written_down_too(worker, oncall, monkeypatch):
    told = asyncio.Event()

    async def ask_for_ever(*_):
        told.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(oncall.wrapped.context.rpc, "ask", ask_for_ever)

    async def break_off():
        task = asyncio.ensure_future(oncall.wrapped.act.drain("shop", oncall.by, seconds=30))
        await told.wait()
        task.cancel()
        await asyncio.wait({task})
        await asyncio.gather(*oncall.wrapped.context._writing)

    oncall.runner.run(break_off())
    (line,) = oncall.look.audit()
    assert (line.action, line.target, line.who) == ("drain", "shop", "ann")
    assert "broken off" in line.outcome
