"""Telling somebody of an order: an event in a chat's mailbox, or a notice past it, as jobs that exist if and
only if what they tell of has happened.
"""

import json
from collections.abc import Mapping
from dataclasses import replace

from actors import notification
from actors.bots.shop.jobs.patience import ATTEMPTS_MAX
from storage.postgres.outbox.job import NewJob


def data_of(told: Mapping[str, object]) -> str:
    """What an event carries, as its handlers read it."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def event_job(bot: str, chat_id: int, name: str, told: Mapping[str, object]) -> NewJob:
    """An event into a chat, handled in order with its messages."""
    return replace(notification.event(bot, chat_id, name, data_of(told)), attempts_max=ATTEMPTS_MAX)


def notice_job(bot: str, chat_id: int, text: str) -> NewJob:
    """A text to somebody who has no dialogue with the shop, such as a supplier."""
    return replace(notification.notice(bot, chat_id, text), attempts_max=ATTEMPTS_MAX)
