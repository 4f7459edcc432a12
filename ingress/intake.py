"""The way in for every message: read its place in line, put it durably there, tell the chat. Webhook and
polling both end here.

The platform is told that we have a message only after `take` has returned: by then it survives any crash of
ours.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Protocol

from prometheus_client import Counter, Histogram
from pydantic_core import from_json
from structlog import get_logger

from actors.order import Watermark
from actors.providers.telegram import NotAnUpdateError, Place, place_of
from storage.redis.entry import Chat, Entry
from storage.redis.mailbox import MAILBOX_CAP, Mailboxes, Offer

log = get_logger("mailroom.intake")

UPDATES = Counter(
    "mailroom_updates_total", "Updates offered to the mailboxes, by what became of them", ["bot", "status"]
)
ACCEPTING = Histogram("mailroom_accept_seconds", "From a read body to a message durably in line", ["bot"])


class Gate(Protocol):
    """What the intake needs to know of a bot."""

    name: str
    watermark: Watermark
    shed: bool


class Intake:
    """Puts updates into mailboxes. `arrived` is told of each that was accepted; `shed` of a chat's first
    message that was dropped.
    """

    def __init__(
        self,
        mailboxes: Mailboxes,
        gates: Mapping[str, Gate],
        arrived: Callable[[Chat, Entry], None],
        shed: Callable[[Chat, Place], None],
    ) -> None:
        self.gates = gates
        self._mailboxes = mailboxes
        self._arrived = arrived
        self._shed = shed

    async def take(self, gate: Gate, body: bytes, *, in_order: bool = False, cap: int = MAILBOX_CAP) -> str:
        """Take one update in. Returns accepted, suspended, duplicate, full, shed or ignored.

        Raises `NotAnUpdateError` for what is none, `StoreUnavailable` when it could not be stored: then the
        sender must try again. `in_order`: it comes from getUpdates, so no update with a smaller id is still
        on its way.
        """
        try:
            update = from_json(body)
        except ValueError as error:
            raise NotAnUpdateError(f"the body is not JSON: {error}") from None
        place = place_of(update)
        if place.kind is None:
            log.warning(
                "update_ignored",
                bot=gate.name,
                update_id=place.update_id,
                why=f"its kind {place.queue} is not known",
            )
            UPDATES.labels(gate.name, "ignored").inc()
            gate.watermark.saw(place.update_id, self._mailboxes.now_ms(), in_order=in_order)
            return "ignored"
        chat = Chat(gate.name, str(place.chat_id))
        offer = Offer(
            chat,
            str(place.update_id),
            place.update_id,
            place.kind,
            place.queue,
            secrets.token_hex(8),
            body.replace(b"\n", b" "),
            place.expedited,
        )
        with ACCEPTING.labels(gate.name).time():
            receipt = await self._mailboxes.accept(offer, cap=cap, shed=gate.shed)
        UPDATES.labels(gate.name, receipt.status).inc()
        # The id has been seen whatever became of it: nobody else need wait for it.
        gate.watermark.saw(place.update_id, self._mailboxes.now_ms(), in_order=in_order)
        if receipt.status == "accepted" and receipt.entry is not None:
            self._arrived(chat, receipt.entry)
        elif receipt.status == "shed_first":
            log.warning("shedding", chat=str(chat), depth=receipt.depth)
            self._shed(chat, place)
        return "shed" if receipt.status == "shed_first" else receipt.status
