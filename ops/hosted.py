"""Put the bots of the configuration together: router, dispatcher, connection to Telegram."""

from collections.abc import Callable
from typing import Any

from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer

from mailroom.actors.hosting.bot import HostedBot, dispatcher_of
from mailroom.actors.hosting.console_link import put_console_command
from mailroom.actors.hosting.handling import Handling
from mailroom.actors.hosting.load import RouterError, from_disk
from mailroom.actors.hosting.own_bot import defaults, own_bot
from mailroom.actors.hosting.room import Room
from mailroom.actors.hosting.staff import Staff
from mailroom.actors.state import CommittedState
from mailroom.ops.bundled import RoomError, parts_of
from mailroom.ops.faults import StartError
from mailroom.ops.host_bot import host
from mailroom.ops.settings import TELEGRAM_API_BASE, BotSettings, Settings
from mailroom.supervisors.parking import Parking


def hosted_bots(
    settings: Settings, committed: CommittedState, parking: Parking, room: Callable[[str], Room[Any]]
) -> dict[str, HostedBot]:
    """Every configured bot, ready to start; the handlers of one with a `room` may ask by name for what that
    offers.
    """
    return {
        name: _from_settings(name, one, settings, committed, parking, room)
        for name, one in settings.bots.items()
    }


def handling_of(one: BotSettings) -> Handling:
    """How a bot of the settings has its messages handled."""
    return Handling(
        fast=one.order == "fast",
        shed=one.flood == "shed",
        parks=one.dead_letters == "park",
        apart=one.albums == "apart",
    )


def _from_settings(
    name: str,
    one: BotSettings,
    settings: Settings,
    committed: CommittedState,
    parking: Parking,
    room: Callable[[str], Room[Any]],
) -> HostedBot:
    parts = None
    try:
        if one.kind:
            parts = parts_of(settings, name)
            router = parts.answers()
        else:
            router = from_disk(one.router or "", settings.config.parent if settings.config else None)
    except (RouterError, RoomError) as error:
        raise StartError(f"bots.{name}: {error}") from error
    dispatcher = dispatcher_of(router, room(name).offered() if parts else {})
    if parts and (staff := Staff.of(room(name), parts)):
        put_console_command(dispatcher, staff)
    found = own_bot(one.router, router, one.token) if one.router else None
    bot = _bot(one, found)
    if found is None or settings.telegram_api_base != TELEGRAM_API_BASE:
        bot.session.api = TelegramAPIServer.from_base(settings.telegram_api_base)
    hosted = host(name, bot, dispatcher, committed, parking, handling_of(one), bundled=one.kind is not None)
    if parts:
        hosted.clock = room(name).clock
    return hosted


def _bot(one: BotSettings, found: Bot | None) -> Bot:
    """The bot of a table: the very one of its module where that has its token, so that the calls its code
    makes by itself are recorded too; else one like it.
    """
    properties = defaults(found, one.default_properties())
    if found is None:
        return Bot(one.token, default=properties)
    if found.token != one.token:
        return Bot(one.token, session=found.session, default=properties)
    found.default = properties
    return found
