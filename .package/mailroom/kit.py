"""What bots with customers say, show and do alike: functions and frozen values, taken one by one.

`ops/docs/kit.md` says what each name is for. Nothing within imports from here, and each is loaded when it is
asked for.
"""

from typing import TYPE_CHECKING

from mailroom import _lazily

if TYPE_CHECKING:
    from mailroom.actors.kit.screens.buttons import Row as Row
    from mailroom.actors.kit.screens.buttons import app as app
    from mailroom.actors.kit.screens.buttons import button as button
    from mailroom.actors.kit.screens.buttons import copying as copying
    from mailroom.actors.kit.screens.buttons import keyboard as keyboard
    from mailroom.actors.kit.screens.buttons import link as link
    from mailroom.actors.kit.screens.image import Image as Image
    from mailroom.actors.kit.screens.image import read_image as read_image
    from mailroom.actors.kit.screens.length import CAPTION_UNITS_MAX as CAPTION_UNITS_MAX
    from mailroom.actors.kit.screens.length import MESSAGE_UNITS_MAX as MESSAGE_UNITS_MAX
    from mailroom.actors.kit.screens.length import cut as cut
    from mailroom.actors.kit.screens.length import in_messages as in_messages
    from mailroom.actors.kit.screens.length import units as units
    from mailroom.actors.kit.screens.length import units_read as units_read
    from mailroom.actors.kit.screens.numbers import LongRowId as LongRowId
    from mailroom.actors.kit.screens.numbers import PageNumber as PageNumber
    from mailroom.actors.kit.screens.numbers import RowId as RowId
    from mailroom.actors.kit.screens.picture import Picture as Picture
    from mailroom.actors.kit.screens.picture import picture_of as picture_of
    from mailroom.actors.kit.screens.replies import chat_of as chat_of
    from mailroom.actors.kit.screens.replies import edited as edited
    from mailroom.actors.kit.screens.replies import popup as popup
    from mailroom.actors.kit.screens.replies import redress as redress
    from mailroom.actors.kit.screens.replies import send as send
    from mailroom.actors.kit.screens.replies import send_below as send_below
    from mailroom.actors.kit.screens.replies import show as show
    from mailroom.actors.kit.screens.replies import tell as tell
    from mailroom.actors.kit.screens.replies import turned as turned
    from mailroom.actors.kit.screens.screen import Screen as Screen
    from mailroom.actors.kit.screens.shown import Shows as Shows
    from mailroom.actors.kit.screens.shown import keep_shown as keep_shown
    from mailroom.actors.kit.screens.turning import turn_shown as turn_shown

_FROM = {
    "CAPTION_UNITS_MAX": "actors.kit.screens.length",
    "Image": "actors.kit.screens.image",
    "LongRowId": "actors.kit.screens.numbers",
    "MESSAGE_UNITS_MAX": "actors.kit.screens.length",
    "PageNumber": "actors.kit.screens.numbers",
    "Picture": "actors.kit.screens.picture",
    "Row": "actors.kit.screens.buttons",
    "RowId": "actors.kit.screens.numbers",
    "Screen": "actors.kit.screens.screen",
    "Shows": "actors.kit.screens.shown",
    "app": "actors.kit.screens.buttons",
    "button": "actors.kit.screens.buttons",
    "chat_of": "actors.kit.screens.replies",
    "copying": "actors.kit.screens.buttons",
    "cut": "actors.kit.screens.length",
    "edited": "actors.kit.screens.replies",
    "in_messages": "actors.kit.screens.length",
    "keep_shown": "actors.kit.screens.shown",
    "keyboard": "actors.kit.screens.buttons",
    "link": "actors.kit.screens.buttons",
    "picture_of": "actors.kit.screens.picture",
    "popup": "actors.kit.screens.replies",
    "read_image": "actors.kit.screens.image",
    "redress": "actors.kit.screens.replies",
    "send": "actors.kit.screens.replies",
    "send_below": "actors.kit.screens.replies",
    "show": "actors.kit.screens.replies",
    "tell": "actors.kit.screens.replies",
    "turn_shown": "actors.kit.screens.turning",
    "turned": "actors.kit.screens.replies",
    "units": "actors.kit.screens.length",
    "units_read": "actors.kit.screens.length",
}
"""Where each name comes from."""

__all__ = list(_FROM)

__getattr__ = _lazily(globals(), _FROM)


def __dir__() -> list[str]:
    return sorted({*globals(), *_FROM})
