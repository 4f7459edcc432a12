"""The messages of a chat that show an order, so that they turn by themselves when the order does.

Whatever reaches a customer's eyes is noted while a handler runs (`note`): this message shows that order now,
or something else. `Remember` keeps it with the chat's FSM data, so it is committed with the message that
changed it; the event of an order that has moved on is handled in line with the presses that lead elsewhere,
and never writes over a screen that somebody went to meanwhile.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from aiogram.fsm.context import FSMContext

from mailroom.actors.bots.shop.screens.screen import OrderShown

PAGES = "pages"
"""The key in the FSM data."""
PAGES_MAX = 20
"""Older messages are far up in the chat: whoever opens one reads it anew."""
FORWARD = ("awaiting_payment", "expired", "canceled", "paid", "delivered", "refunding", "refunded")
"""The order's way. A page turns along it, and never back."""

_noted: ContextVar[dict[int, OrderShown | None] | None] = ContextVar("shop_pages", default=None)


@dataclass(frozen=True)
class Pages:
    """What each message shows, by its id; the newest last."""

    shown: Mapping[int, OrderShown] = field(default_factory=dict)

    @classmethod
    def from_data(cls, data: Any) -> "Pages":
        """Read them back from FSM data; whatever cannot be a page is left out."""
        found = {}
        for one in data if isinstance(data, list) else []:
            match one:
                case [int(message_id), int(order), str(status)]:
                    found[message_id] = OrderShown(order, status)
        return cls(found)

    def to_data(self) -> list[list[int | str]]:
        """As they are kept."""
        return [[message_id, one.order, one.status] for message_id, one in self.shown.items()]

    def after(self, noted: Mapping[int, OrderShown | None]) -> "Pages":
        """With what these messages show now."""
        kept = {message_id: one for message_id, one in self.shown.items() if message_id not in noted}
        now = {message_id: one for message_id, one in noted.items() if one is not None}
        return Pages(dict(list({**kept, **now}.items())[-PAGES_MAX:]))

    def behind(self, order: int, status: str) -> list[int]:
        """The messages that show less of an order's way than it has gone."""
        return [
            message_id
            for message_id, one in self.shown.items()
            if one.order == order and _place(one.status) < _place(status)
        ]


def note(message_id: int, shown: OrderShown | None) -> None:
    """A message shows this from now on."""
    noted = _noted.get()
    if noted is not None:
        noted[message_id] = shown


class Noting:
    """Keeps with a chat what its messages show after a handler: `async with Noting(state)`."""

    def __init__(self, state: FSMContext) -> None:
        self._state = state

    async def __aenter__(self) -> None:
        """From now on it is noted."""
        self._token = _noted.set({})

    async def __aexit__(self, failed: type[BaseException] | None, *_: object) -> None:
        """Keep it, unless the handler failed: then nothing of it is committed."""
        noted = _noted.get()
        _noted.reset(self._token)
        if failed is None and noted:
            before = Pages.from_data((await self._state.get_data()).get(PAGES))
            if (now := before.after(noted)) != before:
                await self._state.update_data({PAGES: now.to_data()})


def _place(status: str) -> int:
    return FORWARD.index(status) if status in FORWARD else len(FORWARD)
