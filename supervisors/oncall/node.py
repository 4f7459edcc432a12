"""One process, as on-call's orders reach it: its tree, and the chats that are worked there.

Awaited on the asyncio side, where the orders come in; what decides lives on the Trio side.
"""

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from typing import Any

from structlog import get_logger

from mailroom.actors.runtime.bridge import to_trio
from mailroom.storage.redis.mailbox import PARKED_BY
from mailroom.storage.redis.suspensions import Held
from mailroom.storage.texts import shown
from mailroom.supervisors.oncall.handles import ChatsHandle, TreeHandle
from mailroom.supervisors.oncall.orders import Order, Reply
from mailroom.supervisors.oncall.registry import PATHS_MAX, Process
from mailroom.supervisors.oncall.reports import NodeReport
from mailroom.supervisors.oncall.targets import Target, covering

log = get_logger("mailroom.oncall")


class LocalNode:
    """The process we are in. `chats` gives None where it does not own them (now)."""

    def __init__(
        self,
        tree: TreeHandle,
        chats: Callable[[], ChatsHandle | None],
        *,
        roles: Collection[str],
        bots: Collection[str],
        process_id: str | None = None,
    ) -> None:
        self._started = time.time()
        self.id = process_id or f"{socket.gethostname()}:{os.getpid()}:{int(self._started)}"
        self._tree = tree
        self._chats = chats
        self._roles = tuple(sorted(roles))
        self._bots = tuple(sorted(bots))
        self._standing: set[str] = set()
        # A suspension that is read and one that is ordered must not cross: the older would win.
        self._deciding = asyncio.Lock()

    def process(self) -> Process:
        """What the other processes may know of this one."""
        return Process(
            self.id,
            self._roles,
            self._bots,
            tuple(self._tree.paths()[:PATHS_MAX]),
            os.getpid(),
            socket.gethostname(),
            time.time() - self._started,
        )

    async def reply(self, order: Order) -> Reply:
        """Carry an order out. What goes wrong is part of the reply: it is whoever asked that must know."""
        try:
            return Reply(await self._carry_out(order))
        except Exception as error:
            log.warning("order_failed", order=order.do, path=order.path, why=shown(error), exc_info=error)
            return Reply(error=shown(error) or type(error).__name__)

    async def agree(self, read: Callable[[], Awaitable[Mapping[str, Held]]]) -> None:
        """Make up for orders that did not reach us: compare what is suspended in the store with what was when
        we last looked.
        """
        async with self._deciding:
            stored = await read()
            fresh, self._standing, lifted = (
                stored.keys() - self._standing,
                set(stored),
                self._standing - stored.keys(),
            )
            for target in _understood(sorted(fresh)):
                # What a supervisor parks has crashed in its process; the others have not complained.
                if target.kind == "node" and stored[target.stored].who != PARKED_BY:
                    await self._put_aside(target.name, stored[target.stored])
            for target in _understood(sorted(lifted)):
                if target.kind == "node":
                    await self._bring_back(target.name)
                else:
                    self._reload([target], forgive=True)

    async def _carry_out(self, order: Order) -> Any:
        targets = [Target.stored_as(text) for text in order.targets]
        match order.do:
            case "report":
                return self._tree.report()
            case "restart" if order.path:
                return await to_trio(self._tree.restart, order.path)
            case "stop":
                async with self._deciding:
                    await to_trio(self._tree.suspend, order.path, order.seconds)
            case "start":
                async with self._deciding:
                    aside = self._is_aside(order.path)
                    await to_trio(self._tree.resume, order.path)
                    return aside
            case "reload":
                return self._reload(targets, forgive=order.forgive)
        chats = self._chats()
        if chats is None:
            return None
        match order.do:
            case "quiesce" if not order.seconds:
                return chats.running(covering(targets))
            case "quiesce":
                return await to_trio(chats.quiesce, covering(targets), order.seconds or 0.0)
            case "restart":
                return chats.restart(covering(targets))
            case "describe":
                return chats.describe(targets[0].chat)
        return None

    def _reload(self, targets: Collection[Target], *, forgive: bool) -> int | None:
        chats = self._chats()
        if chats is None:
            return None
        if forgive:
            chats.forgive(covering(targets))
        return chats.reload(covering(targets))

    def _is_aside(self, path: str) -> bool:
        if path in self._tree.held:
            return True
        node = next((node for node in _walk(self._tree.report()) if node.path == path), None)
        return node is not None and node.state in ("suspended", "parked")

    async def _put_aside(self, path: str, held: Held) -> None:
        if path in self._tree.held:
            return
        if path in self._tree.paths():
            await self._quietly(self._tree.suspend, path, None)
        else:
            self._tree.held[path] = held  # it may come yet: what an owner of the chats has, others have not

    async def _bring_back(self, path: str) -> None:
        if path in self._tree.held and path in self._tree.paths():
            await self._quietly(self._tree.resume, path)
        else:
            self._tree.held.pop(path, None)

    async def _quietly(self, act: Callable[..., Awaitable[None]], *args: Any) -> None:
        """Nobody waits for the answer: what goes wrong is for the log."""
        try:
            await to_trio(act, *args)
            log.info("order_made_up_for", did=act.__name__, path=args[0])
        except Exception as error:
            log.error("order_failed", order=act.__name__, path=args[0], why=shown(error), exc_info=error)


def held_nodes(stored: Mapping[str, Held]) -> dict[str, Held]:
    """The nodes among what is suspended, by their path: for `TreeHandle.held` at start."""
    return {target.name: stored[target.stored] for target in _understood(stored) if target.kind == "node"}


def _understood(texts: Collection[str]) -> Iterator[Target]:
    for text in texts:
        try:
            yield Target.stored_as(text)
        except ValueError as error:
            log.warning("suspension_not_understood", target=text, why=str(error))


def _walk(node: NodeReport) -> Iterator[NodeReport]:
    yield node
    for child in node.children:
        yield from _walk(child)
