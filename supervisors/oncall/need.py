"""From what is seen to what needs on-call: pure, one small function for each kind of trouble."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mailroom.storage.redis.inspection import Totals
from mailroom.storage.redis.mailbox import PARKED_BY
from mailroom.storage.redis.suspensions import HELD_BY
from mailroom.supervisors.oncall.concerns import Concern, Thing, about, in_order
from mailroom.supervisors.oncall.need_of_jobs import JobsInNeed, of_jobs
from mailroom.supervisors.oncall.orders import LOOK_SECONDS
from mailroom.supervisors.oncall.outcomes import counted
from mailroom.supervisors.oncall.registry import Missed
from mailroom.supervisors.oncall.reports import ChatLine, NodeReport, ProcessReport, Suspension

WAITS_SECONDS = 2.0
"""A message that nobody answers for so long is worth a look already: a person waits."""
HANGS_SECONDS = 30.0
"""Longer than a language model thinks: something stands still."""
WORKER = "worker"


@dataclass(frozen=True, slots=True)
class LongWait:
    """The chats that nothing suspends and that wait: how many, and the longest of them."""

    number: int
    longest: Sequence[ChatLine]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked at. A part that could not be is None, and `faults` says why, by its name."""

    processes: Sequence[ProcessReport] | None = None
    missed: Sequence[Missed] | None = None
    suspensions: Sequence[Suspension] | None = None
    waits: LongWait | None = None
    totals: Totals | None = None
    jobs: JobsInNeed | None = None
    faults: Mapping[str, str] = field(default_factory=dict)


def concerns(seen: Seen) -> list[Concern]:
    """All of it, in the order of need; nothing where all is well."""
    found = [
        *_faults(seen.faults),
        *_silent(seen.processes or (), seen.missed or ()),
        *_nobody_works(seen.processes),
        *_held(seen.suspensions or ()),
        *_parked(seen.suspensions or (), seen.processes or ()),
        *_parts(seen.processes or ()),
        *_waits(seen.waits),
        *_dead_letters(seen.totals),
        *(of_jobs(seen.jobs) if seen.jobs is not None else ()),
        *_suspended(seen.suspensions or ()),
    ]
    if any(one.kind == "restored" for one in found):
        found = [one for one in found if one.kind != "periodic"]  # it is held like everything else
    return in_order(found)


def _faults(faults: Mapping[str, str]) -> Iterator[Concern]:
    """What could not be looked at. A store is named once, however many parts it kept from being seen."""
    stores = {store: why for why in faults.values() for store in ("Redis", "Postgres") if store in why}
    for store, why in stores.items():
        yield Concern(
            "store", "act", f"{store} does not answer", f"Bring {store} back: messages wait, none is lost.",
            "curl -s http://127.0.0.1:8080/readyz", things=(Thing(store.lower(), "tree", why),),
        )  # fmt: skip
    others = [Thing(part, why=why) for part, why in faults.items() if not any(one in why for one in stores)]
    if others:
        says = "Could not be looked at: " + ", ".join(one.name for one in others)
        todo = "What stands there may be worse than what is shown here: look again."
        yield about("unseen", "look", says, todo, "", others)


def _silent(processes: Sequence[ProcessReport], missed: Sequence[Missed]) -> Iterator[Concern]:
    silent = [
        Thing(
            f"{' + '.join(one.roles)} {one.id}",
            f"process/{one.id}",
            f"asked, and silent for {LOOK_SECONDS:.0f} s" if "did not take the order" in one.why else one.why,
        )
        for one in processes
        if one.root is None
    ]
    there = {one.id for one in processes}
    silent += [
        Thing(
            f"{' + '.join(one.process.roles)} {one.process.id}",
            f"process/{one.process.id}",
            f"silent for {one.silent_seconds:.0f} s, and did not sign off: it hangs, or was killed",
        )
        for one in missed
        if one.process.id not in there
    ]
    if silent:
        says = f"{counted(len(silent), 'process', 'processes')} {_do(len(silent))} not answer"
        todo = "See whether it lives; end it if it hangs. Its chats go to another worker within 7 s."
        yield about("process", "act", says, todo, "mailroom tree", silent)


def _nobody_works(processes: Sequence[ProcessReport] | None) -> Iterator[Concern]:
    if processes and not any(WORKER in one.roles for one in processes):
        todo = "Start a worker: messages are taken in meanwhile, and wait."
        yield Concern("worker", "act", "No process works the chats", todo, "mailroom worker")


def _held(suspensions: Sequence[Suspension]) -> Iterator[Concern]:
    held = [one for one in suspensions if one.who == HELD_BY]
    if held:
        why = held[0].why.partition(": `")[0]  # the command stands beside it
        things = (Thing("stores", "restored", why, held[0].since_ms),)
        todo = "See what was lost, compare the payments, then say go."
        yield Concern(
            "restored", "act", "A store went back: nothing acts", todo, "mailroom restored", things=things
        )


def _parked(suspensions: Sequence[Suspension], processes: Sequence[ProcessReport]) -> Iterator[Concern]:
    parked = {one.target: _parked_thing(one) for one in suspensions if one.who == PARKED_BY}
    for process, node in _nodes(processes):
        if node.state == "parked" and node.path not in parked:
            parked[node.path] = Thing(node.path, f"node/{process.id}/{node.path}", node.error, node.error_ms)
    chats = [thing for target, thing in parked.items() if ":" in target]
    parts = [thing for target, thing in parked.items() if ":" not in target]
    for things, what in ((parts, "part"), (chats, "chat")):
        if things:
            says = f"{counted(len(things), what)} {_be(len(things))} parked: crashed again and again"
            todo = "Read the error, mend the cause, then resume."
            command = f'mailroom resume {things[0].name} --why "…"'
            yield about("parked", "act", says, todo, command, things)


def _parked_thing(one: Suspension) -> Thing:
    at = f"chat/{one.target}" if ":" in one.target else f"node//{one.target}"
    return Thing(one.target, at, one.why, one.since_ms)


def _parts(processes: Sequence[ProcessReport]) -> Iterator[Concern]:
    stuck, ailing, coming = [], [], []
    for process, node in _nodes(processes):
        at = f"node/{process.id}/{node.path}"
        if node.state == "stuck":
            stuck.append(Thing(node.path, at, node.error or "it does not end", node.error_ms))
        elif node.ails:
            ailing.append(Thing(node.path, at, node.ails))
        elif node.state == "restarting" or (node.state == "stopped" and node.error):
            # Stopped without an error are those that wait for others: here where another owns the chats.
            coming.append(Thing(node.path, at, node.error or "it is restarting", node.error_ms))
    if stuck:
        says = f"{counted(len(stuck), 'part')} {'hangs' if len(stuck) == 1 else 'hang'}"
        todo = "It cannot be ended from within: restart the process; what it was at is done again."
        yield about("part", "act", says, todo, "mailroom tree --errors", stuck)
    if ailing:
        says = f"{counted(len(ailing), 'part')} cannot do {'its' if len(ailing) == 1 else 'their'} work"
        todo = "Mend what it says; the part goes on by itself then."
        yield about("part", "act", says, todo, "mailroom tree", ailing)
    if coming:
        says = f"{counted(len(coming), 'part')} failed and {_be(len(coming))} started again"
        todo = "Read its error. It is tried again by itself, later each time."
        yield about("part", "look", says, todo, "mailroom tree --errors", coming)


def _waits(waits: LongWait | None) -> Iterator[Concern]:
    if waits is None or not waits.number:
        return
    longest = max((one.age_seconds for one in waits.longest), default=0.0)
    hangs = longest >= HANGS_SECONDS
    verb = "hangs" if waits.number == 1 else "hang"
    says = f"{counted(waits.number, 'chat')} {verb if hangs else 'waits' if waits.number == 1 else 'wait'}"
    says += f", the longest for {longest:.0f} s; nobody suspended {'it' if waits.number == 1 else 'them'}"
    things = [
        Thing(str(one.chat), f"chat/{one.chat}", f"{one.age_seconds:.0f} s, {counted(one.depth, 'message')}")
        for one in waits.longest
    ]
    todo = "Look what its handler is at; restart the chat, or skip the message that is to blame."
    if not hangs:
        todo = "They may only be busy. From 30 s on it counts as hanging."
    command = "mailroom top --by age --no-suspended"
    yield about("chats", "act" if hangs else "know", says, todo, command, things, waits.number)


def _dead_letters(totals: Totals | None) -> Iterator[Concern]:
    if totals is not None and totals.dead_letters:
        says = f"{counted(totals.dead_letters, 'message')} failed for good"
        things = (Thing("dead letters", "dead"),)
        todo = "Read the error, mend its cause, then requeue: nothing of it is lost."
        yield Concern("dead_letters", "act", says, todo, "mailroom dead", totals.dead_letters, things)


def _suspended(suspensions: Sequence[Suspension]) -> Iterator[Concern]:
    """What people put aside, together where it was for one reason."""
    people = [one for one in suspensions if one.who not in (PARKED_BY, HELD_BY)]
    if not people:
        return
    since: dict[tuple[str, str, str], int] = {}
    tally: Counter[tuple[str, str, str]] = Counter()
    names: dict[tuple[str, str, str], str] = {}
    for one in people:
        group = (_sort(one.target), one.who, one.why)
        tally[group] += 1
        names.setdefault(group, one.target)
        since[group] = min(since.get(group, one.since_ms), one.since_ms)
    things = [
        Thing(
            names[group] if number == 1 else f"{number} {group[0]}",
            "suspensions", f"by {group[1]}: {group[2]}", since[group],
        )
        for group, number in tally.most_common()
    ]  # fmt: skip
    says = f"{counted(len(people), 'suspension')} {'is' if len(people) == 1 else 'are'} in force"
    todo = "Resume what its reason is over for."
    yield about("suspensions", "know", says, todo, "mailroom resume", things, len(people))


def _sort(target: str) -> str:
    if target == "everything":
        return target
    return f"chats of {target.partition(':')[0]}" if ":" in target else "bots and parts"


def _nodes(processes: Sequence[ProcessReport]) -> Iterator[tuple[ProcessReport, NodeReport]]:
    for process in processes:
        if process.root is not None:
            for node in walk(process.root):
                yield process, node


def walk(node: NodeReport) -> Iterator[NodeReport]:
    """A node and all below it."""
    yield node
    for child in node.children:
        yield from walk(child)


def _be(number: int) -> str:
    return "is" if number == 1 else "are"


def _do(number: int) -> str:
    return "does" if number == 1 else "do"
