"""What on-call's functions share: who is there, what is suspended, and that every action is audited."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from structlog import get_logger

from mailroom.storage.errors import StoreError
from mailroom.storage.redis.audit import Audit
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.dead_letters import DeadLetters
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.suspensions import Held, Suspensions
from mailroom.storage.texts import printable, shown
from mailroom.supervisors.oncall.errors import OnCallError
from mailroom.supervisors.oncall.orders import LOOK_SECONDS, Answer, Order
from mailroom.supervisors.oncall.outbox import Database, Outbox
from mailroom.supervisors.oncall.registry import Process
from mailroom.supervisors.oncall.reports import By, Outcome
from mailroom.supervisors.oncall.rpc import RpcClient
from mailroom.supervisors.oncall.targets import Known, Target

if TYPE_CHECKING:
    from mailroom.supervisors.oncall.node import LocalNode

log = get_logger("mailroom.oncall")

WORKER = "worker"
"""The role of a process that may own the chats."""
WHO_CHARS_MAX = 200
WHY_CHARS_MAX = 1000
"""The audit keeps a hundred thousand reasons."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Who and what is there when on-call comes. `missing` is there when Redis does not answer: then only what
    this process alone can do is possible.
    """

    processes: list[Process]
    suspended: dict[str, Held]
    known: Known
    missing: StoreError | None = None

    @property
    def workers(self) -> list[Process]:
        """Those that may have chats in memory."""
        return [process for process in self.processes if WORKER in process.roles]

    def having(self, path: str) -> list[Process]:
        """Those with this node in their tree."""
        return [process for process in self.processes if path in process.paths]

    def need_redis(self) -> None:
        """Raise what keeps us from it."""
        if self.missing is not None:
            raise self.missing


class Context:
    """What each part of `OnCall` is made of: the ways to processes and stores, and the audit."""

    def __init__(self, line: Line, *, local: "LocalNode | None" = None, database: Database = None) -> None:
        self.line = line
        self.outbox = Outbox(database)
        self.rpc = RpcClient(line, local)
        self.suspensions = Suspensions(line)
        self.dead_letters = DeadLetters(line)
        self.audit = Audit(line)
        self._writing: set[asyncio.Task[bool]] = set()

    async def situation(self) -> Situation:
        """Who and what is there now."""
        processes, missing = await self.rpc.processes()
        suspended = {} if missing else await self.suspensions.all()
        put_aside = [target for target in map(read_target, suspended) if target is not None]
        bots = {bot for process in processes for bot in process.bots}
        bots |= {target.name.partition(":")[0] for target in put_aside if target.kind in ("bot", "chat")}
        paths = {path for process in processes for path in process.paths}
        paths |= {target.name for target in put_aside if target.kind == "node"}
        return Situation(processes, suspended, Known(bots, paths, nobody=not processes), missing)

    async def tell_chats(self, chats: Sequence[Chat]) -> list[Answer]:
        """Have the workers read chats again; returns who could not be told. They would find out by
        themselves, a little later.
        """
        targets = tuple({Target("chat", str(chat)).stored: None for chat in chats})
        processes, _ = await self.rpc.processes()
        workers = [process for process in processes if WORKER in process.roles]
        order = Order("reload", targets=targets)
        return [one for one in await self.rpc.ask_all(workers, order, LOOK_SECONDS) if one.error]

    async def refused(self, by: By, what: str) -> None:
        """Write down that somebody asked for what is not theirs; `by.why` says whose it is."""
        await self._write_down("refused", what, by, "nothing was done")

    async def intervene(
        self, action: str, target: str, by: By, act: Callable[[], Awaitable[Outcome]]
    ) -> Outcome:
        """Do something that on-call answers for, and write down what came of it."""
        by = checked(by)
        try:
            outcome = await act()
        except asyncio.CancelledError:
            writing = asyncio.ensure_future(
                self._write_down(action, target, by, "broken off: what was begun may be done")
            )
            self._writing.add(writing)
            writing.add_done_callback(self._writing.discard)
            raise
        except Exception as error:
            await self._write_down(action, target, by, f"failed: {shown(error)}")
            raise
        if await self._write_down(action, outcome.target, by, outcome.says):
            return outcome
        return replace(
            outcome, says=f"{outcome.says} It is in the log, but could not be written to the audit."
        )

    async def _write_down(self, action: str, target: str, by: By, outcome: str) -> bool:
        log.warning("intervention", action=action, target=target, who=by.who, why=by.why, outcome=outcome)
        try:
            await self.audit.write(who=by.who, action=action, target=target, why=by.why, outcome=outcome)
        except StoreError as error:
            log.error("intervention_not_audited", action=action, target=target, why=str(error))
            return False
        return True


def checked(by: By) -> By:
    """Refuse an action that nobody answers for."""
    who, why = " ".join(by.who.split()), " ".join(by.why.split())
    if not who:
        raise OnCallError("Say who you are: every action is written down with a name.")
    if not why:
        raise OnCallError("Say why: every action is written down with its reason.")
    if len(who) > WHO_CHARS_MAX or len(why) > WHY_CHARS_MAX:
        raise OnCallError(f"A name has at most {WHO_CHARS_MAX} characters, a reason {WHY_CHARS_MAX}.")
    return By(printable(who), printable(why))


def read_target(text: str) -> Target | None:
    """A stored target; None for one of another version."""
    try:
        return Target.stored_as(text)
    except ValueError:
        return None
