"""Much work on dead letters: settled before anybody is asked, then done in steps that one can see.

Exactly what was asked about is done; letters that come in meanwhile are not among it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from mailroom.ops.cli.consent import NotDoneError, confirm
from mailroom.ops.cli.dead.look import count, print_reasons
from mailroom.ops.cli.oncall_client import OnCallClient
from mailroom.ops.cli.words import counted
from mailroom.ops.faults import CannotStartError

if TYPE_CHECKING:
    from rich.progress import Progress

    from mailroom.storage.redis.dead_letters import Wanted
    from mailroom.supervisors.oncall.oncall import OnCall
    from mailroom.supervisors.oncall.reports import By, Outcome

Verb = Literal["requeue", "drop"]

CHUNK = 500
"""Letters at a time: some steps a second, and a few lines in the audit even for thousands."""
QUESTIONS = {"requeue": "Requeue {these}?", "drop": "Drop {these} for good?"}
DONE = {"requeue": "requeued", "drop": "dropped"}


@dataclass(frozen=True, slots=True)
class Found:
    """What a filter found: how many of which error, their ids, and how many more it would find next time."""

    reasons: list[tuple[str, str, int]]
    ids: list[str]
    more: int


def settle(client: OnCallClient, wanted: "Wanted") -> Found:
    """Find out what a filter matches, now: the newest, where it is more than is given at a time."""
    from mailroom.supervisors.oncall.looking import LINES_MAX

    async def look(oncall: "OnCall") -> Found:
        letters = (await oncall.dead.find(wanted, LINES_MAX)).letters
        total = await count(oncall, wanted) if len(letters) >= LINES_MAX else len(letters)
        reasons = Counter(
            (each.chat.bot if each.chat else "", each.error.partition("\n")[0]) for each in letters
        )
        # The oldest first, so that what goes back into a mailbox does so in the order in which it came.
        letters.sort(key=lambda each: (each.accepted_ms, each.seq))
        return Found(
            [(*of, number) for of, number in reasons.most_common()],
            [each.id for each in letters],
            max(total - len(letters), 0),
        )

    return client.ask(look)


def ask_about(verb: Verb, found: Found, *, yes: bool) -> None:
    """Say how many and which, and ask."""
    these = counted(len(found.ids), "dead letter")
    if found.more:
        these = f"the newest {these} of {len(found.ids) + found.more}"
    if not yes:
        print_reasons(found.reasons, err=True)
    confirm(QUESTIONS[verb].format(these=these), yes=yes)


def work_through(client: OnCallClient, verb: Verb, ids: Sequence[str], by: "By", *, more: int = 0) -> None:
    """Do it, with a bar on a terminal, and tell what came of it. `more` are left for another time."""
    from mailroom.supervisors.oncall.errors import OnCallError

    outcomes: list[Outcome] = []

    async def act(oncall: "OnCall") -> "Outcome":
        action = oncall.dead.requeue if verb == "requeue" else oncall.dead.drop
        with _bar() as bar:
            task = bar.add_task(f"{verb} dead letters", total=len(ids))
            for start in range(0, len(ids), CHUNK):
                outcomes.append(await action(ids[start : start + CHUNK], by))
                bar.advance(task, CHUNK)
                if outcomes[-1].failed and not outcomes[-1].done:
                    break  # what fails for hundreds in a row will fail for the others
        return _summed(verb, outcomes, len(ids) + more)

    try:
        client.act(act)
    except (NotDoneError, OnCallError, CannotStartError) as error:
        done = sum(outcome.done for outcome in outcomes)
        if not done:
            raise
        raise NotDoneError(
            f"{error}\n{counted(done, 'dead letter')} had been {DONE[verb]} before that; the same command"
            " goes on with the rest."
        ) from None


def _summed(verb: Verb, outcomes: "Sequence[Outcome]", total: int) -> "Outcome":
    done, failed = sum(each.done for each in outcomes), sum(each.failed for each in outcomes)
    left = max(total - done - failed, 0)
    if len(outcomes) == 1 and not left:
        return outcomes[0]
    telling = next((each for each in reversed(outcomes) if each.failed), outcomes[-1])
    says = f"{counted(done, 'dead letter')} {DONE[verb]}, {failed} could not be."
    says += f" Of the last step{' that failed' if failed else ''}: {telling.says}"
    if left:
        says += f" {left} were left: give the same command again for those."
    return replace(outcomes[-1], says=says, done=done, failed=failed)


def _bar() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
