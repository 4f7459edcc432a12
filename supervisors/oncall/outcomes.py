"""What came of an action, in sentences for a person, from what the processes answered."""

from collections.abc import Sequence

from mailroom.storage.redis.suspensions import Held
from mailroom.supervisors.oncall.errors import OnCallError
from mailroom.supervisors.oncall.orders import Answer
from mailroom.supervisors.oncall.reports import Outcome
from mailroom.supervisors.oncall.targets import Target

SILENT_SHOWN_MAX = 3


def restarted_chats(found: Target, answers: Sequence[Answer]) -> Outcome:
    """Actors were thrown out of memory."""
    thrown = sum(one.value for one in answers if isinstance(one.value, int))
    failed = sum(bool(one.error) for one in answers)
    if thrown:
        said = str(found) if found.kind == "chat" else f"{counted(thrown, 'chat')} of {found}"
        says = f"{said} thrown out of memory; what waits is read anew from Redis."
    elif failed:
        says = f"Nothing of {found} was restarted."
    else:
        says = f"{found} is not in memory: nothing needed doing, its next message reads it from Redis."
    return Outcome(str(found), says + silence(answers), done=thrown, failed=failed)


def suspended_chats(
    found: Target, before: Held | None, answers: Sequence[Answer], seconds: float | None
) -> Outcome:
    """Chats were put aside; with `seconds` it was waited so long for what they were at."""
    running = sum(one.value for one in answers if isinstance(one.value, int))
    silent = sum(bool(one.error) for one in answers)
    if before is None:
        says = f"{found} is suspended: its messages are accepted, and wait."
    else:
        says = f"{found} was suspended already, by {before.who}: {before.why}."
    at_work = counted(running, "message")
    if seconds is None and running:
        end = "its end" if running == 1 else "their end"
        says += f" {at_work} in progress will still come to {end}; `drain` waits for it."
    elif seconds is not None and running:
        be = "is" if running == 1 else "are"
        says += f" After {seconds:g} s {at_work} {be} still being handled: drain again to go on waiting."
    elif seconds is not None and not silent:
        says += " Nothing of it is being handled any more; it commits nothing until it is resumed."
    if silent:
        says += f" What is being handled elsewhere is not known.{silence(answers)}"
    if seconds is None:
        return Outcome(str(found), says, done=int(before is None), unfinished=running)
    return Outcome(str(found), says, done=int(before is None), failed=silent, unfinished=running + silent)


def resumed_chats(found: Target, lifted: Held | None, answers: Sequence[Answer], still_held: str) -> Outcome:
    """Chats may go on. Who was not reached finds it out from the store."""
    if lifted is None:
        says = f"{found} was not suspended: there was nothing to do."
    else:
        says = f"{found} is resumed; it was suspended by {lifted.who}: {lifted.why}."
    if still_held:
        says += f" It is still held, because {still_held} is suspended: resume that too."
    if lifted is not None and (unheard := silence(answers)):
        says += f"{unheard} If it lives, it goes on within seconds all the same."
    return Outcome(str(found), says, done=int(lifted is not None))


def node_outcome(found: Target, did: str, answers: Sequence[Answer], *, stored: bool = False) -> Outcome:
    """What came of an order to a node, in all processes that have it. `stored`: a suspension was written or
    lifted, so that something was done even where no process did it.
    """
    failed = [one for one in answers if one.error]
    done = len(answers) - len(failed)
    if failed and not done and not stored:
        raise OnCallError(f"{found} was not {did}.{silence(answers)}")
    if done:
        says = f"{found} is {did} in {counted(done, 'process', 'processes')}."
    elif did == "suspended":
        says = f"{found} is suspended: a process that starts will not start it."
    else:
        says = f"{found} is {did}."
    if not answers:
        says += " No process that is running has it now."
    unfinished = len(failed) if did == "suspended" else 0
    return Outcome(
        str(found),
        says + silence(answers),
        done=done or int(stored),
        failed=len(failed),
        unfinished=unfinished,
    )


def silence(answers: Sequence[Answer]) -> str:
    """Who did not do it, and why, as sentences to append; empty when there is nobody."""
    failed = [one for one in answers if one.error]
    said = "".join(
        f" {one.process.id} {one.error}." if one.silent else f" {one.process.id}: {one.error}."
        for one in failed[:SILENT_SHOWN_MAX]
    )
    more = len(failed) - SILENT_SHOWN_MAX
    return said + (f" And {more} more." if more > 0 else "")


def counted(number: int, one: str, many: str = "") -> str:
    """`1 message`, `2 messages`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
