"""What an error means for a piece of work: the table, statement by statement. What is raised by whom is in
`hosting/test_errors.py`; that the actors do what a verdict says, in `test_judged.py`.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

from mailroom.actors.judge import (
    DOUBTFUL_TIMES_MAX,
    OF_CHATS,
    OF_JOBS,
    OUTAGES_MAX,
    OUTAGES_SECONDS_MAX,
    TABLE,
    TIMES_MAX,
    Pause,
    Tries,
    Work,
    judge,
    must_ask,
    pause_seconds,
)
from mailroom.actors.owners import HEAVIEST_FIRST, Owner

TELEGRAMS = (Owner.OUTSIDE, Owner.UNREACHED)
OWN = (Owner.MESSAGE, Owner.CONTENT)
HEARD = (Work.MESSAGE, Work.EXPEDITED, Work.ALBUM)
"""Somebody wrote it, and can be told."""
EVERYWHERE = (*OF_CHATS, *OF_JOBS, Work.RECIPIENT)


@dataclass(frozen=True)
class Row:
    """A statement: for these failures of this work the verdict has this."""

    says: str
    owners: tuple[Owner, ...]
    works: tuple[Work, ...]
    has: dict[str, Any]
    tries: Tries = field(default=Tries())


FIRST = Tries()


def row(says: str, owners: Any, works: Any, tries: Tries = FIRST, **has: Any) -> Row:
    return Row(
        says,
        (owners,) if isinstance(owners, Owner) else tuple(owners),
        (works,) if isinstance(works, Work) else tuple(works),
        has,
        tries,
    )


FOURTH, FIFTH = Tries(outages=OUTAGES_MAX - 2), Tries(outages=OUTAGES_MAX - 1)
FIFTH_SERVED = Tries(outages=OUTAGES_MAX - 1, served=True)
OLD_SERVED = Tries(outages=1, since_seconds=OUTAGES_SECONDS_MAX, served=True)
LAST = Tries(attempt=3)

STATEMENTS = (
    row("P3 an error is an attempt, and its message is run again after a backoff", OWN, OF_CHATS,
        again=Pause.BACKOFF, counted=True, dead=False, keeps_state=False, holds=False, word="raised"),
    row("P4 after the last attempt there is a dead letter and an apology", OWN, HEARD, LAST,
        again=None, dead=True, apologises=True, keeps_state=False, level="error"),
    row("P4 nobody is told of an event that died", OWN, Work.EVENT, LAST,
        again=None, dead=True, apologises=False),
    row("R4 a wait that was told is no attempt, and as long as was told", Owner.WAIT, OF_CHATS,
        again=Pause.TOLD, counted=False, outage=False, dead=False, keeps_state=False, word="parked"),
    row("R4 however often", Owner.WAIT, OF_CHATS, Tries(outages=10_000, attempt=3, served=True),
        again=Pause.TOLD, counted=False),
    row("R4 a job that was told to wait has been tried, and waits as long as was told", Owner.WAIT, OF_JOBS,
        again=Pause.TOLD, counted=True, word="retry"),
    row("R4 a recipient waits as long as was told, and all others with them", Owner.WAIT, Work.RECIPIENT,
        again=Pause.TOLD, outage=False, word="waiting"),
    row("R5 a refusal is an end: counted, not retried, what was written before it is kept", Owner.NOBODY,
        OF_CHATS, again=None, keeps_state=True, dead=False, apologises=False, word="refused", level="error"),
    row("R5 a notice that is refused is over at once", (*OWN, Owner.NOBODY), Work.NOTICE,
        again=None, dead=True, word="rejected"),
    row("R5 whoever has blocked the bot is failed, and nobody else", (Owner.NOBODY, Owner.MESSAGE),
        Work.RECIPIENT, again=None, stops_all=False, outage=False, word="failed"),
    row("a text that would be taken from nobody pauses its broadcast and fails nobody", Owner.CONTENT,
        Work.RECIPIENT, stops_all=True, word="waiting"),
    row("R7 a bot that Telegram does not know holds; no attempt, no apology", Owner.BOT, OF_CHATS,
        holds=True, again=Pause.OUTAGE, counted=False, dead=False, apologises=False, keeps_state=False),
    row("R7 its jobs wait until it is asked for", Owner.BOT, OF_JOBS,
        holds=True, again=Pause.HOLD, counted=False, word="snoozed"),
    row("R7 its broadcasts halt, and lose nobody", Owner.BOT, Work.RECIPIENT,
        holds=True, outage=True, word="waiting"),
    row("R7 nobody but the bot holds it", [one for one in Owner if one is not Owner.BOT], EVERYWHERE,
        holds=False),
    row("R8 an outage is no attempt", TELEGRAMS, OF_CHATS, FOURTH,
        again=Pause.OUTAGE, counted=False, outage=True, word="outage", keeps_state=False),
    row("R8 nor the fifth, while Telegram does nothing for the bot", (*TELEGRAMS, Owner.BOT), OF_CHATS, FIFTH,
        again=Pause.OUTAGE, counted=False, outage=True),
    row("R8 the fifth is, if Telegram does", (*TELEGRAMS, Owner.BOT), OF_CHATS, FIFTH_SERVED,
        again=Pause.BACKOFF, counted=True),
    row("R8 so is one five minutes after the first", TELEGRAMS, OF_CHATS, OLD_SERVED,
        again=Pause.BACKOFF, counted=True),
    row("R8 a hold lasts as long as it lasts", Owner.BOT, OF_CHATS, OLD_SERVED,
        holds=True, counted=False),
    row("R8 and after the last attempt it is dead", (*TELEGRAMS, Owner.BOT), HEARD,
        Tries(attempt=3, outages=OUTAGES_MAX, served=True), dead=True, apologises=True),
    row("R8 a job has attempts for hours: it was tried", TELEGRAMS, OF_JOBS,
        again=Pause.BACKOFF, counted=True, word="retry"),
    row("C8 whether a recipient has been told is not known, and nobody is told twice", Owner.OUTSIDE,
        Work.RECIPIENT, again=None, outage=True, word="unknown"),
    row("C8 unless nobody took the call", Owner.UNREACHED, Work.RECIPIENT,
        again=Pause.OUTAGE, outage=True, word="waiting"),
    row("a store of ours that is away is no attempt", Owner.US, OF_CHATS, FIFTH_SERVED,
        again=Pause.OUTAGE, counted=False, outage=True, word="outage"),
    row("nor at a job", Owner.US, OF_JOBS, Tries(outages=TIMES_MAX - 1),
        again=Pause.OUTAGE, counted=False, word="snoozed"),
    row("what is always away is the work's own in the end", Owner.US, (*OF_CHATS, Work.JOB),
        Tries(outages=TIMES_MAX), counted=True, again=Pause.BACKOFF),
    row("what a handler may have brought about is so sooner", Owner.PERHAPS_US, Work.JOB,
        Tries(outages=DOUBTFUL_TIMES_MAX), counted=True, again=Pause.BACKOFF),
    row("and not before", Owner.PERHAPS_US, OF_JOBS, Tries(outages=DOUBTFUL_TIMES_MAX - 1),
        counted=False, word="snoozed"),
    row("in a chat at once: somebody waits for the answer", Owner.PERHAPS_US, OF_CHATS,
        counted=True, again=Pause.BACKOFF),
    row("and a recipient waits for it", Owner.US, Work.RECIPIENT, again=Pause.OUTAGE, word="waiting"),
    row("O1 whoever was taken over writes nothing more", Owner.TAKEN, OF_CHATS, again=Pause.NEXT_OWNER),
    row("O1 nor says anything of a job", Owner.TAKEN, OF_JOBS, again=None, dead=False, word="lost"),
    row("H4 what we break off ourselves is no attempt", Owner.LEAVING, (*OF_CHATS, *OF_JOBS),
        again=Pause.NEXT_OWNER, counted=False),
    row("H11 what on-call restarts was one", Owner.ON_CALL, OF_CHATS, again=Pause.NEXT_OWNER, counted=True),
    row("H11 the process died of it twice: the third is a dead letter", Owner.MESSAGE, HEARD,
        Tries(attempt=4), again=None, dead=True, apologises=True),
    row("G9 what is not urgent after all goes back to its place, without an attempt", Owner.LINE,
        Work.EXPEDITED, again=Pause.IN_LINE, counted=False),
    row("G12 what was stopped is over: no state, no retry, no apology", Owner.STOPPED, OF_CHATS,
        again=None, keeps_state=False, dead=False, apologises=False, word="stopped", level="info"),
)  # fmt: skip


@pytest.mark.parametrize("stated", STATEMENTS, ids=lambda stated: stated.says)
def test_the_table_says(stated: Row) -> None:
    for work in stated.works:
        for owner in stated.owners:
            if owner not in TABLE[work]:
                continue
            verdict = judge(owner, work, stated.tries)
            assert {name: getattr(verdict, name) for name in stated.has} == stated.has, (owner, work)


def test_each_cell_of_the_table_is_stated_and_only_those() -> None:
    stated = {(owner, work) for one in STATEMENTS for owner in one.owners for work in one.works
              if "R7 nobody" not in one.says}  # fmt: skip
    cells = {(owner, work) for work, rules in TABLE.items() for owner in rules}
    own_of_jobs = {(owner, Work.JOB) for owner in (*OWN, Owner.NOBODY)}
    assert cells - stated == own_of_jobs, "see the next test"
    assert stated - cells == set()


@pytest.mark.parametrize("owner", [*OWN, Owner.NOBODY])
def test_a_job_whose_handler_fails_is_tried_again_until_the_store_says_that_it_was_the_last(owner) -> None:
    verdict = judge(owner, Work.JOB, Tries(attempt=99))
    assert (verdict.again, verdict.counted, verdict.word) == (Pause.BACKOFF, True, "retry")


def test_g6_what_decides_for_an_album_is_what_is_to_be_run_again_in_any_case() -> None:
    """Of a part that raises, one that is parked and one that meets an outage, the outage decides."""
    may_be_run_again = [
        judge(owner, Work.ALBUM, LAST).again is not None
        for owner in HEAVIEST_FIRST
        if owner is not Owner.LINE
    ]
    assert may_be_run_again == sorted(may_be_run_again, reverse=True)


def test_telegram_is_asked_only_where_the_answer_decides() -> None:
    asked = {
        (owner, work) for work, rules in TABLE.items() for owner in rules if must_ask(owner, work, FIFTH)
    }
    assert asked == {(owner, work) for owner in (*TELEGRAMS, Owner.BOT) for work in OF_CHATS}
    assert not any(must_ask(owner, work, FOURTH) for owner, work in asked)


def test_pauses_grow_to_a_minute() -> None:
    grown = [pause_seconds(Pause.OUTAGE, Tries(outages=times)) for times in range(8)]
    assert grown == [1, 2, 4, 8, 16, 32, 60, 60]
    assert pause_seconds(Pause.OUTAGE, Tries(outages=TIMES_MAX)) == 60
    assert [pause_seconds(Pause.BACKOFF, Tries(attempt)) for attempt in (1, 2, 3)] == [1, 2, 4]
    assert pause_seconds(Pause.TOLD, Tries(), told=3600.5) == 3600.5


def test_what_is_over_for_good_is_a_dead_letter_or_kept_or_said_nothing_of() -> None:
    """No verdict undoes what was written and forgets the message without anybody's wish."""
    for work, rules in TABLE.items():
        for owner in rules:
            verdict = judge(owner, work, LAST)
            if work in OF_CHATS and verdict.again is None and owner is not Owner.STOPPED:
                assert verdict.dead or verdict.keeps_state, (owner, work)
