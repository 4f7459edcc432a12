"""On-call's functions without an installation behind them: a fake that answers what a test gave it, and
remembers what it was asked to do. That it can be asked the same as the real one is tested in
`test_fake_oncall.py`.
"""

from types import SimpleNamespace
from typing import Any

from mailroom.storage.redis.dead_letters import DeadLetter, Wanted
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.history import KEPT_SECONDS
from mailroom.supervisors.oncall.concerns import Concern
from mailroom.supervisors.oncall.dead import AllTotals, DeadEverywhere
from mailroom.supervisors.oncall.errors import UnknownTargetError
from mailroom.supervisors.oncall.events import EventReport
from mailroom.supervisors.oncall.job_reports import DeadJob, JobReport, JobStory, QueueReport
from mailroom.supervisors.oncall.past import POINTS_MAX, Past
from mailroom.supervisors.oncall.payments import LostReport
from mailroom.supervisors.oncall.people import PersonReport
from mailroom.supervisors.oncall.periodic import PeriodicReport
from mailroom.supervisors.oncall.reports import (
    ChatLine,
    ChatReport,
    Intervention,
    NodeReport,
    Outcome,
    ProcessReport,
    Suspension,
    Waiting,
)
from mailroom.supervisors.oncall.restored import RestoredReport

MINUTE_MS = 60_000
NOW_MS = 1_700_000_000_000
"""When all of this happens."""

PARTS = {
    "look": {"tree": "tree", "top": "top", "chat": "chat", "suspensions": "suspensions", "audit": "audit"},
    "act": {"restart": "restart", "suspend": "suspend", "drain": "drain", "resume": "resume"},
    "attention": {"concerns": "attention"},
    "dead": {
        "totals": "totals",
        "find": "dead_everywhere",
        "reasons": "dead_reasons",
        "show": "dead_letter",
        "requeue": "requeue",
        "drop": "drop",
        "edit": "edit",
    },
    "letters": {"skip": "skip"},
    "jobs": {
        "queues": "queues",
        "find": "jobs",
        "show": "job",
        "retry": "retry_jobs",
        "drop": "drop_jobs",
        "edit": "edit_job",
        "pause": "pause_queue",
        "resume": "resume_queue",
    },
    "past": {"points": "past"},
    "payments": {"lost": "lost_payments", "end": "end_lost_payment", "give_back": "give_lost_back"},
    "periodic": {"works": "periodic", "run": "run_periodic"},
    "events": {"tallied": "events"},
    "people": {"logged_in": "people", "log_out": "log_out"},
    "restored": {"state": "restored", "go_on": "go_on"},
}
"""What is asked of each part of `OnCall`, and which function here answers it."""


def node(path, state="running", children=(), **more):
    kind = "supervisor" if children else "worker"
    return NodeReport(path, kind, state, 3700.0, 0, children=tuple(children), **more)


def process(root, name="worker-1", why=""):
    return ProcessReport(name, ("ingress", "worker"), 4711, "host-a", 3700.0, root, why)


def waiting(seq, **more):
    told = {"order": 500 + seq, "kind": "message", "attempts": 2, "payload": '{"update_id": 1}'} | more
    return Waiting(seq=seq, accepted_ms=1_000, trace="t-1", expedited=False, **told)


def chat_report(*messages, **more):
    told: dict[str, Any] = {
        "depth": len(messages),
        "state": {"step": '"cart"'},
        "parked_until_ms": 0,
        "suspended": "",
        "owner": "worker-1",
        "epoch": 7,
        "timers": {},
        "dead_letters": 0,
        "actor": {"running": [17]},
    }
    return ChatReport(chat=Chat("shop", "42"), partition=3, waiting=messages, **told | more)


def letter(seq, bot="shop", **more):
    told = {"error": "TimeoutError: no answer", "traceback": "Traceback: here", "payload": '{"update_id": 1}'}
    return DeadLetter(
        id=f"{bot}:42:{seq}",
        chat=Chat(bot, "42"),
        seq=seq,
        order=None,
        kind="message",
        queue="chat",
        trace="t-1",
        accepted_ms=seq,
        died_ms=MINUTE_MS + seq,
        attempts=3,
        epoch=7,
        expedited=False,
        **told | more,
    )


def job(number, state="dead", **more):
    told = {"queue": "delivery", "name": "shop.deliver", "key": "order-7", "payload": '{"street": ""}'}
    told |= {"error": "no street" if state == "dead" else "", "traceback": "", "chat": Chat("shop", "42")}
    told |= {"run_ms": NOW_MS}
    return JobReport(
        id=f"job:{number}", state=state, dedup_key=None, priority=2, attempts=3, attempts_max=10,
        created_ms=NOW_MS - MINUTE_MS, claimed_ms=0, died_ms=0, worker="", trace="t-1",
        update_id=501, effect="deliver", **told | more,
    )  # fmt: skip


def dead_job(number, **more):
    told = {"chat": None, "error": "no street", "traceback": "", "payload": "{}"} | more
    return DeadJob(
        id=f"job:{number}", seq=number, order=None, kind="shop.deliver", queue="delivery", key="order-7",
        trace="t-1", accepted_ms=number, died_ms=NOW_MS - MINUTE_MS, attempts=10, **told,
    )  # fmt: skip


class FakeOnCall:
    """The attributes are what it answers with; `asked` is what it was asked to do."""

    def __init__(self):
        self.processes = [process(node("", children=[node("chats", children=[node("chats/timers")])]))]
        self.lines: list[ChatLine] = []
        self.concerns: list[Concern] = []
        self.before = Past(900, [])
        self.works: list[PeriodicReport] = []
        self.tallies: list[EventReport] = []
        self.at_work: list[PersonReport] = []
        self.report = chat_report(waiting(17))
        self.counts = AllTotals(2, 5, 1_000, 1, 0)
        self.held: list[Suspension] = []
        self.interventions: list[Intervention] = []
        self.letters: list[DeadLetter | DeadJob] = []
        self.missing = ""
        self.found_jobs: list[JobReport] = []
        self.went_back = RestoredReport("m7k2p9x4qd", False, "The stores fit together.")
        self.story = JobStory("job:1", job(1), ())
        self.found_queues: list[QueueReport] = []
        self.lost: list[LostReport] = []
        self.asked: list[tuple[Any, ...]] = []
        self.outcome: Any = None
        self.failing: dict[str, Exception] = {}

    def as_oncall(self):
        """The same by parts, as commands ask it."""
        return SimpleNamespace(
            **{
                part: SimpleNamespace(**{asked: getattr(self, own) for asked, own in calls.items()})
                for part, calls in PARTS.items()
            }
        )

    async def tree(self):
        return self.processes

    async def attention(self):
        return self.concerns

    async def past(self, seconds=KEPT_SECONDS, *, most=POINTS_MAX, since_ms=0):
        self.asked.append(("past", seconds, most))
        return self.before

    async def periodic(self):
        return self.works

    async def run_periodic(self, name, by):
        return self._did("run", name, by)

    async def events(self, days, bot=None):
        self.asked.append(("events", days, bot))
        return self.tallies

    async def people(self):
        return self.at_work

    async def log_out(self, person, by):
        return self._did("log out", person, by)

    async def top(self, by, most=20, *, suspended_too=True):
        self.asked.append(("top", by, most, *([] if suspended_too else ["free"])))
        return self.lines

    async def chat(self, target):
        return self._unless_failing("chat", target, self.report)

    async def totals(self):
        return self._unless_failing("totals", "", self.counts)

    async def suspensions(self):
        return self.held

    async def audit(self, most=50):
        return self.interventions[:most]

    async def dead_everywhere(self, wanted: Wanted, most=50):
        self.asked.append(("dead", wanted, most))
        return DeadEverywhere(self.letters[:most], self.missing)

    async def dead_reasons(self, wanted: Wanted):
        return [("shop", "TimeoutError: no answer", len(self.letters))] if self.letters else []

    async def dead_letter(self, id):  # noqa: A002 - as the real one
        found = next((each for each in self.letters if each.id == id), None)
        if found is None:
            raise UnknownTargetError(f'there is no dead letter "{id}"')
        return found

    async def restart(self, target, by, *, process=None):
        return self._did("restart", target, by, process)

    async def suspend(self, target, by, *, process=None):
        return self._did("suspend", target, by)

    async def resume(self, target, by, *, process=None):
        return self._did("resume", target, by)

    async def drain(self, target, by, *, seconds=30.0, process=None):
        return self._did("drain", target, by, seconds)

    async def skip(self, chat, by, *, seq=None):
        return self._did("skip", chat, by, seq)

    async def requeue(self, which, by):
        return self._did("requeue", tuple(which), by)

    async def drop(self, which, by):
        return self._did("drop", tuple(which), by)

    async def edit(self, id, payload, by):  # noqa: A002 - as the real one
        return self._did("edit", id, by, payload)

    async def queues(self):
        return self.found_queues

    async def jobs(self, wanted, most=50):
        self.asked.append(("jobs", wanted, most))
        return self.found_jobs[:most]

    async def job(self, id):  # noqa: A002 - as the real one
        return self._unless_failing("job", id, self.story)

    async def retry_jobs(self, which, by):
        return self._did("retry", tuple(which), by)

    async def drop_jobs(self, which, by):
        return self._did("drop", tuple(which), by)

    async def edit_job(self, id, payload, by):  # noqa: A002 - as the real one
        return self._did("edit", id, by, payload)

    async def pause_queue(self, queue, by):
        return self._did("pause", queue, by)

    async def resume_queue(self, queue, by):
        return self._did("resume", queue, by)

    async def lost_payments(self, *, ended_too=False):
        self._unless_failing("lost", None, None)
        self.asked.append(("lost", ended_too))
        return list(self.lost)

    async def give_lost_back(self, refs, by):
        return self._did("give_back", list(refs), by)

    async def end_lost_payment(self, ref, ending, by):
        return self._did("end", ref, by, ending)

    async def restored(self):
        return self.went_back

    async def go_on(self, by, *, unasked=False):
        return self._did("go", "stores", by, unasked)

    def _did(self, action, target, by, *more):
        self._unless_failing(action, target, None)
        self.asked.append((action, target, by, *more))
        if callable(self.outcome):
            return self.outcome(action, target)
        return self.outcome or Outcome(str(target), f"{action} of {target} done.")

    def _unless_failing(self, action, target, answer):
        if action in self.failing:
            raise self.failing[action]
        return answer
