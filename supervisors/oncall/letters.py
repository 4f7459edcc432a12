"""On-call and the dead letters: read them, edit them, put them back in line, drop them; and make one of a
message that blocks its chat.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from pydantic_core import from_json

from mailroom.actors.providers.telegram import NotAnUpdateError, place_of
from mailroom.storage.errors import StoreError
from mailroom.storage.redis.dead_letters import DeadLetter, Wanted
from mailroom.storage.redis.entry import NOWHERE, Chat
from mailroom.supervisors.oncall.context import Context
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.looking import LINES_MAX, holding
from mailroom.supervisors.oncall.outcomes import counted, silence
from mailroom.supervisors.oncall.reports import By, Outcome
from mailroom.supervisors.oncall.targets import find_target

EVENT = "event"
"""The kind of message that comes from us, such as a timer: its payload is no Update."""
BULK_MAX = 5000
"""Letters one call works through: some seconds, and some ten megabytes. The outcome says what is left."""
AT_ONCE_MAX = 200
"""Letters under way at the same time: a pipeline's worth, that holds nobody up for long."""
PAYLOAD_BYTES_MAX = 1024 * 1024
"""What the webhook takes too."""
FAILURES_SHOWN_MAX = 5
STAYS_NOWHERE = "belongs to no chat, for none could be read from it:"
CHATS_TOLD_MAX = 1000
"""Chats woken at once after a bulk requeue; the sweep brings the others within seconds."""


class Letters:
    """What on-call can do about messages that failed for good."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def find(self, wanted: Wanted, most: int = 50) -> list[DeadLetter]:
        """Those that a filter finds, the latest first."""
        return await self._context.dead_letters.find(wanted, min(most, LINES_MAX))

    async def reasons(self, wanted: Wanted) -> list[tuple[str, str, int]]:
        """Bot, error, and how many died of it, the most frequent first."""
        return await self._context.dead_letters.reasons(wanted)

    async def show(self, id: str) -> DeadLetter:  # noqa: A002 - the name that all interfaces agree on
        """One of them. Raises `UnknownTargetError` when it is not there (any more)."""
        letter = await self._context.dead_letters.get(id)
        if letter is None:
            raise UnknownTargetError(
                f'There is no dead letter "{id}": it was requeued or dropped, or never was. An id is written'
                " bot:chat_id:number."
            )
        return letter

    async def skip(self, chat: str, by: By, *, seq: int | None = None) -> Outcome:
        """Take the first message of a chat, or the one of this number, out of line to the dead letters."""

        async def act() -> Outcome:
            situation = await self._context.situation()
            situation.need_redis()
            found = find_target(chat, situation.known)
            if found.kind != "chat":
                raise OnCallError(f"{found} is no chat: messages are skipped one by one, in bot:chat_id.")
            error = f"Skipped by {by.who}: {by.why}"
            skipped = await self._context.dead_letters.skip(found.chat, seq, error, by.who)
            if not skipped:
                what = "Nothing waits" if seq is None else f"Message {seq} does not wait"
                raise OnCallError(f"{what} in {found}: it may have been finished just now.")
            unheard = await self._context.tell_chats([found.chat])
            became = f"{skipped[0]} was taken out of line and is a dead letter now"
            if len(skipped) > 1:
                became = (
                    f"{skipped[0]} and the {len(skipped) - 1} other parts of its album were taken out of line"
                    " and are dead letters now"
                )
            says = f"{became}; {found} goes on with the next."
            if held := holding(situation.suspended, found.chat):
                says = f"{became}; {held} stays suspended."
            return Outcome(str(found), says + silence(unheard))

        return await self._context.intervene("skip", chat, by, act)

    async def requeue(self, which: Sequence[str] | Wanted, by: By) -> Outcome:
        """Put dead letters back into their mailboxes, each at its old place in order, as if never tried."""
        revived: dict[Chat, None] = {}
        together: set[str] = set()
        held = 0

        async def requeue_one(letter_id: str) -> str:
            nonlocal held
            if _chat_of(letter_id).id == NOWHERE:
                return f"{STAYS_NOWHERE} it can only be dropped"
            became, ids = await self._context.dead_letters.bring_back(letter_id)
            together.update(ids)
            if became == "gone" and letter_id in together:
                return ""  # it came back a moment ago, with another part of its album
            held += became == "suspended"
            if became == "requeued":
                revived[_chat_of(letter_id)] = None
            return {"gone": "is not there any more", "full": "its mailbox is full"}.get(became, "")

        async def act() -> Outcome:
            outcome = await self._each(which, "requeued", requeue_one)
            # Only speed depends on it: the sweep would find them.
            await self._context.tell_chats(list(revived)[:CHATS_TOLD_MAX])
            if not held:
                return outcome
            return replace(outcome, says=f"{outcome.says} {held} of them wait until they are resumed.")

        return await self._context.intervene("requeue", _described(which), by, act)

    async def drop(self, which: Sequence[str] | Wanted, by: By) -> Outcome:
        """Delete dead letters for good."""

        async def drop_one(letter_id: str) -> str:
            return "" if await self._context.dead_letters.drop(letter_id) else "is not there any more"

        return await self._context.intervene(
            "drop", _described(which), by, lambda: self._each(which, "dropped", drop_one)
        )

    async def edit(self, id: str, payload: str, by: By) -> Outcome:  # noqa: A002 - as in `dead_letter`
        """Replace the payload of a dead letter, for example before it is requeued."""

        async def act() -> Outcome:
            letter = await self.show(id)
            if letter.chat.id == NOWHERE:
                raise OnCallError(
                    f"{id} {STAYS_NOWHERE} send it to the webhook again, mended, and drop this one."
                )
            check_payload(letter, payload)
            if not await self._context.dead_letters.edit(id, payload):
                raise UnknownTargetError(f"{id} was requeued or dropped just now: nothing was changed.")
            return Outcome(id, f"{id} has its new payload; requeue it to have it handled.")

        return await self._context.intervene("edit", id, by, act)

    async def _each(
        self, which: Sequence[str] | Wanted, did: str, act: Callable[[str], Awaitable[str]]
    ) -> Outcome:
        """Do the same to many. `act` returns why it could not be done, or nothing."""
        if isinstance(which, Wanted):
            # The oldest first: they stand in line as they came; where it gets full the latest stay out.
            ids = await self._context.dead_letters.ids(which, BULK_MAX)
            total = await self._context.dead_letters.count(which) if len(ids) == BULK_MAX else len(ids)
        else:
            unique = list(dict.fromkeys(which))
            total, ids = len(unique), unique[:BULK_MAX]
        if not ids:
            return Outcome(_described(which), "There are no such dead letters: nothing to do.", done=0)
        done, failures = 0, dict[str, str]()
        for start in range(0, len(ids), AT_ONCE_MAX):
            chunk = ids[start : start + AT_ONCE_MAX]
            for letter_id, became in zip(
                chunk, await asyncio.gather(*map(act, chunk), return_exceptions=True), strict=True
            ):
                if isinstance(became, StoreError):
                    failures[letter_id] = str(became)
                elif isinstance(became, BaseException):
                    raise became
                elif became:
                    failures[letter_id] = became
                else:
                    done += 1
            if done == 0 and len(failures) == len(chunk) == AT_ONCE_MAX:
                break  # nothing works: do not go through thousands to find that out
        return _bulk_outcome(_described(which), did, done, failures, max(total - done - len(failures), 0))


def check_payload(letter: DeadLetter, payload: str) -> None:
    """Refuse a payload that could not be handled, or would be handled elsewhere than in its chat."""
    try:
        size_bytes = len(payload.encode())
        value = from_json(payload, allow_inf_nan=False)
    except ValueError as error:
        raise OnCallError(f"The payload is not JSON: {error}.") from None
    if size_bytes > PAYLOAD_BYTES_MAX:
        raise OnCallError(f"The payload has over {PAYLOAD_BYTES_MAX // 1024} KiB.")
    if letter.kind == EVENT:
        return
    try:
        place = place_of(value)
    except NotAnUpdateError as error:
        raise OnCallError(f"The payload is not an Update: {error}.") from None
    if place.kind != letter.kind:
        raise OnCallError(
            f"The payload must stay a {letter.kind}, and this is a {place.kind or place.queue}."
        )
    if str(place.chat_id) != letter.chat.id:
        raise OnCallError(
            f"The payload belongs to chat {place.chat_id}: a message cannot move out of {letter.chat}."
        )
    if place.update_id != letter.order:
        raise OnCallError(f"update_id must stay {letter.order}: it is the message's place in line.")


def _chat_of(letter_id: str) -> Chat:
    return Chat.parse(letter_id.rpartition(":")[0])


def _described(which: Sequence[str] | Wanted) -> str:
    """What a bulk action is about, for the audit."""
    if not isinstance(which, Wanted):
        few = ", ".join(list(which)[:FAILURES_SHOWN_MAX])
        return (
            few if len(which) <= FAILURES_SHOWN_MAX else f"{few} and {len(which) - FAILURES_SHOWN_MAX} more"
        )
    said = {
        "bot": which.bot,
        "chat": which.chat,
        "error": which.error,
        "since_ms": which.since_ms,
        "until_ms": which.until_ms,
    }
    parts = [f"{name}={value}" for name, value in said.items() if value is not None]
    return f"dead letters with {' '.join(parts)}" if parts else "all dead letters"


def _bulk_outcome(target: str, did: str, done: int, failures: dict[str, str], left: int) -> Outcome:
    says = f"{counted(done, 'dead letter')} {did}."
    if failures:
        shown = "; ".join(f"{one} {why}" for one, why in list(failures.items())[:FAILURES_SHOWN_MAX])
        more = "; …" if len(failures) > FAILURES_SHOWN_MAX else ""
        says += f" {len(failures)} could not be: {shown}{more}."
    if left:
        says += f" {left} more are left: do it again for those."
    return Outcome(target, says, done=done, failed=len(failures))
