"""People who work in the console: logged in by a link that their bot has sent them, for a shift, with what
the rooms say that they are there. Awaited on the asyncio side.

Of a session, as of a link, only a digest is kept; its CSRF token is made of the secret in the cookie, which
no page of ours is told. What somebody is is asked anew with every question, so that whoever is dismissed in
one process is out in all of them with the next.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from secrets import token_urlsafe
from typing import cast

import asyncpg
from structlog import get_logger

from mailroom.actors.hosting.staff import Staff
from mailroom.actors.pages.visit import Proof, Way
from mailroom.ingress.ops.asker import Asker
from mailroom.ingress.ops.logged_in import SESSION_SECONDS, LoggedIn
from mailroom.storage.errors import StoreError
from mailroom.storage.postgres import console_people
from mailroom.storage.postgres.console_people import Proved

log = get_logger("mailroom.console")

PERSON = "person."
"""What the cookie of a person's session begins with: on-call's is signed, and has no such beginning."""
SECRET_BYTES = 32


class NobodyHereError(Exception):
    """Somebody has proved who they are, and works nowhere here."""


@dataclass(frozen=True, slots=True)
class People:
    """Those of one service; `staff` by the names of the bots that have a section."""

    database: asyncpg.Pool
    staff: Mapping[str, Staff]

    async def enter(self, token: str) -> str | None:
        """Log in by a link, which is used up by that: the cookie. None where it is not good any more.
        Raises `NobodyHereError`.
        """
        person = await console_people.use_link(self.database, token)
        if person is None:
            return None
        return await self.open(person)

    async def open(self, person: Proved) -> str:
        """Log in whoever has proved who they are: the cookie. Raises `NobodyHereError`."""
        works = await self.works_at(frozenset({_proof(person)}))
        if not works:
            raise NobodyHereError
        secret = token_urlsafe(SECRET_BYTES)
        await console_people.open_session(self.database, secret, person, SESSION_SECONDS)
        log.info("console_login", who=f"{person.address} {person.name}".strip(), bots=sorted(works))
        return PERSON + secret

    async def logged_in(self, cookie: str) -> LoggedIn | None:
        """Who came with a cookie; None where it is nobody's, or that has ended."""
        secret = cookie.removeprefix(PERSON)
        if not cookie.startswith(PERSON):
            return None
        found = await console_people.find_session(self.database, secret)
        if found is None:
            return None
        asker = Asker(False, found.name, found.address, frozenset({_proof(found)}))
        csrf_token = hmac.new(secret.encode(), b"csrf", sha256).hexdigest()
        return LoggedIn(
            asker, found.name, csrf_token, partial(console_people.end_session, self.database, secret)
        )

    async def roles(self, bot: str, proofs: frozenset[Proof]) -> frozenset[str]:
        """What somebody is at a bot; nothing where there is no such bot."""
        return await self.staff[bot].roles(proofs) if bot in self.staff else frozenset()

    async def works_at(self, proofs: frozenset[Proof]) -> dict[str, frozenset[str]]:
        """Where somebody works, and what they are there. A room that cannot say so keeps nobody from the
        others.
        """
        found: dict[str, frozenset[str]] = {}
        for bot in sorted(self.staff):
            try:
                found[bot] = await self.staff[bot].roles(proofs)
            except StoreError:
                raise
            except Exception:
                log.exception("roles_broken", bot=bot)
        return {bot: roles for bot, roles in found.items() if roles}


def _proof(person: Proved) -> Proof:
    return Proof(cast(Way, person.way), person.address, person.username)
