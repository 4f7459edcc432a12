"""One-time codes for people who work in the console and have no Telegram. Awaited on the asyncio side.

Nothing tells whether an address is known: whoever asks hears the same, as late. A code is sent only where the
room of the bot says that somebody of that address works there, so that nobody else costs or is bothered.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from structlog import get_logger

from mailroom.actors.hosting.staff import Staff
from mailroom.actors.pages.visit import Proof
from mailroom.actors.people.address import hinted
from mailroom.actors.people.code import Codes, sender_for
from mailroom.actors.providers.codes import CodeSender
from mailroom.actors.uses.allowance import Allowance
from mailroom.ingress.ops.people import People
from mailroom.storage.postgres.console_people import Proved
from mailroom.storage.postgres.outbox.connection import answering

log = get_logger("mailroom.console")

ANSWER_SECONDS = 0.3
"""So long everything takes, whatever it comes to."""
NETWORK_MAX, NETWORK_SECONDS = 20, 3600.0
"""Of whoever asks, from wherever they ask."""
AGAIN_SECONDS = 60.0
"""A mail may be a minute under way."""
ADDRESS_MAX, ADDRESS_SECONDS = 5, 3600.0


@dataclass(frozen=True, slots=True)
class StaffCodes:
    """Those of one service; `senders` are the accounts that carry them."""

    people: People
    senders: Sequence[CodeSender]
    allowance: Allowance

    @property
    def bots(self) -> dict[str, str]:
        """For whose people there may be codes, with the titles of their sections."""
        return {bot: one.section.title for bot, one in sorted(self.people.staff.items())}

    async def send(self, bot: str, address: str, language: str, network: str) -> float:
        """Have a code sent, where somebody of that address works at the bot; or for how many seconds none is
        sent to whoever asks.
        """
        begun = time.monotonic()
        wait = await self.allowance.take(
            "console_codes_network", network, most=NETWORK_MAX, seconds=NETWORK_SECONDS
        )
        if wait == 0 and (staff := self.people.staff.get(bot)) is not None:
            await self._send(staff, address, language)
        await asyncio.sleep(max(0.0, begun + ANSWER_SECONDS - time.monotonic()))
        return wait

    async def enter(self, bot: str, address: str, code: str) -> str | None:
        """Log in by a code: the cookie; None where it is not right, not good any more, or was tried too
        often. Raises `NobodyHereError`.
        """
        begun, cookie, right = time.monotonic(), None, False
        if (staff := self.people.staff.get(bot)) is not None:
            with answering():
                async with self.people.database.acquire() as connection, connection.transaction():
                    right = await Codes(staff.room.vault, "console").use(connection, bot, address, code)
            cookie = await self.people.open(Proved("code", address, None, "")) if right else None
        await asyncio.sleep(max(0.0, begun + ANSWER_SECONDS - time.monotonic()))
        return cookie

    async def _send(self, staff: Staff, address: str, language: str) -> None:
        room = staff.room
        proofs = frozenset({Proof("code", address)})
        if sender_for(self.senders, address) is None or not await staff.roles(proofs):
            return
        known_by = room.vault.fingerprint(f"console\0{address}".encode()).hex()[:32]
        key = f"{room.bot}:{known_by}"
        for name, most, seconds in (
            ("console_codes_again", 1, AGAIN_SECONDS),
            ("console_codes_address", ADDRESS_MAX, ADDRESS_SECONDS),
        ):
            if await self.allowance.take(name, key, most=most, seconds=seconds) > 0:
                return
        with answering():
            async with self.people.database.acquire() as connection, connection.transaction():
                codes = Codes(room.vault, "console")
                queue = await codes.issue(connection, room.bot, address, language, staff.section.title)
        room.wake(queue)
        log.info("console_code_sent", bot=room.bot, to=hinted(address))
