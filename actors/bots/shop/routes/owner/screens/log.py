"""Who did what."""

from collections.abc import Sequence
from html import escape

from mailroom.actors.bots.shop.routes.owner.keyboards.parts import back
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.owners.deeds import Deed
from mailroom.actors.kit.owners.lists import LIST_CHARS_MAX, fitted
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.dates import format_moment


def log(own: OwnerTexts, deeds: Sequence[Deed]) -> Screen:
    """Who did what, newest first."""
    rows = [
        own.log.row(
            at=format_moment(deed.at, own.language),
            who=escape(deed.who),
            action=own.log.actions.get(deed.action, deed.action),
            target=escape(deed.target),
        )
        for deed in deeds
    ]
    listed = fitted(rows, LIST_CHARS_MAX, between="\n\n")
    return Screen(f"{own.log.heading}\n\n{listed or own.log.none}", back(own))
