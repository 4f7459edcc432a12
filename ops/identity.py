"""Whose chats a bot finds under its name: asked at every start, before anything is served."""

from collections.abc import Mapping

from structlog import get_logger

from mailroom.actors.hosting.bot import HostedBot
from mailroom.ops.faults import ConfigurationError
from mailroom.ops.settings import BotSettings
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.identities import AnotherBotError, Identities

log = get_logger("mailroom.identity")


async def claim_names(bots: Mapping[str, HostedBot], settings: Mapping[str, BotSettings], line: Line) -> None:
    """Have each bot stand for its name. Raises `ConfigurationError` where the chats of one are another bot's,
    and nobody has said that it shall have them.
    """
    faults, identities = [], Identities(line)
    for name, bot in bots.items():
        former_id = settings[name].former_id if name in settings else None
        try:
            identity = await identities.claim(name, bot.id, former_id)
        except AnotherBotError as error:
            faults.append(_fault(name, bot.id, error.owner))
        except StoreUnavailable as error:  # full, most likely: what waits is to be worked off all the same
            log.warning("identity_not_kept", bot=name, why=str(error))
        else:
            bot.plain_ids_until_ms = identity.plain_ids_until_ms
    if faults:
        raise ConfigurationError(faults)


async def spare_names(bots: Mapping[str, HostedBot], line: Line) -> None:
    """Keep a demo off the chats of bots that have served people: it would answer what waits there at a
    simulator. The demo's own people are nobody's, and a first token may have them. Raises
    `ConfigurationError`.
    """
    owners = {name: await Identities(line).owner(name) for name in bots}
    if faults := [
        f"bots.{name}: is a demo, and the chats kept under {name} are those of the bot {owner}: what people"
        " wrote there would be answered at a simulator. Set the token, or give the demo stores of its own."
        for name, owner in owners.items()
        if owner is not None
    ]:
        raise ConfigurationError(faults)


def _fault(name: str, bot_id: int, owner: int) -> str:
    return (
        f"bots.{name}.token: is of the bot {bot_id}, and the chats, state and dead letters kept under {name}"
        f" are those of the bot {owner}. With this token the new bot would go on with conversations that"
        f" people had with the other one, and write to people who never started it. Give the new bot another"
        f" name ([bots.ANOTHER]) and it begins empty; or, if it is to have them all, set former_id = {owner}"
        f" in [bots.{name}]."
    )
