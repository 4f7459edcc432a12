"""The messages of a chat that show a thing, so that they turn by themselves when it does.

Whatever reaches a person's eyes is noted while a handler runs: this message shows that thing now (an order, a
visit), or something else. It is kept with the chat's FSM data, so it is committed with the message that
changed it; the event of a thing that has moved on is handled in line with the presses that lead elsewhere,
and never writes over a screen that somebody went to meanwhile.

    router.message.middleware(keep_shown)          # and of callback_query
    screen = Screen(text, keyboard, Shows(order.number, order.status))
    await turn_shown(bot, event.chat_id, state, Shows(order.number, order.status), STEPS, screen_of)
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from aiogram.fsm.context import FSMContext
from aiogram.types import TelegramObject

SHOWN = "pages"
"""The key in the FSM data."""
MESSAGES_MAX = 20
"""Older messages are far up in the chat: whoever opens one reads it anew."""

_noted: ContextVar["dict[int, Shows | None] | None"] = ContextVar("shown", default=None)


@dataclass(frozen=True)
class Shows:
    """Which thing a message shows, and how it says that the thing stands."""

    thing: int | str
    """Its number; `visit:17` where a bot shows things of several kinds."""
    status: str


@dataclass(frozen=True)
class Shown:
    """What each message of a chat shows, by its id; the newest last."""

    by_message: Mapping[int, Shows] = field(default_factory=dict)

    @classmethod
    def from_data(cls, data: Any) -> "Shown":
        """Read it back from FSM data; whatever cannot be there is left out."""
        found = {}
        for one in data if isinstance(data, list) else []:
            match one:
                case [int(message_id), int(thing) | str(thing), str(status)]:
                    found[message_id] = Shows(thing, status)
        return cls(found)

    def to_data(self) -> list[list[int | str]]:
        """As it is kept."""
        return [[message_id, one.thing, one.status] for message_id, one in self.by_message.items()]

    def after(self, noted: Mapping[int, Shows | None]) -> "Shown":
        """With what these messages show now."""
        kept = {message_id: one for message_id, one in self.by_message.items() if message_id not in noted}
        now = {message_id: one for message_id, one in noted.items() if one is not None}
        return Shown(dict(list({**kept, **now}.items())[-MESSAGES_MAX:]))

    def behind(self, now: Shows, steps: Sequence[str]) -> list[int]:
        """The messages that show less of a thing's way than it has gone; `steps` are the way."""
        place = _place(now.status, steps)
        return [
            message_id
            for message_id, one in self.by_message.items()
            if one.thing == now.thing and _place(one.status, steps) < place
        ]


def note(message_id: int, shows: Shows | None) -> None:
    """A message shows this from now on."""
    noted = _noted.get()
    if noted is not None:
        noted[message_id] = shows


async def keep_shown(
    handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
    event: TelegramObject,
    data: dict[str, Any],
) -> Any:
    """A middleware that keeps with a chat what its messages show after a handler. Where the handler fails it
    keeps nothing, as nothing of it is committed.
    """
    state: FSMContext = data["state"]
    noted: dict[int, Shows | None] = {}
    token = _noted.set(noted)
    try:
        answer = await handler(event, data)
    finally:
        _noted.reset(token)
    if noted:
        before = await _read(state)
        if (now := before.after(noted)) != before:
            await state.update_data({SHOWN: now.to_data()})
    return answer


async def messages_behind(state: FSMContext, now: Shows, steps: Sequence[str]) -> list[int]:
    """The messages of a chat that show a thing as it stood before. It goes along `steps`, and never back; a
    status that is none of them is the end.
    """
    return (await _read(state)).behind(now, steps)


async def keep(state: FSMContext, noted: Mapping[int, Shows | None]) -> None:
    """Keep what these messages show from now on."""
    await state.update_data({SHOWN: (await _read(state)).after(noted).to_data()})


async def _read(state: FSMContext) -> Shown:
    return Shown.from_data((await state.get_data()).get(SHOWN))


def _place(status: str, steps: Sequence[str]) -> int:
    return steps.index(status) if status in steps else len(steps)
