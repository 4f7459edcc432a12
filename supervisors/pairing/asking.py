"""After a store went back: the gateways are asked what is unknown here, and what was sold since is kept off
sale.
"""

from collections.abc import Mapping, Sequence
from math import inf

import asyncpg
import trio
from structlog import get_logger

from mailroom.actors.paying.restored import Restored
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreError
from mailroom.storage.postgres.lost_payments import LostSum, lost_payments, lost_sums
from mailroom.supervisors.pairing.check import BEAT_SECONDS, Pairing
from mailroom.supervisors.pairing.gateways import Gateways
from mailroom.supervisors.pairing.kept import Hold

log = get_logger("mailroom.pairing")

AGAIN_SECONDS = 30.0
"""How soon a gateway that did not answer is asked again."""
WITHDRAW_SECONDS = 600.0
"""How often it is looked for lost payments whose goods are still on sale."""
START_SECONDS_MAX = 10.0
"""How long a start waits for the gateways after a silence. One that does not answer must not keep everybody
from being served: it is asked again beside the work.
"""


class Asking:
    """The asking of one process, and what came of it."""

    def __init__(
        self, pairing: Pairing, database: asyncpg.Pool, gateways: Gateways, bots: Sequence[Restored] = ()
    ) -> None:
        self.sums: Sequence[LostSum] = ()
        """The payments that are lost and wait for a person, while something is held."""
        self._pairing = pairing
        self._database = database
        self._gateways = gateways
        self._bots = bots
        pairing.nothing_lost = self.nothing_lost

    async def live(self) -> None:
        """Ask whenever there is something to be asked. For ever, in Trio."""
        withdraw_at = -inf
        while True:
            try:
                await aio(self.run_once)
                if trio.current_time() >= withdraw_at:
                    withdraw_at = trio.current_time() + WITHDRAW_SECONDS
                    await aio(self.withdraw_lost)
            except StoreError as error:
                log.warning("gateways_not_asked", why=str(error))
            asking = self._pairing.ask_from is not None
            await trio.sleep(AGAIN_SECONDS if asking and self._pairing.asked else BEAT_SECONDS)

    async def before_work(self) -> None:
        """After a silence: ask before anything acts, for so long as a start may wait. In Trio."""
        if self._pairing.ask_from is None:
            return
        with trio.move_on_after(START_SECONDS_MAX) as waiting:
            try:
                await aio(self.run_once)
            except StoreError as error:
                log.warning("gateways_not_asked", why=str(error))
        if waiting.cancelled_caught:
            log.warning("gateways_not_asked", why=f"no answer within {START_SECONDS_MAX:.0f} s")

    async def run_once(self) -> None:
        """Ask those that have not answered. What they name as lost holds everything: both stores went back.
        To be awaited in asyncio.
        """
        pairing = self._pairing
        if pairing.held is not None and not pairing.held.small:
            await self._doubt(pairing.held)
        ask_from = pairing.ask_from
        if ask_from is not None:
            asked = await self._gateways.ask(ask_from, pairing.asked)
            lost = await self._gateways.lost_since(ask_from)
            if lost:
                await pairing.hold_lost(ask_from)
                if pairing.held is not None:
                    await self._doubt(pairing.held)
                await self._withdraw([one.about for one in lost])
            await pairing.note_asked(asked)
        self.sums = await lost_sums(self._database) if pairing.held is not None else ()

    async def nothing_lost(self, held: Hold) -> bool:
        """Whether every gateway was asked after a small gap, and names nothing that is unknown here."""
        asked = self._pairing.asked
        if self._pairing.ask_from is not None or any(one.state != "listed" for one in asked.values()):
            return False
        return held.back_to_ms is not None and not await self._gateways.lost_since(held.back_to)

    async def withdraw_lost(self) -> None:
        """Take off sale what lost payments name, also those of which a late notice or the night's list told.
        To be awaited in asyncio.
        """
        if self._bots:
            await self._withdraw([one.about for one in await lost_payments(self._database)])

    async def _doubt(self, held: Hold) -> None:
        for bot in self._bots:
            if doubted := await bot.doubt(self._database, held.since_ms):
                log.warning("goods_doubted", items=doubted, note="not sold until their owner confirms them")

    async def _withdraw(self, told: Sequence[Mapping[str, str]]) -> None:
        for bot in self._bots:
            if withdrawn := await bot.withdraw(self._database, told):
                log.warning(
                    "goods_withdrawn", items=withdrawn, note="a payment that is unknown here names them"
                )
