"""From what was sent and what came back to what is wrong with it. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mailroom.ops.flood.plan import Expect
from mailroom.ops.flood.stream import Message
from mailroom.ops.flood.watcher import Reply

COUNTED = re.compile(r"(?P<text>.*) #(?P<count>\d+)", re.DOTALL)


@dataclass(slots=True)
class Verdict:
    """What the replies tell. None means that these replies cannot tell."""

    expect: Expect
    replies: int = 0
    lost: int | None = None
    """Accepted, and never answered."""
    doubled: int | None = None
    """Answered more than once."""
    out_of_order: int | None = None
    """Answered after a later message of the same chat. One that was refused at first may be overtaken by what
    was on its way at that time; nothing that was sent once it was in may come before it.
    """
    miscounted: int | None = None
    """Counts that are not one more than the count before. A message answered twice counts once."""
    reply_seconds: list[float] = field(default_factory=list)
    """From sending a message to its reply."""

    @property
    def good(self) -> bool:
        """Whether nothing that can be seen is wrong. A reply in flight at a crash may come twice."""
        return not (self.lost or self.out_of_order or self.miscounted)


def judge(sent: Sequence[Message], replies: Sequence[Reply], expect: Expect) -> Verdict:
    """Compare chat by chat. `replies` are in the order they took effect."""
    if expect is Expect.AUTO:
        expect = recognise(sent, replies)
    verdict = Verdict(expect, replies=len(replies), lost=0)
    if expect is not Expect.ANY:
        verdict.doubled = verdict.out_of_order = 0
    if expect is Expect.COUNTER:
        verdict.miscounted = 0
    by_chat: dict[int, list[Reply]] = defaultdict(list)
    for reply in replies:
        by_chat[reply.chat_id].append(reply)
    messages: dict[int, list[Message]] = defaultdict(list)
    for message in sent:
        messages[message.chat_id].append(message)
    for chat_id, written in messages.items():
        if expect is Expect.ANY:
            _count(verdict, written, by_chat[chat_id])
        else:
            _match(verdict, written, by_chat[chat_id])
    return verdict


def recognise(sent: Sequence[Message], replies: Sequence[Reply]) -> Expect:
    """What kind of bot this is, by its first reply to somebody."""
    if len({(message.chat_id, message.text) for message in sent}) < len(sent):
        return Expect.ANY  # texts that repeat tell nothing
    for reply in replies[:1]:
        written = [message for message in sent if message.chat_id == reply.chat_id]
        counted = COUNTED.fullmatch(reply.text)
        if counted and any(message.text == counted["text"] for message in written):
            return Expect.COUNTER
        if _answered(reply, {}, written) is not None:
            return Expect.ECHO
    return Expect.ANY


def _match(verdict: Verdict, written: Sequence[Message], replies: Iterable[Reply]) -> None:
    """Replies that tell which message they answer."""
    by_text = {message.text: message for message in written}
    answered: dict[int, Message] = {}
    highest, count_before = 0, 0
    assert verdict.doubled is not None
    assert verdict.out_of_order is not None
    assert verdict.lost is not None
    for reply in replies:
        counted = COUNTED.fullmatch(reply.text) if verdict.miscounted is not None else None
        message = by_text.get(counted["text"]) if counted else _answered(reply, by_text, written)
        if message is None:
            continue
        if message.number in answered:
            verdict.doubled += 1
            continue
        if counted and verdict.miscounted is not None:
            verdict.miscounted += int(counted["count"]) != count_before + 1
            count_before = int(counted["count"])
        if message.number < highest:
            verdict.out_of_order += _too_late(message, answered.values())
        highest = max(highest, message.number)
        answered[message.number] = message
        verdict.reply_seconds.append(reply.at - message.sent_at)
    verdict.lost += sum(message.accepted and message.number not in answered for message in written)


def _count(verdict: Verdict, written: Sequence[Message], replies: Sequence[Reply]) -> None:
    """Replies that do not tell what they answer: they should be as many as the messages, at least."""
    accepted = sorted((message for message in written if message.accepted), key=lambda one: one.number)
    assert verdict.lost is not None
    verdict.lost += max(0, len(accepted) - len(replies))
    if len(replies) == len(accepted):
        pairs = zip(accepted, replies, strict=True)
        verdict.reply_seconds += [reply.at - message.sent_at for message, reply in pairs]


def _too_late(message: Message, answered: Iterable[Message]) -> bool:
    """Whether a later message that was answered already should have waited for this one."""
    later = (one for one in answered if one.number > message.number)
    return any(not message.came_back or one.taken_from >= message.taken_at for one in later)


def _answered(reply: Reply, by_text: Mapping[str, Message], written: Sequence[Message]) -> Message | None:
    """Which message a reply belongs to: the one it is marked with, or whose text it holds."""
    if (found := by_text.get(reply.text)) is not None:
        return found
    for message in written:
        if reply.answers == message.update_id:  # our messages have the number of their update
            return message
        # "message 12" holds "message 1" too: the longest text is meant.
        if message.text in reply.text and (found is None or len(message.text) > len(found.text)):
            found = message
    return found
