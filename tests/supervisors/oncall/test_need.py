"""From what is seen to what needs on-call, and in which order."""

from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.inspection import Totals
from mailroom.storage.redis.mailbox import PARKED_BY
from mailroom.storage.redis.suspensions import HELD_BY
from mailroom.supervisors.oncall.job_reports import DeadJob
from mailroom.supervisors.oncall.need import LongWait, Seen, concerns
from mailroom.supervisors.oncall.need_of_jobs import JobsInNeed, Nobodys, PausedQueue, of_jobs
from mailroom.supervisors.oncall.registry import Missed, Process
from mailroom.supervisors.oncall.reports import ChatLine, NodeReport, ProcessReport, Suspension

WELL = JobsInNeed(0, [], [], 0, {}, {})


def process(name="one:1:1", *nodes, why=""):
    root = None if why else NodeReport("", "supervisor", "running", 9.0, 0, children=nodes)
    return ProcessReport(name, ("worker",), 1, "host", 9.0, root, why)


def node(path, state="running", **more):
    return NodeReport(path, "worker", state, 9.0, 0, **more)


def dead_job(number):
    return DeadJob(
        f"job:{number}", None, number, None, "shop.deliver", "delivery", None, "", 1, 2, 5,
        "no goods\nat all", "", "{}",
    )  # fmt: skip


def kinds(seen):
    return [one.kind for one in concerns(seen)]


def test_where_all_is_well_nothing_needs_anybody() -> None:
    seen = Seen([process("one:1:1", node("jobs"))], [], [], LongWait(0, []), Totals(1, 1, 1, 0, 0), WELL)
    assert concerns(seen) == []


def test_the_first_is_what_stands_still_and_the_last_what_on_call_did_itself() -> None:
    chats = [Suspension(f"shop:{n}", "ann", "a flood", 1000 + n) for n in range(300)]
    parked = Suspension("jobs/notification", PARKED_BY, "RuntimeError: no", 5)
    seen = Seen(
        [
            process("one:1:1", node("jobs/notification", "parked")),
            process("two:2:2", why="did not take the order"),
        ],
        [],
        [*chats, parked],
        LongWait(3, [ChatLine(Chat("shop", str(n)), 1, 31.0, "") for n in (991, 992, 993)]),
        Totals(303, 303, 1, 4, 300),
        JobsInNeed(2, [dead_job(8), dead_job(7)], [PausedQueue("payment", "ann", "a fault", 3)], 0, {}, {}),
    )
    found = concerns(seen)
    assert [one.kind for one in found] == [
        "process", "parked", "chats", "dead_jobs", "dead_letters", "queues", "suspensions",
    ]  # fmt: skip
    silent, parts, waits, jobs, letters, queues, aside = found
    assert silent.things[0].name == "worker two:2:2"
    assert [thing.at for thing in parts.things] == ["node//jobs/notification"]
    assert (waits.level, [thing.name for thing in waits.things]) == (
        "act",
        ["shop:991", "shop:992", "shop:993"],
    )
    assert (jobs.number, jobs.things[0].at, jobs.things[0].why) == (
        2,
        "job/job:8",
        "delivery shop.deliver: no goods",
    )
    assert (letters.number, queues.things[0].why) == (4, "by ann: a fault")
    (group,) = aside.things
    assert (aside.number, group.name, group.why, group.since_ms) == (
        300,
        "300 chats of shop",
        "by ann: a flood",
        1000,
    )


def test_a_chat_that_only_begins_to_wait_is_named_and_presses_nobody() -> None:
    (one,) = concerns(Seen(waits=LongWait(1, [ChatLine(Chat("shop", "1"), 1, 4.2, "")])))
    assert (one.level, one.says) == ("know", "1 chat waits, the longest for 4 s; nobody suspended it")


def test_a_part_that_runs_and_cannot_work_is_not_well() -> None:
    (one,) = concerns(Seen([process("one:1:1", node("stores/redis", ails="Redis does not answer: refused"))]))
    assert (one.kind, one.level) == ("part", "act")
    assert one.things[0].why == "Redis does not answer: refused"


def test_a_part_that_hangs_comes_before_one_that_is_started_again() -> None:
    seen = Seen(
        [process("one:1:1", node("jobs/ears", "restarting", error="OSError: no"), node("chats", "stuck"))]
    )
    assert [one.things[0].name for one in concerns(seen)] == ["chats", "jobs/ears"]


def test_a_worker_that_stands_by_for_the_chats_is_well() -> None:
    nodes = (node("chats/lease", "starting"), node("chats/bots", "stopped"), node("chats/actors", "stopped"))
    assert concerns(Seen([process("one:1:1", *nodes)])) == []
    (one,) = concerns(Seen([process("one:1:1", node("jobs/ears", "stopped", error="OSError: no"))]))
    assert one.says == "1 part failed and is started again"


def test_a_process_that_fell_silent_is_missed_though_it_is_listed_no_more() -> None:
    gone = Process("two:2:2", ("worker",), (), (), 2, "host", 60.0)
    (one,) = concerns(Seen([process()], [Missed(gone, 40.0)]))
    assert one.says == "1 process does not answer"
    assert one.things[0].why == "silent for 40 s, and did not sign off: it hangs, or was killed"


def test_where_no_process_works_the_chats_that_is_said() -> None:
    web = ProcessReport(
        "web:1:1", ("ingress",), 1, "host", 9.0, NodeReport("", "supervisor", "running", 9.0, 0)
    )
    assert kinds(Seen([web])) == ["worker"]


def test_a_store_that_does_not_answer_is_named_once() -> None:
    faults = {
        "totals": "Redis does not answer: refused",
        "waits": "Redis does not answer within 3 s",
        "jobs": "a bug",
    }
    store, unseen = concerns(Seen(faults=faults))
    assert (store.kind, store.says) == ("store", "Redis does not answer")
    assert (unseen.kind, unseen.says) == ("unseen", "Could not be looked at: jobs")


def test_what_the_stores_hold_is_one_thing_and_no_suspension_of_on_calls() -> None:
    held = [Suspension(target, HELD_BY, "Postgres went back 5 min", 7) for target in ("everything", "jobs")]
    assert kinds(Seen(suspensions=held)) == ["restored"]


def test_payments_that_are_unknown_and_periodic_work_that_is_late_are_named() -> None:
    jobs = JobsInNeed(
        0, [], [], 2, {"payment.reconcile": 200.0, "payment.list": 1.0}, {"tidy": "ValueError: no"}
    )
    payments, periodic = concerns(Seen(jobs=jobs))
    assert payments.says == "2 payments of ours are unknown here"
    assert [(thing.name, thing.why) for thing in periodic.things] == [
        ("payment.reconcile", "late by 200 s"), ("tidy", "ValueError: no"),
    ]  # fmt: skip


def test_jobs_of_a_bot_that_no_process_has_are_told_of_for_nobody_else_does_them():
    jobs = JobsInNeed(0, [], [], 0, {}, {}, [Nobodys("sohp.notification", 3, 90.0)])
    (one,) = of_jobs(jobs)
    assert (one.kind, one.level, one.says) == ("queues", "act", "3 jobs wait for a bot that no process has")
    assert [(thing.name, thing.why) for thing in one.things] == [("sohp.notification", "3 jobs, for 90 s")]
    assert one.command == "mailroom outbox list --queue sohp.notification"
