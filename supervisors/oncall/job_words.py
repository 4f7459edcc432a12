"""What on-call is told of actions on jobs, and how what it wrote is read."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pydantic_core import from_json

from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.job_reports import job_number
from mailroom.supervisors.oncall.outcomes import counted
from mailroom.supervisors.oncall.reports import Outcome

if TYPE_CHECKING:
    from mailroom.storage.postgres.outbox.seen import Wanted as JobsWanted

PAYLOAD_BYTES_MAX = 1 << 20
"""What the outbox takes too."""
FAILURES_SHOWN_MAX = 5
NAMES_SHOWN_MAX = 12


def check_json(payload: str) -> None:
    """Refuse a payload that no handler could read."""
    try:
        size_bytes = len(payload.encode())
        from_json(payload, allow_inf_nan=False)
    except ValueError as error:
        raise OnCallError(f"The payload is not JSON: {error}.") from None
    if size_bytes > PAYLOAD_BYTES_MAX:
        raise OnCallError(f"The payload has over {PAYLOAD_BYTES_MAX // 1024} KiB.")


def described(which: "Sequence[str] | JobsWanted") -> str:
    """What a bulk action is about, for the audit."""
    if isinstance(which, Sequence):
        few = ", ".join(list(which)[:FAILURES_SHOWN_MAX])
        rest = len(which) - FAILURES_SHOWN_MAX
        return f"{few} and {rest} more" if rest > 0 else few
    said = ((field.name, getattr(which, field.name)) for field in fields(which) if field.name != "state")
    parts = [f"{name}={value}" for name, value in said if value is not None]
    return f"{which.state or 'dead'} jobs{' with ' + ' '.join(parts) if parts else ''}"


def number_of(text: str) -> int:
    """The number of a job. Raises `UnknownTargetError` for what is none."""
    number = job_number(text)
    if number is None:
        near = f" Did you mean `mailroom dead show {text}`?" if text.count(":") >= 2 else ""
        raise UnknownTargetError(f'"{text}" is no job: an id is written job:123, or 123 alone.{near}')
    return number


def refuse_forgotten(wanted: "JobsWanted") -> None:
    """Refuse to look among jobs that are over for what is not kept of them: nothing would be found."""
    from mailroom.storage.postgres.outbox.over import FORGOTTEN

    asked = [name for name in FORGOTTEN if getattr(wanted, name) is not None]
    if asked:
        raise OnCallError(
            f"Of jobs that are {wanted.state} no {' or '.join(asked)} is kept: look for them by queue, name,"
            " trace, or since when."
        )


def reason_of(state: str) -> str:
    """Why nothing could be done to a job in this state; nothing stands for one that is gone."""
    match state:
        case "":
            return "is not there any more"
        case "dead":
            return "stays dead: another job has its deduplication key"
        case "running":
            return "is running"
    return f"is {state}: try again"


def nearest_queues(name: str, known: Iterable[str]) -> str:
    """The names that are meant, maybe; else those that there are."""
    folded = {one.casefold(): one for one in known}
    if near := get_close_matches(name.casefold(), folded, n=3):
        return f"Did you mean {' or '.join(folded[one] for one in near)}?"
    names = sorted(folded.values())
    return f"There is: {', '.join(names[:NAMES_SHOWN_MAX])}{', …' if len(names) > NAMES_SHOWN_MAX else ''}."


def bulk_outcome(target: str, did: str, done: int, failures: dict[str, str], more: bool) -> Outcome:
    """What came of an action on many."""
    says = f"{counted(done, 'job')} {did}."
    if failures:
        shown = "; ".join(f"{one} {why}" for one, why in list(failures.items())[:FAILURES_SHOWN_MAX])
        says += (
            f" {len(failures)} could not be: {shown}{'; …' if len(failures) > FAILURES_SHOWN_MAX else ''}."
        )
    if more:
        says += " More are left: do it again for those."
    return Outcome(target, says, done=done, failed=len(failures))
