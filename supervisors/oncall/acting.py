"""On-call acts on what runs: restart, suspend, resume, drain.

A suspension is in the store before anybody is told of it, and is lifted there first: whoever is not reached
sees it there.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from math import isfinite

from mailroom.storage.redis.suspensions import HELD_BY
from mailroom.supervisors.oncall.context import Context, Situation
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.looking import holding
from mailroom.supervisors.oncall.orders import ACT_SECONDS, LOOK_SECONDS, Order
from mailroom.supervisors.oncall.outcomes import node_outcome, restarted_chats, resumed_chats, suspended_chats
from mailroom.supervisors.oncall.registry import Process
from mailroom.supervisors.oncall.reports import By, Outcome
from mailroom.supervisors.oncall.rpc import SPARE_SECONDS
from mailroom.supervisors.oncall.targets import Target, find_target, refuse_unstoppable

DRAIN_SECONDS_MAX = 3600.0
"""Who wants to wait longer asks again: the suspension stays."""


class Acting:
    """What on-call can do to nodes, bots and chats. Each action is safe to repeat."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def restart(self, target: str, by: By, *, process: str | None = None) -> Outcome:
        """Stop a node and start it again; throw the actors of chats away, to be read anew from Redis. In one
        process, or in all.
        """

        async def act() -> Outcome:
            situation = await self._context.situation()
            found = find_target(target, situation.known)
            if found.kind == "node":
                return await self._restart_node(situation, found, process)
            situation.need_redis()
            workers = _only(process, situation.workers, situation)
            answers = await self._context.rpc.ask_all(
                workers, Order("restart", targets=(found.stored,)), ACT_SECONDS
            )
            return restarted_chats(found, answers)

        return await self._context.intervene("restart", target, by, act)

    async def suspend(self, target: str, by: By, *, process: str | None = None) -> Outcome:
        """Put something aside until it is resumed, also over restarts. A node is stopped; of chats, nothing
        new is begun. With `process` a node is put aside there alone, until that process ends.
        """
        return await self._context.intervene(
            "suspend", target, by, lambda: self._suspend(target, by, process)
        )

    async def drain(
        self, target: str, by: By, *, seconds: float = 30.0, process: str | None = None
    ) -> Outcome:
        """Put something aside, and wait until nothing of it is at work any more.

        Where this returns with `unfinished` 0, no message of the target commits anything until it is resumed
        (MBX V7): nothing new is begun since the suspension is in the store, and every process that may work
        chats has said that nothing begun before is left. One that does not answer counts as unfinished.
        """

        async def act() -> Outcome:
            if not isfinite(seconds) or not 0 <= seconds <= DRAIN_SECONDS_MAX:
                raise OnCallError(f"A drain waits 0 to {DRAIN_SECONDS_MAX:.0f} seconds, not {seconds}.")
            return await self._suspend(target, by, process, seconds)

        return await self._context.intervene("drain", target, by, act)

    async def resume(self, target: str, by: By, *, process: str | None = None) -> Outcome:
        """Undo a suspension, or a park by the supervisor: messages go on in order, crashes are forgotten."""

        async def act() -> Outcome:
            situation = await self._context.situation()
            found = find_target(target, situation.known)
            if (held := situation.suspended.get(found.stored)) is not None and held.who == HELD_BY:
                raise OnCallError(f"{found} is held because the stores do not fit together: {held.why}.")
            if found.kind == "node":
                return await self._resume_node(situation, found, process)
            situation.need_redis()
            _refuse_process(found, process)
            lifted = await self._context.suspensions.lift(found.stored)
            # Told also where nothing was lifted: it heals an actor that missed an earlier resume.
            order = Order("reload", targets=(found.stored,), forgive=True)
            answers = await self._context.rpc.ask_all(situation.workers, order, LOOK_SECONDS)
            return resumed_chats(found, lifted, answers, _still_held(situation, found))

        return await self._context.intervene("resume", target, by, act)

    async def _restart_node(self, situation: Situation, found: Target, process: str | None) -> Outcome:
        if (held := situation.suspended.get(found.stored)) is not None and process is None:
            raise OnCallError(f"{found} is suspended, by {held.who} ({held.why}): resume it instead.")
        processes = _having(situation, found, process)
        order = Order("restart", path=found.name)
        answers = await self._context.rpc.ask_all(processes, order, ACT_SECONDS)
        return node_outcome(found, "restarted", answers)

    async def _suspend(
        self, target: str, by: By, process: str | None, seconds: float | None = None
    ) -> Outcome:
        situation = await self._context.situation()
        found = find_target(target, situation.known)
        refuse_unstoppable(found, situation.known)
        if found.kind != "node":
            _refuse_process(found, process)
            situation.need_redis()
            fresh = await self._context.suspensions.put(found.stored, by.who, by.why)
            order = Order("quiesce", targets=(found.stored,), seconds=seconds or 0.0)
            patience = max(LOOK_SECONDS, (seconds or 0.0) + SPARE_SECONDS)
            answers = await self._context.rpc.ask_all(situation.workers, order, patience)
            before = None if fresh else (await self._context.suspensions.all()).get(found.stored)
            return suspended_chats(found, before, answers, seconds)
        if process is None:
            situation.need_redis()
            await self._context.suspensions.put(found.stored, by.who, by.why)
            processes = situation.having(found.name)
        else:
            processes = _having(situation, found, process)
        order = Order("stop", path=found.name, seconds=seconds)
        answers = await self._context.rpc.ask_all(
            processes, order, max(ACT_SECONDS, (seconds or 0.0) + SPARE_SECONDS)
        )
        return node_outcome(found, "suspended", answers, stored=process is None)

    async def _resume_node(self, situation: Situation, found: Target, process: str | None) -> Outcome:
        lifted = None
        if process is None:
            situation.need_redis()
            lifted = await self._context.suspensions.lift(found.stored)
            processes = situation.having(found.name)
        else:
            if found.stored in situation.suspended:
                raise OnCallError(f"{found} is suspended everywhere: resume it without naming a process.")
            processes = _having(situation, found, process)
        answers = await self._context.rpc.ask_all(processes, Order("start", path=found.name), ACT_SECONDS)
        if lifted is None and not any(one.value or one.error for one in answers):
            return Outcome(str(found), f"{found} was not suspended: there was nothing to do.", done=0)
        return node_outcome(found, "resumed", answers, stored=lifted is not None)


def _having(situation: Situation, found: Target, process: str | None) -> list[Process]:
    """The processes with this node, or the one that was named."""
    processes = _only(process, situation.having(found.name), situation)
    if not processes:
        where = process or "No process that is running"
        raise OnCallError(f"{where} has {'no ' if process else ''}{found} now.")
    return processes


def _only(process: str | None, among: Sequence[Process], situation: Situation) -> list[Process]:
    if process is None:
        return list(among)
    ids = [one.id for one in situation.processes]
    if process not in ids:
        near = get_close_matches(process, ids, n=3)
        more = f"Did you mean {' or '.join(near)}?" if near else f"There is: {', '.join(ids) or 'none'}."
        raise UnknownTargetError(f'No process is called "{process}". {more}')
    return [one for one in among if one.id == process]


def _refuse_process(found: Target, process: str | None) -> None:
    if process is not None:
        raise OnCallError(f"{found} is suspended and resumed everywhere: only a node can be in one process.")


def _still_held(situation: Situation, found: Target) -> str:
    """What else holds a chat or a bot that is being resumed."""
    wider = {text: held for text, held in situation.suspended.items() if text != found.stored}
    if found.kind == "chat":
        return holding(wider, found.chat)
    return "everything" if found.kind == "bot" and "everything" in wider else ""
