"""A one-time code is asked for, and entered. Awaited on the asyncio side.

Whether an address is known is told by nothing: anybody may have a code sent to any address, and whoever
enters it is whoever's the address is. How often is limited, for a code costs money and whoever gets it peace:
by the network it is asked from, by the address and by the bot.
"""

import asyncio
import time
from functools import partial
from ipaddress import ip_address, ip_network
from urllib.parse import urlencode

from pydantic import Field
from structlog import get_logger

from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.ask import Allow, Asked
from mailroom.actors.people.address import (
    TYPED_CHARS_MAX,
    AddressError,
    bare,
    hinted,
    kind_of,
    parse_address,
)
from mailroom.actors.people.code import DIGITS, SECONDS, Codes, sender_for
from mailroom.actors.people.enter import AnothersAddressError, WrongCodeError, enter, join
from mailroom.ingress.pages.caller import Caller, Told
from mailroom.storage.postgres.outbox.connection import answering

log = get_logger("mailroom.pages")

OF_NETWORK = Allow("codes_network", 20, 3600.0)
"""Of a /24 or a /64: an office logs in on Monday."""
OF_ADDRESS = (Allow("codes_again", 1, 60.0), Allow("codes_address", 5, 3600.0))
"""A mail may be a minute under way; whoever asks more often reads them all at once, or is somebody else."""
OF_BOT = Allow("codes_bot", 300, 3600.0)
"""Whoever asks from everywhere for addresses that are nobody's costs no more than this."""
TRIES_OF_NETWORK = Allow("codes_tries", 60, 600.0)
REFUSED_SECONDS = 0.3
"""A refusal takes so long, whatever it is that is wrong."""


class AskedCode(Asked):
    """To which address a code is wanted, as somebody has typed it."""

    address: str = Field(max_length=TYPED_CHARS_MAX)


class AskedEnter(Asked):
    """The code that has come to an address. With `join` the address becomes one more of whoever is logged in
    here; without it, whoever's it is logs in.
    """

    address: str = Field(max_length=TYPED_CHARS_MAX)
    code: str = Field(pattern=rf"^[0-9]{{{DIGITS}}}$")
    join: bool = False


async def send_code(caller: Caller, asked: AskedCode) -> Told:
    """Have a code sent. Raises `Problem`: `bad_address`, `no_way_there`, `too_many_codes`."""
    here, room = caller.here, caller.here.room
    address = _address(asked.address)
    if sender_for(here.senders, address) is None:
        raise Problem("no_way_there", "bad", addresses=here.code_addresses)
    known_by = room.vault.fingerprint(f"allowance\0{address}".encode()).hex()[:32]
    await _take(caller, OF_NETWORK, caller.network)
    for allow in OF_ADDRESS:
        await _take(caller, allow, known_by)
    await _take(caller, OF_BOT, "")
    with answering():
        async with room.database.acquire() as connection, connection.transaction():
            codes, title = Codes(room.vault), here.page.title or here.bot
            queue = await codes.issue(connection, here.bot, address, caller.language, title)
    room.wake(queue)
    log.info("code_asked", bot=here.bot, to=hinted(address))
    told = {
        "sent_to": hinted(address),
        "digits": DIGITS,
        "seconds": SECONDS,
        "again_seconds": OF_ADDRESS[0].seconds,
    }
    if here.codes_seen_at is not None:
        told["seen_at"] = f"{here.codes_seen_at}/?{urlencode({'to': bare(address), 'lang': caller.language})}"
    return Told(told)


async def enter_code(caller: Caller, asked: AskedEnter) -> Told:
    """Enter by a code, or join an address. Raises `Problem`: `bad_address`, `wrong_code`, `too_many_codes`,
    `anothers_address`.
    """
    begun, here, who = time.monotonic(), caller.here, caller.who
    database, codes = here.room.database, Codes(here.room.vault)
    address = _address(asked.address)
    await _take(caller, TRIES_OF_NETWORK, caller.network)
    # Telegram says who is there with every call: nobody else can log in beside that.
    joins = who.person is not None and (asked.join or who.session is None)
    try:
        if joins:
            entered = await join(
                database, codes, here.bot, address, asked.code, person=who.person or "", session=who.session
            )
        else:
            entered = await enter(
                database, codes, here.bot, address, asked.code, about=caller.about, instead=who.session
            )
    except WrongCodeError:
        await asyncio.sleep(max(0.0, begun + REFUSED_SECONDS - time.monotonic()))
        raise Problem("wrong_code", "bad") from None
    except AnothersAddressError:
        raise Problem("anothers_address", "conflict") from None
    log.info("entered", bot=here.bot, person=entered.person, by=kind_of(address), joined=joins)
    return Told({"person": entered.person}, entered.token or None)


def wide(network: str) -> str:
    """The network of an address that somebody comes from: a /24 of IPv4; what is wider already stays."""
    seen, by, proxy = network.partition(" by ")
    try:
        found = ip_address(seen)
    except ValueError:
        return network
    return f"{ip_network(f'{found}/24', strict=False)}{by}{proxy}" if found.version == 4 else network


async def _take(caller: Caller, allow: Allow, key: str) -> None:
    take = partial(caller.here.room.allowance.take, most=allow.most, seconds=allow.seconds)
    seconds = await take(f"page_{allow.name}", f"{caller.here.bot}:{key}")
    if seconds > 0:
        raise Problem("too_many_codes", "too_many", retry_seconds=seconds)


def _address(typed: str) -> str:
    try:
        return parse_address(typed)
    except AddressError as error:
        raise Problem("bad_address", "bad", fields=[f"address: {error}"]) from None
