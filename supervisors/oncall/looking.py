"""On-call looks: every process's tree, the chats that need care, one chat, what was suspended and done."""

from collections.abc import Iterable, Mapping
from typing import Literal

from mailroom.storage.errors import StoreError
from mailroom.storage.redis import inspection
from mailroom.storage.redis.entry import Chat, Entry
from mailroom.storage.redis.inspection import ChatView
from mailroom.storage.redis.suspensions import Held
from mailroom.supervisors.oncall.context import Context, read_target
from mailroom.supervisors.oncall.errors import OnCallError
from mailroom.supervisors.oncall.orders import LOOK_SECONDS, Answer, Order
from mailroom.supervisors.oncall.registry import now_ms
from mailroom.supervisors.oncall.reports import (
    ChatLine,
    ChatReport,
    Intervention,
    NodeReport,
    ProcessReport,
    Suspension,
    Waiting,
)
from mailroom.supervisors.oncall.targets import Target, find_target

LINES_MAX = 20_000
"""The longest list anybody is given."""
MESSAGES_MAX = 50
"""Messages shown of one chat: the head says what blocks it, the rest is a number."""
PAYLOAD_CHARS_MAX = 2000
"""What a screen holds of a message."""


class Looking:
    """What on-call can see. Nothing here changes anything."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def tree(self) -> list[ProcessReport]:
        """Every process with its tree. Without Redis this process alone, where we are in one."""
        processes, missing = await self._context.rpc.processes()
        answers = await self._context.rpc.ask_all(processes, Order("report"), LOOK_SECONDS)
        return [_process_report(one, missing) for one in answers]

    async def top(
        self, by: Literal["depth", "age"], most: int = 20, *, suspended_too: bool = True
    ) -> list[ChatLine]:
        """The chats with the most messages waiting, or with those that wait longest; those that somebody has
        suspended too, or only those that nothing holds.
        """
        most = min(most, LINES_MAX)
        if suspended_too:
            rank = inspection.deepest if by == "depth" else inspection.oldest
            rows, suspended = await rank(self._context.line, most), await self._context.suspensions.all()
        elif by == "depth":
            rows, suspended = await inspection.free_deepest(self._context.line, most), {}
        else:
            rows, suspended = (await inspection.free_oldest(self._context.line, most))[1], {}
        at_ms = await now_ms(self._context.line)
        return [
            ChatLine(chat, depth, max(at_ms - accepted_ms, 0) / 1000, holding(suspended, chat))
            for chat, depth, accepted_ms in rows
        ]

    async def chat(self, target: str) -> ChatReport:
        """One chat, as Redis has it and as its actor does where it is in memory."""
        situation = await self._context.situation()
        situation.need_redis()
        found = find_target(target, situation.known)
        if found.kind != "chat":
            raise OnCallError(f"{found} is no chat: write it as bot:chat_id.")
        seen = await inspection.chat(self._context.line, found.chat, MESSAGES_MAX)
        order = Order("describe", targets=(found.stored,))
        answers = await self._context.rpc.ask_all(situation.workers, order, LOOK_SECONDS)
        owner = next((one for one in answers if isinstance(one.value, dict)), None)
        actor: dict[str, object] = dict(owner.value) if owner else {}
        if not owner and (silent := [one for one in answers if one.error]):
            actor = {"not_known": f"{silent[0].process.id}: {silent[0].error}"}
        return _chat_report(seen, owner, actor)

    async def suspensions(self) -> list[Suspension]:
        """What is put aside, the latest first."""
        stored = await self._context.suspensions.all()
        lines = [
            Suspension(str(read_target(text) or text), held.who, held.why, held.since_ms)
            for text, held in stored.items()
        ]
        return sorted(lines, key=lambda line: line.since_ms, reverse=True)

    async def audit(self, most: int = 50) -> list[Intervention]:
        """Who did what, the latest first."""
        return [
            Intervention(one.at_ms, one.who, one.action, one.target, one.why, one.outcome)
            for one in await self._context.audit.read(min(most, LINES_MAX))
        ]


def holding(suspended: Mapping[str, Held], chat: Chat) -> str:
    """What holds a chat: itself, its bot or everything, the narrowest of them; empty when nothing does."""
    holders: Iterable[Target] = (Target("chat", str(chat)), Target("bot", chat.bot), Target("everything"))
    return next((str(target) for target in holders if target.stored in suspended), "")


def _process_report(answer: Answer, missing: StoreError | None) -> ProcessReport:
    process = answer.process
    root = answer.value if isinstance(answer.value, NodeReport) else None
    why = answer.error
    if root is not None and missing is not None:
        why = f"it could not be found out which other processes there are: {missing}"
    return ProcessReport(
        process.id, process.roles, process.pid, process.host, process.uptime_seconds, root, why
    )


def _chat_report(seen: ChatView, owner: Answer | None, actor: dict[str, object]) -> ChatReport:
    held = read_target(seen.suspended) if seen.suspended else None
    return ChatReport(
        chat=seen.chat,
        partition=seen.chat.partition,
        depth=seen.depth,
        waiting=tuple(_waiting(entry, attempts) for entry, attempts in seen.waiting[:MESSAGES_MAX]),
        state=seen.state,
        parked_until_ms=seen.parked_until_ms,
        suspended=str(held or ""),
        owner=owner.process.id if owner else "",
        epoch=seen.epoch,
        timers=seen.timers,
        dead_letters=seen.dead_letters,
        actor=actor,
    )


def _waiting(entry: Entry, attempts: int) -> Waiting:
    return Waiting(
        entry.seq,
        entry.order,
        entry.kind,
        entry.accepted_ms,
        attempts,
        entry.trace,
        entry.expedited,
        entry.payload.decode(errors="replace")[:PAYLOAD_CHARS_MAX],
    )
