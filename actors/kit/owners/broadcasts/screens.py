"""What owners see of broadcasts. Pure: the same facts make the same screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiogram.filters.callback_data import CallbackData

from mailroom.actors.kit.owners.broadcasts.audience import Recipients
from mailroom.actors.kit.owners.broadcasts.callbacks import DropDraft, MoveBroadcast, SendDraft, ShowBroadcast
from mailroom.actors.kit.owners.broadcasts.send import Move
from mailroom.actors.kit.owners.languages import in_language
from mailroom.actors.kit.owners.texts.broadcasts import BroadcastTexts
from mailroom.actors.kit.owners.texts.shared import SharedTexts
from mailroom.actors.kit.screens.buttons import button, keyboard
from mailroom.actors.kit.screens.screen import Screen
from mailroom.storage.postgres.broadcasts import Progress

MOVES: Mapping[str, tuple[Move, ...]] = {
    "filling": ("cancel",),
    "running": ("pause", "cancel"),
    "paused": ("resume", "cancel"),
}
"""What can be done to a broadcast in which state."""


class Own(Protocol):
    """The texts of a room for its owners, as far as broadcasts go."""

    @property
    def shared(self) -> SharedTexts:
        """Words of every screen."""

    @property
    def broadcasts(self) -> BroadcastTexts:
        """Words about broadcasts."""


@dataclass(frozen=True)
class Places:
    """What the room's own buttons carry that lead to broadcasts and away from them."""

    home: CallbackData
    broadcasts: CallbackData
    new: CallbackData


def preview(own: Own, draft: str, found: Recipients) -> Screen:
    """To whom a draft may go, or not at all; a language that nobody speaks has no button."""
    texts, total = own.broadcasts, found.total
    said = [
        texts.to_some(language=in_language(own.shared, language), count=count)
        for language, count in found.by_language.items()
    ]
    text = texts.preview(total=total, some=", ".join(said))
    if found.without_news:
        text += texts.preview_without_news(count=found.without_news)
    some = [
        button(
            texts.button_send_some(language=_capitalized(in_language(own.shared, language)), count=count),
            SendDraft(draft=draft, to=language),
        )
        for language, count in found.by_language.items()
        if 0 < count < total
    ]
    all_ = [button(texts.button_send_all(count=total), SendDraft(draft=draft, to=None))] if total else []
    return Screen(text, keyboard(all_, some, [button(own.shared.button_no, DropDraft())]))


def dropped(own: Own, places: Places) -> Screen:
    """Nothing is sent."""
    back = [button(own.shared.button_back, places.broadcasts)]
    return Screen(own.broadcasts.dropped, keyboard(back))


def broadcast(own: Own, places: Places, found: Progress) -> Screen:
    """How far a broadcast has come, and what can be done about it."""
    texts = own.broadcasts
    status = texts.statuses[found.status]
    text = texts.page(number=found.id, status=status, sent=found.sent, total=found.total)
    if found.left:
        text += "\n" + texts.left(left=found.left)
    missed = sum(found.failed.values()) + found.unknown
    if missed:
        text += "\n" + texts.failed(count=missed)
    names: dict[Move, str] = {
        "pause": texts.button_pause,
        "resume": texts.button_resume,
        "cancel": texts.button_stop,
    }
    moves = [
        button(names[to], MoveBroadcast(broadcast=found.id, to=to)) for to in MOVES.get(found.status, ())
    ]
    rest = [
        button(own.shared.button_refresh, ShowBroadcast(broadcast=found.id)),
        button(own.shared.button_back, places.broadcasts),
    ]
    return Screen(text, keyboard(moves, rest))


def broadcasts(own: Own, places: Places, found: Sequence[Progress]) -> Screen:
    """The latest broadcasts, each a button, and one for a new one."""
    texts = own.broadcasts
    rows = [[button(_row(texts, one), ShowBroadcast(broadcast=one.id))] for one in found]
    rest = [button(texts.button_broadcast, places.new), button(own.shared.button_back, places.home)]
    return Screen(texts.heading if found else own.shared.nothing_here, keyboard(*rows, rest))


def _row(texts: BroadcastTexts, one: Progress) -> str:
    return texts.row(number=one.id, status=texts.statuses[one.status], sent=one.sent, total=one.total)


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]
