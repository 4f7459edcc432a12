"""The way in for every message: read its place in line, put it durably there, tell the chat. Webhook and
polling both end here.

The platform is told that we have a message only after `take` has returned: by then it survives any crash of
ours.
"""

from collections.abc import Callable, Mapping
from random import getrandbits
from time import monotonic
from typing import Any, Literal, Protocol

from prometheus_client import Counter, Histogram
from structlog import get_logger

from mailroom.actors.hosting.notice import Addressee, addressee_of
from mailroom.actors.metrics import child
from mailroom.actors.order import Watermark
from mailroom.actors.providers.telegram import EXPEDITED, UnreadableUpdateError, read_update
from mailroom.ingress.telegram.turned_away import TurnedAway
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis.entry import NOWHERE, Chat
from mailroom.storage.redis.mailbox import MAILBOX_CAP, Early, Mailboxes, Offer, Receipt

log = get_logger("mailroom.intake")

UPDATES = Counter(
    "mailroom_updates_total", "Updates offered to the mailboxes, by what became of them", ["bot", "status"]
)
ACCEPTING = Histogram("mailroom_accept_seconds", "From a read body to a message durably in line", ["bot"])


UNSURE_MAX = 10_000
"""Chats remembered as unsure; past this they all look at once, and are forgotten."""


class Receiver(Protocol):
    """What the intake needs to know of a bot."""

    name: str
    id: int
    watermark: Watermark
    shed: bool
    plain_ids_until_ms: int

    @property
    def urgent_kinds(self) -> frozenset[str]:
        """The kinds of updates that an urgent handler may take."""

    async def is_urgent(self, kind: str, update: Mapping[str, Any]) -> bool:
        """Whether an urgent handler takes this update, as far as the update alone tells."""


class Intake:
    """Puts updates into mailboxes. `arrived` is told of each that was accepted; `shed` of a chat's first
    message that was dropped; `unsure` of a chat whose mailbox may hold a message that `arrived` was not told
    of. `eager` says what the accept of a message may begin it with, if its chat would handle it at once.
    """

    def __init__(
        self,
        mailboxes: Mailboxes,
        receivers: Mapping[str, Receiver],
        arrived: Callable[[Chat, Receipt], None],
        shed: Callable[[Chat, Addressee | None], None],
        unsure: Callable[[Chat], None],
        eager: Callable[[Chat, int], Early | None],
    ) -> None:
        self.receivers = receivers
        self._mailboxes = mailboxes
        self._arrived = arrived
        self._shed = shed
        self._tell_unsure = unsure
        self._eager = eager
        self._unsure: set[Chat] = set()
        self._away = TurnedAway()

    async def take(
        self, receiver: Receiver, body: bytes, *, in_order: bool = False, cap: int = MAILBOX_CAP
    ) -> str:
        """Take one update in. Returns accepted, suspended, duplicate, full, shed, ignored, or dead for one
        that nobody can read: refused, it would come again for a day.

        Raises `NotAnUpdateError` for what is none, `StoreUnavailable` when it could not be stored: then the
        sender must try again. `in_order`: it comes from getUpdates, so no update with a smaller id is still
        on its way.
        """
        try:
            update, place = read_update(body)
        except UnreadableUpdateError as error:
            return await self._bury(receiver, body, error, in_order=in_order)
        if place.kind is None:
            log.warning(
                "update_ignored",
                bot=receiver.name,
                update_id=place.update_id,
                why=f"its kind {place.queue} is not known",
            )
            child(UPDATES, receiver.name, "ignored").inc()
            receiver.watermark.saw(place.update_id, self._mailboxes.now_ms(), in_order=in_order)
            return "ignored"
        chat = Chat(receiver.name, str(place.chat_id))
        expedited = place.expedited
        if not expedited and place.kind in receiver.urgent_kinds:
            expedited = await receiver.is_urgent(place.kind, update)
        if not expedited and self._away.must_wait(chat, place.update_id, monotonic()):
            child(UPDATES, receiver.name, "full").inc()
            receiver.watermark.saw(place.update_id, self._mailboxes.now_ms())
            return "full"
        offer = Offer(
            chat,
            f"{receiver.id}.{place.update_id}",  # another bot under the same name counts its updates anew
            place.update_id,
            place.kind,
            place.queue,
            f"{getrandbits(64):016x}",
            body,
            expedited,
            str(place.update_id) if self._mailboxes.now_ms() < receiver.plain_ids_until_ms else "",
            place.group,
        )
        with child(ACCEPTING, receiver.name).time():
            try:
                receipt = await self._mailboxes.accept(
                    offer, cap=cap, shed=receiver.shed, early=self._eager(chat, place.update_id)
                )
            except StoreUnavailable:
                # It may be in line all the same, and then the chat must not go on with what comes after it.
                self._doubt(chat)
                raise
        child(UPDATES, receiver.name, receipt.status).inc()
        # The id has been seen whatever became of it: nobody else need wait for it.
        receiver.watermark.saw(place.update_id, self._mailboxes.now_ms(), in_order=in_order)
        if receipt.status == "full":
            self._away.refused(chat, place.update_id, monotonic())
        else:
            self._away.taken(chat, place.update_id)
        if receipt.status == "accepted" and receipt.entry is not None:
            self._arrived(chat, receipt)
        elif receipt.status == "duplicate" and chat in self._unsure:
            self._unsure.discard(chat)
            self._tell_unsure(chat)
        elif receipt.status == "shed_first":
            log.warning("shedding", chat=str(chat), depth=receipt.depth)
            self._shed(chat, addressee_of(update))
        return "shed" if receipt.status == "shed_first" else receipt.status

    async def _bury(
        self, receiver: Receiver, body: bytes, error: UnreadableUpdateError, *, in_order: bool
    ) -> Literal["dead", "duplicate"]:
        update_id, kind = error.update_id, error.kind or "unreadable"
        chat = Chat(receiver.name, NOWHERE if error.chat_id is None else str(error.chat_id))
        offer = Offer(
            chat,
            f"{receiver.id}.{update_id}",
            update_id,
            kind,
            "unreadable",
            f"{getrandbits(64):016x}",
            body,
            kind in EXPEDITED,
            str(update_id) if self._mailboxes.now_ms() < receiver.plain_ids_until_ms else "",
        )
        status = await self._mailboxes.bury(offer, f"it could not be read: {error}")
        child(UPDATES, receiver.name, "unreadable" if status == "dead" else status).inc()
        receiver.watermark.saw(update_id, self._mailboxes.now_ms(), in_order=in_order)
        if status == "dead":
            log.error("update_unreadable", chat=str(chat), update_id=update_id, kind=kind, why=str(error))
        return status

    def _doubt(self, chat: Chat) -> None:
        if len(self._unsure) >= UNSURE_MAX:
            for doubted in self._unsure:
                self._tell_unsure(doubted)
            self._unsure.clear()
        self._unsure.add(chat)
        self._tell_unsure(chat)
