"""One-time codes: made, sent by a job, tried.

      _code ──► row (keyed digest) + job `code` ──sender──► mail, SMS
                 │
     _enter ──►  a try ──right──► used up: the address is proved
                      └─wrong──► five of them, then a new code has to be asked for

A code is for one address at one bot, and for the interface that it was asked for at: what is sent to a
customer opens no console, and whoever uses up the tries at a page leaves those of the console alone. Nowhere
is it kept in the clear: the row holds a digest that needs a key of the vault, the job what the vault has
encrypted.
"""

import hmac
import secrets
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel

from mailroom.actors.jobs.kind import Kind, Patience
from mailroom.actors.jobs.notify import NOTIFICATION
from mailroom.actors.people.address import kind_of
from mailroom.actors.providers.codes import CodeSender
from mailroom.storage.postgres import codes
from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import Backoff, Priority
from mailroom.storage.vault import Vault

DIGITS = 6
SECONDS = 600.0
"""A mail may be minutes under way, and is read in another window."""
TRIES = 5
"""In a million codes; who types worse asks for a new one."""


CodeInterface = Literal["page", "console"]
"""What a code opens."""


class SendCode(BaseModel):
    """A code on its way. Whoever reads the job learns the address, and not the code."""

    bot: str
    address: str
    sealed: str
    """The code, encrypted by the vault."""
    language: str
    title: str
    door: CodeInterface = "page"


SEND_CODE = Kind(
    "code",
    SendCode,
    # Somebody looks at an empty field. Before there are so many attempts the code is over, and the job with
    # it: no dead letter remains of what nobody waits for.
    Patience(timeout_seconds=20.0, attempts_max=100, backoff=Backoff(first_seconds=2.0, max_seconds=30.0)),
    queue=NOTIFICATION,
    bot_of=lambda wanted: wanted.bot,
)


def sender_for(senders: Sequence[CodeSender], address: str) -> CodeSender | None:
    """Who carries a code to an address: the first that does."""
    return next((sender for sender in senders if kind_of(address) in sender.takes), None)


class Codes:
    """The codes of an installation, at one interface."""

    def __init__(self, vault: Vault, interface: CodeInterface = "page") -> None:
        self._vault = vault
        self._interface = interface

    def at(self, interface: CodeInterface) -> "Codes":
        """Those at another."""
        return Codes(self._vault, interface)

    async def issue(self, connection: Connection, bot: str, address: str, language: str, title: str) -> str:
        """Make a code for an address, and have it sent; in a transaction of the caller's. The queue whose
        workers are to be woken once it has committed.
        """
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        digest = self.digest(bot, address, code)
        await codes.put(connection, bot, self._interface, address, digest, tries=TRIES, seconds=SECONDS)
        sealed = self._vault.encrypt(code.encode()).decode()
        wanted = SendCode(
            bot=bot, address=address, sealed=sealed, language=language, title=title, door=self._interface
        )
        await enqueue(connection, [SEND_CODE(wanted, priority=Priority.URGENT)])
        return NOTIFICATION.of(bot)

    async def use(self, connection: Connection, bot: str, address: str, code: str) -> bool:
        """Try a code, in a transaction of the caller's: a right one is used up with it. Others who try at the
        same moment wait for its end.
        """
        wanted = await codes.spend(connection, bot, self._interface, address)
        given = self.digest(bot, address, code)
        if not hmac.compare_digest(given, wanted or b""):
            return False
        await codes.drop(connection, bot, self._interface, address, given)
        return True

    def unseal(self, wanted: SendCode) -> str:
        """The code that is to be sent. Raises `VaultError`."""
        return self._vault.decrypt(wanted.sealed.encode()).decode()

    def digest(self, bot: str, address: str, code: str) -> bytes:
        """What is kept of a code: of no use without the vault's key, and for this address alone."""
        return self._vault.fingerprint(f"one-time code\0{self._interface}\0{bot}\0{address}\0{code}".encode())
