"""One attempt at one job. Whatever the handler does, an outcome comes out of it."""

import asyncio
import traceback
from math import isfinite

from pydantic import ValidationError

from actors.jobs.context import JobContext, JobLostError
from actors.jobs.handlers import Handlers, JobKind
from storage.postgres.outbox.outcome import Done, Outcome, Rejected, Retry, Snoozed

RETRY_AFTER_SECONDS_MAX = 30 * 86_400.0
"""Nobody means it seriously to be asked again in more than a month."""
NAMES_MAX = 20
"""Known names in the reason of a dead letter: enough to see the typing error."""


async def attempt(handlers: Handlers, context: JobContext) -> Outcome | None:
    """Run the job's handler. None: the job is not ours any more, and nothing about it is ours to say.

    Raises only what is not the handler's: the cancellation of the task that we are called in.
    """
    job = context.job
    kind = handlers.find(job.name)
    if kind is None:
        known = ", ".join(handlers.names()[:NAMES_MAX]) or "none"
        return Rejected(f"the queue {job.queue} has no job called {job.name!r} here; known are: {known}")
    try:
        outcome = await _run(kind, context)
    except JobLostError:
        return None
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
        outcome = failed(error)
    if context.ended:
        return Done()
    return checked(outcome)


async def _run(kind: JobKind, context: JobContext) -> Outcome | None:
    job = context.job
    try:
        payload = kind.model.model_validate_json(job.payload)
    except ValidationError as error:
        return Rejected(f"the payload is not a {kind.model.__name__} (any more): {_faults(error)}")
    return await kind.run(payload, context)


def failed(error: BaseException, words: str = "") -> Retry:
    """What follows from an error: another attempt, when the other side said to if it did."""
    wanted = getattr(error, "retry_after", None)
    after = None
    if isinstance(wanted, int | float) and isfinite(wanted) and wanted >= 0:
        after = min(float(wanted), RETRY_AFTER_SECONDS_MAX)
    text = words or f"{type(error).__name__}: {error}"
    return Retry(text, "".join(traceback.format_exception(error)), after)


def checked(outcome: Outcome | None) -> Outcome:
    """The outcome, if it can be written down. What a program returned by mistake must not stop the queue."""
    match outcome:
        case None:
            return Done()
        case Done() | Rejected():
            return outcome
        case Retry(after_seconds=after) if after is None or 0 <= after <= RETRY_AFTER_SECONDS_MAX:
            return outcome
        case Snoozed(until) if until is None or until.tzinfo is not None:
            return outcome
    # Not tried again: its effect may have taken place.
    return Rejected(f"the handler returned {outcome!r}, which is no outcome that can be kept")


def _faults(error: ValidationError) -> str:
    faults = (f"{'.'.join(map(str, fault['loc'])) or 'payload'}: {fault['msg']}" for fault in error.errors())
    return "; ".join(faults)
