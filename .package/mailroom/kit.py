"""What bots with customers say, show and do alike: functions and frozen values, taken one by one.

`ops/docs/kit.md` says what each name is for. Nothing within imports from here, and each is loaded when it is
asked for.
"""

from typing import TYPE_CHECKING

from mailroom import _lazily

if TYPE_CHECKING:
    from mailroom.actors.kit.erasure.dialogue import erase_button as erase_button
    from mailroom.actors.kit.erasure.dialogue import erasure_router as erasure_router
    from mailroom.actors.kit.erasure.erasure import Before as Before
    from mailroom.actors.kit.erasure.erasure import Erasure as Erasure
    from mailroom.actors.kit.erasure.erasure import StillOpenError as StillOpenError
    from mailroom.actors.kit.erasure.texts import ERASURE_FOLDER as ERASURE_FOLDER
    from mailroom.actors.kit.erasure.texts import ErasureTexts as ErasureTexts
    from mailroom.actors.kit.erasure.wish import Wish as Wish
    from mailroom.actors.kit.erasure.wishes import Wanted as Wanted
    from mailroom.actors.kit.owners.access import OwnersSide as OwnersSide
    from mailroom.actors.kit.owners.access import by as by
    from mailroom.actors.kit.owners.access import works_as as works_as
    from mailroom.actors.kit.owners.broadcasts.asks import broadcast_asks as broadcast_asks
    from mailroom.actors.kit.owners.broadcasts.audience import Audience as Audience
    from mailroom.actors.kit.owners.broadcasts.audience import Recipients as Recipients
    from mailroom.actors.kit.owners.broadcasts.routes import BroadcastRoutes as BroadcastRoutes
    from mailroom.actors.kit.owners.broadcasts.screens import Places as Places
    from mailroom.actors.kit.owners.console import actor as actor
    from mailroom.actors.kit.owners.deeds import By as By
    from mailroom.actors.kit.owners.deeds import Deed as Deed
    from mailroom.actors.kit.owners.deeds import once as once
    from mailroom.actors.kit.owners.deeds import once_within as once_within
    from mailroom.actors.kit.owners.deeds import read_log as read_log
    from mailroom.actors.kit.owners.faults import PriceFault as PriceFault
    from mailroom.actors.kit.owners.faults import TableFault as TableFault
    from mailroom.actors.kit.owners.faults import TellingFault as TellingFault
    from mailroom.actors.kit.owners.forms import leave as leave
    from mailroom.actors.kit.owners.forms import leaving as leaving
    from mailroom.actors.kit.owners.forms import needing_text as needing_text
    from mailroom.actors.kit.owners.forms import no_command as no_command
    from mailroom.actors.kit.owners.in_words import InWords as InWords
    from mailroom.actors.kit.owners.lists import LIST_CHARS_MAX as LIST_CHARS_MAX
    from mailroom.actors.kit.owners.lists import fitted as fitted
    from mailroom.actors.kit.owners.lists import shortened as shortened
    from mailroom.actors.kit.owners.prices import parse_currency as parse_currency
    from mailroom.actors.kit.owners.prices import parse_price as parse_price
    from mailroom.actors.kit.owners.problems import problem as problem
    from mailroom.actors.kit.owners.refusals import OwnerError as OwnerError
    from mailroom.actors.kit.owners.refusals import Wrong as Wrong
    from mailroom.actors.kit.owners.refusals import refuse as refuse
    from mailroom.actors.kit.owners.refusals import wrong as wrong
    from mailroom.actors.kit.owners.roles import named_by as named_by
    from mailroom.actors.kit.owners.tables.cells import cell as cell
    from mailroom.actors.kit.owners.tables.cells import known as known
    from mailroom.actors.kit.owners.tables.cells import yes_or_no as yes_or_no
    from mailroom.actors.kit.owners.tables.table import BadLine as BadLine
    from mailroom.actors.kit.owners.tables.table import Line as Line
    from mailroom.actors.kit.owners.tables.table import Table as Table
    from mailroom.actors.kit.owners.tables.table import in_order as in_order
    from mailroom.actors.kit.owners.tables.table import read_table as read_table
    from mailroom.actors.kit.owners.tables.text import TABLE_BYTES_MAX as TABLE_BYTES_MAX
    from mailroom.actors.kit.owners.texts import OWNER_FOLDER as OWNER_FOLDER
    from mailroom.actors.kit.owners.texts.broadcasts import BroadcastTexts as BroadcastTexts
    from mailroom.actors.kit.owners.texts.policies import PolicyTexts as PolicyTexts
    from mailroom.actors.kit.owners.texts.refusals import RefusalTexts as RefusalTexts
    from mailroom.actors.kit.owners.texts.shared import SharedTexts as SharedTexts
    from mailroom.actors.kit.owners.texts.uploads import UploadTexts as UploadTexts
    from mailroom.actors.kit.owners.uploads import Uploaded as Uploaded
    from mailroom.actors.kit.owners.uploads import fetch_document as fetch_document
    from mailroom.actors.kit.owners.uploads import send_bad_lines as send_bad_lines
    from mailroom.actors.kit.owners.uploads import upload_report as upload_report
    from mailroom.actors.kit.owners.withheld import withheld as withheld
    from mailroom.actors.kit.policies.policy import Policy as Policy
    from mailroom.actors.kit.policies.policy import policies_router as policies_router
    from mailroom.actors.kit.policies.routes import POLICY_OF as POLICY_OF
    from mailroom.actors.kit.policies.routes import PolicyRoutes as PolicyRoutes
    from mailroom.actors.kit.policies.written import POLICY_CHARS_MAX as POLICY_CHARS_MAX
    from mailroom.actors.kit.policies.written import drop_policy as drop_policy
    from mailroom.actors.kit.policies.written import put_policy as put_policy
    from mailroom.actors.kit.policies.written import written_policy as written_policy
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
    from mailroom.actors.kit.screens.page import page_address as page_address
    from mailroom.actors.kit.screens.picture import Picture as Picture
    from mailroom.actors.kit.screens.picture import picture_of as picture_of
    from mailroom.actors.kit.screens.private import in_private as in_private
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
    "Audience": "actors.kit.owners.broadcasts.audience",
    "BadLine": "actors.kit.owners.tables.table",
    "Before": "actors.kit.erasure.erasure",
    "BroadcastRoutes": "actors.kit.owners.broadcasts.routes",
    "BroadcastTexts": "actors.kit.owners.texts.broadcasts",
    "By": "actors.kit.owners.deeds",
    "CAPTION_UNITS_MAX": "actors.kit.screens.length",
    "Deed": "actors.kit.owners.deeds",
    "ERASURE_FOLDER": "actors.kit.erasure.texts",
    "Erasure": "actors.kit.erasure.erasure",
    "ErasureTexts": "actors.kit.erasure.texts",
    "Image": "actors.kit.screens.image",
    "InWords": "actors.kit.owners.in_words",
    "LIST_CHARS_MAX": "actors.kit.owners.lists",
    "Line": "actors.kit.owners.tables.table",
    "LongRowId": "actors.kit.screens.numbers",
    "MESSAGE_UNITS_MAX": "actors.kit.screens.length",
    "OWNER_FOLDER": "actors.kit.owners.texts",
    "OwnerError": "actors.kit.owners.refusals",
    "OwnersSide": "actors.kit.owners.access",
    "POLICY_CHARS_MAX": "actors.kit.policies.written",
    "POLICY_OF": "actors.kit.policies.routes",
    "PageNumber": "actors.kit.screens.numbers",
    "Picture": "actors.kit.screens.picture",
    "Places": "actors.kit.owners.broadcasts.screens",
    "Policy": "actors.kit.policies.policy",
    "PolicyRoutes": "actors.kit.policies.routes",
    "PolicyTexts": "actors.kit.owners.texts.policies",
    "PriceFault": "actors.kit.owners.faults",
    "Recipients": "actors.kit.owners.broadcasts.audience",
    "RefusalTexts": "actors.kit.owners.texts.refusals",
    "Row": "actors.kit.screens.buttons",
    "RowId": "actors.kit.screens.numbers",
    "Screen": "actors.kit.screens.screen",
    "SharedTexts": "actors.kit.owners.texts.shared",
    "Shows": "actors.kit.screens.shown",
    "StillOpenError": "actors.kit.erasure.erasure",
    "TABLE_BYTES_MAX": "actors.kit.owners.tables.text",
    "Table": "actors.kit.owners.tables.table",
    "TableFault": "actors.kit.owners.faults",
    "TellingFault": "actors.kit.owners.faults",
    "UploadTexts": "actors.kit.owners.texts.uploads",
    "Uploaded": "actors.kit.owners.uploads",
    "Wanted": "actors.kit.erasure.wishes",
    "Wish": "actors.kit.erasure.wish",
    "Wrong": "actors.kit.owners.refusals",
    "actor": "actors.kit.owners.console",
    "app": "actors.kit.screens.buttons",
    "broadcast_asks": "actors.kit.owners.broadcasts.asks",
    "button": "actors.kit.screens.buttons",
    "by": "actors.kit.owners.access",
    "cell": "actors.kit.owners.tables.cells",
    "chat_of": "actors.kit.screens.replies",
    "copying": "actors.kit.screens.buttons",
    "cut": "actors.kit.screens.length",
    "drop_policy": "actors.kit.policies.written",
    "edited": "actors.kit.screens.replies",
    "erase_button": "actors.kit.erasure.dialogue",
    "erasure_router": "actors.kit.erasure.dialogue",
    "fetch_document": "actors.kit.owners.uploads",
    "fitted": "actors.kit.owners.lists",
    "in_messages": "actors.kit.screens.length",
    "in_order": "actors.kit.owners.tables.table",
    "in_private": "actors.kit.screens.private",
    "keep_shown": "actors.kit.screens.shown",
    "keyboard": "actors.kit.screens.buttons",
    "known": "actors.kit.owners.tables.cells",
    "leave": "actors.kit.owners.forms",
    "leaving": "actors.kit.owners.forms",
    "link": "actors.kit.screens.buttons",
    "named_by": "actors.kit.owners.roles",
    "needing_text": "actors.kit.owners.forms",
    "no_command": "actors.kit.owners.forms",
    "once": "actors.kit.owners.deeds",
    "once_within": "actors.kit.owners.deeds",
    "page_address": "actors.kit.screens.page",
    "parse_currency": "actors.kit.owners.prices",
    "parse_price": "actors.kit.owners.prices",
    "picture_of": "actors.kit.screens.picture",
    "policies_router": "actors.kit.policies.policy",
    "popup": "actors.kit.screens.replies",
    "problem": "actors.kit.owners.problems",
    "put_policy": "actors.kit.policies.written",
    "read_image": "actors.kit.screens.image",
    "read_log": "actors.kit.owners.deeds",
    "read_table": "actors.kit.owners.tables.table",
    "redress": "actors.kit.screens.replies",
    "refuse": "actors.kit.owners.refusals",
    "send": "actors.kit.screens.replies",
    "send_bad_lines": "actors.kit.owners.uploads",
    "send_below": "actors.kit.screens.replies",
    "shortened": "actors.kit.owners.lists",
    "show": "actors.kit.screens.replies",
    "tell": "actors.kit.screens.replies",
    "turn_shown": "actors.kit.screens.turning",
    "turned": "actors.kit.screens.replies",
    "units": "actors.kit.screens.length",
    "units_read": "actors.kit.screens.length",
    "upload_report": "actors.kit.owners.uploads",
    "withheld": "actors.kit.owners.withheld",
    "works_as": "actors.kit.owners.access",
    "written_policy": "actors.kit.policies.written",
    "wrong": "actors.kit.owners.refusals",
    "yes_or_no": "actors.kit.owners.tables.cells",
}
"""Where each name comes from."""

__all__ = list(_FROM)

__getattr__ = _lazily(globals(), _FROM)


def __dir__() -> list[str]:
    return sorted({*globals(), *_FROM})
