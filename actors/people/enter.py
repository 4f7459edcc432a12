"""Somebody enters: an address is proved, and it is known whose it is.

Who proves an address first is the person whose it is from then on, within this bot. Whoever is somebody
already, by Telegram or in this browser, can have the address for the same person (`joins`): then it is found
to be theirs, nobody's, or another one's. Another one's stays so: two people are made one by no code.
"""

import secrets
from dataclasses import dataclass

import asyncpg

from mailroom.actors.cause import TELEGRAM
from mailroom.actors.people.code import Codes
from mailroom.actors.people.token import digest_of, new_token
from mailroom.storage.postgres import proofs, sessions
from mailroom.storage.postgres.outbox.connection import Connection, answering
from mailroom.storage.postgres.sessions import Session
from mailroom.storage.texts import kept

SESSION_SECONDS = 30 * 86_400.0
"""Since somebody was last there."""
SEEN_SECONDS = 3600.0
"""How old may be what is noted of when that was: each note is a write."""
SESSIONS_MAX = 20
"""More browsers than anybody has."""
ABOUT_CHARS_MAX = 200


class WrongCodeError(Exception):
    """The code is not right, not good any more, or was tried too often: which of it, nobody is told."""


class AnothersAddressError(Exception):
    """The address was proved, and is that of another person at this bot."""


@dataclass(frozen=True, slots=True)
class Entered:
    """Whoever has entered."""

    person: str
    token: str
    """Of a new session; empty where none was needed."""


async def enter(
    database: asyncpg.Pool,
    codes: Codes,
    bot: str,
    address: str,
    code: str,
    *,
    about: str,
    instead: Session | None,
) -> Entered:
    """Open a session for whoever's the address is, if the code is right; the one that the browser had ends,
    whosever it was. Raises `WrongCodeError`.
    """
    with answering():
        async with database.acquire() as connection, connection.transaction():
            if await codes.use(connection, bot, address, code):
                person = await proofs.take(connection, bot, address, _new_person())
                if instead is not None:
                    await sessions.end(connection, bot, instead.person, instead.id)
                return Entered(person, await open_session(connection, bot, person, [address], about))
    # Beyond the transaction: a try that failed has to be kept as well.
    raise WrongCodeError


async def join(
    database: asyncpg.Pool,
    codes: Codes,
    bot: str,
    address: str,
    code: str,
    *,
    person: str,
    session: Session | None,
) -> Entered:
    """Have the address for a person who is there already, if the code is right. Raises `WrongCodeError`,
    `AnothersAddressError`: then the code is as good as before.
    """
    with answering():
        async with database.acquire() as connection, connection.transaction():
            if await codes.use(connection, bot, address, code):
                if await proofs.take(connection, bot, address, person) != person:
                    raise AnothersAddressError
                if session is not None:
                    await sessions.add(connection, session.id, address)
                if person.startswith(TELEGRAM):
                    await proofs.take(connection, bot, person, person)
                return Entered(person, "")
    raise WrongCodeError


async def open_session(
    connection: Connection, bot: str, person: str, addresses: list[str], about: str
) -> str:
    """Remember somebody in a browser; what its cookie is to hold."""
    token = new_token()
    await sessions.put(
        connection,
        digest_of(token) or b"",
        bot=bot,
        person=person,
        addresses=addresses,
        about=kept(about, ABOUT_CHARS_MAX),
        seconds=SESSION_SECONDS,
        most=SESSIONS_MAX,
    )
    return token


def _new_person() -> str:
    # Nothing of the address: it stands in rows and logs, and another address may be added, or all forgotten.
    return f"p_{secrets.token_hex(8)}"
