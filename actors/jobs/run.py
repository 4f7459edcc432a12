"""One attempt at one job. Whatever the handler does, an outcome comes out of it."""

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from pydantic import BaseModel, ValidationError

from mailroom.actors import away
from mailroom.actors.jobs.context import JobContext, JobLostError
from mailroom.actors.jobs.handlers import Does, Handlers
from mailroom.actors.judge import LOST, Tries, Work, judge, pause_seconds
from mailroom.actors.owners import Owner, Row, fault_in
from mailroom.storage.clock import Clock
from mailroom.storage.errors import Fenced
from mailroom.storage.postgres.outbox.outcome import (
    TRACEBACK_CHARS_MAX,
    Done,
    Outcome,
    Rejected,
    Retry,
    Snoozed,
)
from mailroom.storage.texts import shown
from mailroom.storage.words import traceback_of, words
from mailroom.storage.wrong_values import in_a_sentence

RETRY_AFTER_SECONDS_MAX = 30 * 86_400.0
"""Nobody means it seriously to be asked again in more than a month."""
NAMES_MAX = 20
"""Known names in the reason of a dead letter: enough to see the typing error."""
_HALF_A_PAIR = "\\ud"
"""How half a surrogate pair looks in a payload; pydantic's own reader refuses it, Python's does not."""


async def attempt(handlers: Handlers, context: JobContext) -> Outcome | None:
    """Run the job's handler. None: the job is not ours any more, and nothing about it is ours to say.

    Raises only what is not the handler's: the cancellation of the task that we are called in.
    """
    job = context.job
    does = handlers.find(job.name)
    if does is None:
        known = ", ".join(handlers.names()[:NAMES_MAX]) or "none"
        return Rejected(f"the queue {job.queue} has no job called {job.name!r} here; known are: {known}")
    try:
        outcome = await _run(does, context)
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        assert task is not None, "a coroutine that is cancelled runs in a task"
        if context.late:
            task.uncancel()
        if task.cancelling():
            raise
        outcome = failed(
            error,
            f"the handler took longer than {job.timeout_seconds:g} s"
            if context.late
            else "the handler was cancelled from inside: something that it waited for was",
        )
    except BaseException as error:  # SystemExit too: a handler cannot end the process
        judged = ended_by(error, context)
        if judged is None:
            return None
        outcome = judged
    if context.ended:
        return Done()
    return checked(outcome)


async def _run(does: Does[Any], context: JobContext) -> Outcome | None:
    try:
        payload = _read(does.kind.model, context.job.payload)
    except ValidationError as error:
        return Rejected(f"the payload does not fit the job (any more): {in_a_sentence(error)}")
    if does.within is None:
        return await does.run(payload, context)
    context.stay_within(does.within)
    return _waited_for(await does.run(payload, context), does.within.clock)


def _waited_for(outcome: Outcome | None, clock: Clock | None) -> Outcome | None:
    """The same, at a moment of the queue's clock instead of the room's."""
    match outcome:
        case Snoozed(datetime() as until, why) if clock is not None and until.tzinfo is not None:
            return Snoozed(clock.real(until), why)
    return outcome


def _read(model: type[BaseModel], payload: str) -> BaseModel:
    try:
        return model.model_validate_json(payload)
    except ValidationError:
        if _HALF_A_PAIR not in payload.lower():
            raise
        with suppress(ValueError, RecursionError):  # ValidationError among them: the first one says more
            return model.model_validate(json.loads(payload))
        raise


OWNERS = (
    Row(JobLostError, Owner.TAKEN),
    Row(Fenced, Owner.MESSAGE),  # a chat's, and the job is still ours
    *away.OWNERS,
)
"""Of what a job may raise; what a call to the other side of a bot does, is in the bot's own table."""


def ended_by(error: BaseException, context: JobContext, work: Work = Work.JOB) -> Outcome | None:
    """What follows from what a handler raised; None: nothing about it is ours to say."""
    job, bot = context.job, context.services.bots.get(context.bot_name)
    fault = fault_in((*OWNERS, *(bot.owners if bot is not None else ())), error)
    # What is forgiven counts as an outage, whatever it was.
    tries = Tries(job.attempt, job.attempts_max, outages=job.claims - job.attempt)
    verdict = judge(fault.owner, work, tries)
    why = f"{verdict.says}: {words(error)}" if verdict.says else ""
    if verdict is LOST:
        return None
    if verdict.dead:
        return Rejected(why)
    if verdict.counted or verdict.again is None:
        return failed(error, why)
    seconds = pause_seconds(verdict.again, tries, told=fault.told_seconds)
    if verdict.holds and bot is not None:
        bot.hold.begin(words(fault.error))
        seconds = bot.hold.wait_seconds()
    return Snoozed(datetime.now(UTC) + timedelta(seconds=seconds), why)


def failed(error: BaseException, why: str = "") -> Retry:
    """What follows from an error: another attempt, when the other side said to if it did. An error that does
    not let itself be looked at fails its job like any other.
    """
    after = None
    with suppress(Exception):
        wanted = getattr(error, "retry_after", None)
        if isinstance(wanted, int | float) and isfinite(wanted) and wanted >= 0:
            after = float(min(wanted, RETRY_AFTER_SECONDS_MAX))
    return Retry(why or words(error), traceback_of(error, TRACEBACK_CHARS_MAX), after)


def checked(outcome: Outcome | None) -> Outcome:
    """The outcome, if it can be written down. What a program returned by mistake must not stop the queue."""
    with suppress(Exception):  # it may hold anything, also what cannot be compared
        match outcome:
            case None:
                return Done()
            case Done() | Rejected(reason=str(), traceback=str()):
                return outcome
            case Retry(error=str(), traceback=str(), after_seconds=after) if (
                after is None or 0 <= after <= RETRY_AFTER_SECONDS_MAX
            ):
                return outcome
            case Snoozed(until, str()) if until is None or until.tzinfo is not None:
                return outcome
    # Not tried again: its effect may have taken place.
    return Rejected(f"the handler returned {shown(outcome)}, which is no outcome that can be kept")
