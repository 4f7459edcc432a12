"""The turns of an attempt: one, or of a media group one for each part, which share what they write."""

import time
from collections.abc import Sequence

from mailroom.actors.chat_state import ChatState
from mailroom.actors.control import Control
from mailroom.actors.group import Group
from mailroom.actors.journal import Journal, Pool
from mailroom.actors.turn import Turn
from mailroom.actors.worker import Worker
from mailroom.storage.redis.entry import Chat, Entry
from mailroom.storage.redis.mailbox import Begun, Changes
from mailroom.storage.words import traceback_of, words


def turns_of(
    worker: Worker,
    chat: Chat,
    entry: Entry,
    state: ChatState,
    begun: Begun,
    *,
    epoch: int,
    late: bool,
    control: Control,
) -> list[Turn]:
    """The turn of a message that was begun; of a media group one for each of its parts."""
    permit = worker.permit(chat, epoch)
    # An outage is no attempt to the message, but its call may have gone out all the same.
    tries = begun.attempt + begun.outages
    turns = []
    for part, recorded in ((entry, begun.journal), *begun.parts):
        journal = Journal(chat.bot, worker.recorder(chat, epoch, part), recorded, tries)
        journal.suspects = worker.doubts.take(chat, part.seq, epoch)
        mine = control if part is entry else Control()
        turns.append(
            Turn(chat, part, epoch, begun.attempt, late, state, journal, permit=permit, control=mine)
        )
    if begun.parts:
        _join(turns)
    return turns


def _join(turns: Sequence[Turn]) -> None:
    """Make the turns of a media group share their writes, and the records of their calls."""
    pool = Pool({})
    group = Group(pool)
    first = turns[0]
    for turn in turns:
        assert turn.entry is not None, "a part is a message"
        turn.group, turn.group_trace, turn.changes = group, first.trace_id, group.changes
        turn.bases = first.bases
        turn.journal.part, turn.journal.pool = turn.entry.seq, pool
        pool.records.update(
            ((turn.entry.seq, number), record) for number, record in turn.journal.recorded.items()
        )


async def settle_journals(turns: Sequence[Turn]) -> None:
    """Wait until every call that was confirmed is recorded."""
    for turn in turns:
        await turn.journal.settle()


def forget_changes(turns: Sequence[Turn]) -> None:
    """What was written is not committed."""
    for turn in turns:
        turn.changes = Changes()


def dead_letter(turn: Turn, error: BaseException, together: Sequence[Turn]) -> dict[str, object]:
    """A message that died, and `together` with which others: on-call brings them back as one."""
    entry = turn.entry
    assert entry is not None, "only messages become dead letters"
    group = {"group": [one.entry.seq for one in together if one.entry]} if len(together) > 1 else {}
    return group | {
        "bot": turn.bot,
        "chat": turn.chat.id,
        "seq": entry.seq,
        "order": entry.order,
        "kind": entry.kind,
        "queue": entry.queue_and_group,
        "trace": entry.trace,
        "accepted_ms": entry.accepted_ms,
        "died_ms": int(time.time() * 1000),
        "attempts": turn.attempt,
        "epoch": turn.epoch,
        "error": words(error),
        "traceback": traceback_of(error),
        "payload": entry.payload.decode(errors="replace"),
        "expedited": entry.expedited,
    }
