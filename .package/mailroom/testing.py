"""What authors of bots test theirs with: a chat as a fixture of pytest, and `check_room` for a room.

    pytest_plugins = ["mailroom.testing"]  # in conftest.py

`ops/docs/testing-a-bot.md` shows what there is. Each name is loaded when it is asked for: importing this
loads neither pytest nor a framework, and nothing that serves imports it. Nothing within imports from here.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailroom.actors.testing.check_room import RoomFaultsError, check_room
    from mailroom.actors.testing.room_files import NoRoomError
    from mailroom.ops.testing.asked.person import LoggedIn, Person, Says
    from mailroom.ops.testing.asked.question import SentFile
    from mailroom.ops.testing.asking import AskedPage, AskedSection, CalledHooks
    from mailroom.ops.testing.chat import Chat
    from mailroom.ops.testing.errors import (
        JobDiedError,
        KitError,
        MessageDiedError,
        NoButtonError,
        NothingThereError,
        NotSettledError,
        OutageNeverStruckError,
    )
    from mailroom.ops.testing.jobs import Jobs
    from mailroom.ops.testing.models import ScriptedModels
    from mailroom.ops.testing.opened.codes import SentCode
    from mailroom.ops.testing.outages import Outages, TelegramOutages
    from mailroom.ops.testing.payments import Database, Payments
    from mailroom.ops.testing.sent import Answers, Button, Media, Sent
    from mailroom.ops.testing.service import Service
    from mailroom.ops.testing.times import TestClock

_ERRORS = "ops.testing.errors"
_SENT = "ops.testing.sent"
_FIXTURES = "ops.testing.fixtures"
_FROM = {
    "Answers": _SENT,
    "AskedPage": "ops.testing.asking",
    "AskedSection": "ops.testing.asking",
    "CalledHooks": "ops.testing.asking",
    "Button": _SENT,
    "Chat": "ops.testing.chat",
    "JobDiedError": _ERRORS,
    "Jobs": "ops.testing.jobs",
    "KitError": _ERRORS,
    "LoggedIn": "ops.testing.asked.person",
    "Media": _SENT,
    "MessageDiedError": _ERRORS,
    "NoButtonError": _ERRORS,
    "NoRoomError": "actors.testing.room_files",
    "Database": "ops.testing.payments",
    "NotSettledError": _ERRORS,
    "Outages": "ops.testing.outages",
    "Payments": "ops.testing.payments",
    "Person": "ops.testing.asked.person",
    "Says": "ops.testing.asked.person",
    "ScriptedModels": "ops.testing.models",
    "SentCode": "ops.testing.opened.codes",
    "SentFile": "ops.testing.asked.question",
    "TelegramOutages": "ops.testing.outages",
    "NothingThereError": _ERRORS,
    "OutageNeverStruckError": _ERRORS,
    "RoomFaultsError": "actors.testing.check_room",
    "Sent": _SENT,
    "Service": "ops.testing.service",
    "TestClock": "ops.testing.times",
    "check_room": "actors.testing.check_room",
}
"""Where each name comes from."""
_ASKED_OF_A_PLUGIN = (
    "chat", "clock", "database", "group", "hooks", "jobs", "mailroom_session", "models", "outage", "page",
    "payments", "people", "room", "room_options", "router", "section", "service", "telegram",
)  # fmt: skip
"""The fixtures, which pytest looks for in `dir` of this module."""

__all__ = [
    "Answers", "AskedPage", "AskedSection", "Button", "CalledHooks", "Chat", "Database", "JobDiedError",
    "Jobs", "KitError", "LoggedIn", "Media", "MessageDiedError", "NoButtonError", "NoRoomError",
    "NotSettledError", "NothingThereError", "OutageNeverStruckError", "Outages", "Payments", "Person",
    "RoomFaultsError", "Says", "ScriptedModels", "Sent", "SentCode", "SentFile", "Service",
    "TelegramOutages", "TestClock", "check_room",
]  # fmt: skip


def __getattr__(name: str) -> object:
    if name in _ASKED_OF_A_PLUGIN:
        module = _FIXTURES
    elif name in _FROM:
        module = _FROM[name]
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"mailroom.{module}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """What pytest looks through, for fixtures: those alone that are ours."""
    return [*_ASKED_OF_A_PLUGIN]
