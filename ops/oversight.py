"""What holds a process: its tree, what on-call has put aside in it, and the guard over the two stores."""

from dataclasses import dataclass

import trio
from structlog import get_logger

from mailroom.actors.runtime.bridge import aio
from mailroom.ops.faults import ConfigurationError
from mailroom.ops.process import Process
from mailroom.storage.errors import StoreError
from mailroom.storage.redis.mailbox import PARKED_BY
from mailroom.storage.redis.suspensions import Suspensions
from mailroom.supervisors.oncall.node import LocalNode
from mailroom.supervisors.oncall.targets import Target
from mailroom.supervisors.pairing.asking import Asking
from mailroom.supervisors.pairing.gateways import Gateways
from mailroom.supervisors.pairing.guard import Guard
from mailroom.supervisors.process_tree import ProcessTree

log = get_logger("mailroom")


@dataclass(frozen=True, slots=True)
class Oversight:
    """All of it, for one run of a process."""

    suspensions: Suspensions
    tree: ProcessTree
    node: LocalNode
    """The process as on-call's orders reach it."""
    asking: Asking
    """Of gateways, after a store went back."""
    guard: Guard


def oversee(process: Process, nursery: trio.Nursery) -> Oversight:
    """Put it together. A process whose stores were exchanged under it ends by way of `nursery`."""
    stores, chat_worker = process.stores, process.chat_worker
    suspensions = Suspensions(stores.line)

    async def park(target: Target, why: str) -> None:
        try:
            await suspensions.put(target.stored, PARKED_BY, why)
        except StoreError as error:
            log.error("park_not_kept", target=target.stored, why=str(error))

    tree = ProcessTree(lambda path, why: nursery.start_soon(aio, park, Target("node", path), why))
    chat_worker.park = lambda chat, why: park(Target("chat", str(chat)), why)
    node = LocalNode(
        tree,
        lambda: chat_worker.handle,
        roles=process.roles,
        bots=process.bots,
        process_id=chat_worker.ownership.owner,
    )
    gateways = Gateways(stores.database, process.services.payments)
    asking = Asking(stores.pairing, stores.database, gateways, process.brought.restored)
    guard = Guard(
        stores.pairing,
        stores.line,
        agree=lambda: node.agree(suspensions.all),
        refuse=lambda why: nursery.start_soon(_refuse, why),
        asking=asking,
    )
    return Oversight(suspensions, tree, node, asking, guard)


async def _refuse(why: str) -> None:
    """End the process at once: the stores were exchanged under it, and nothing more may be written there."""
    raise ConfigurationError([why])
