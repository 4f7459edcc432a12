"""The Bot API's methods, a file per kind; importing this package fills the table in `call`."""

from . import (
    about,
    commands,
    edits,
    group_admin,
    invite_links,
    invoices,
    media,
    messages,
    polls,
    queries,
    updates,
)
from .call import METHODS, Call, Handler

__all__ = [
    "METHODS",
    "Call",
    "Handler",
    "about",
    "commands",
    "edits",
    "group_admin",
    "invite_links",
    "invoices",
    "media",
    "messages",
    "polls",
    "queries",
    "updates",
]
