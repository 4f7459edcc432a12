"""The bot's page, as a button leads to it."""

from typing import Any

from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.address import page_url


def page_address(room: Room[Any], **query: object) -> str:
    """Where it is, for `app`; the page reads the `query`. Empty where Telegram takes no such button: not with
    an address of this machine, which a demo's Telegram does take.
    """
    opens = room.public_url.startswith("https://") or (room.public_url and room.demo)
    return page_url(room.public_url, room.bot, **query) if opens else ""
