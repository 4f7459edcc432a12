"""Addresses that a room gives to people: of its page, of its chat, and links that let their bearer do one
thing.

    room.links.page(tab="orders")                                   /app/BOT/?tab=orders
    await room.links.chat("booking_17")                             https://t.me/USERNAME?start=booking_17
    await room.links.grant(tx, Grant("booking", "17"))              /app/BOT/#l=TOKEN
    await room.links.grant(tx, Grant("feed", "17"), path="calendar.ics")      /app/BOT/l/TOKEN/calendar.ics

A link to the page has its token behind the #, which no browser sends and no server writes down: the page
shows what the link is for, and acts when somebody presses a button. Mail scanners follow links, and have
changed nothing by it.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.pages.visit import Grant
from mailroom.actors.people.token import digest_of, token_of
from mailroom.storage.postgres import grants
from mailroom.storage.vault import Vault

GRANT = "l"
"""What a link's token is called in the fragment, and where links are."""
START = re.compile(r"[A-Za-z0-9_-]{0,64}")
"""What Telegram takes along in a link to a chat."""


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses of one bot. Where customers' browsers do not reach this service (`public_url` is not
    set), those of the page are empty, and nothing is granted.
    """

    bot: str
    public_url: str
    vault: Vault
    username: Callable[[], Awaitable[str]]
    """What Telegram calls the bot."""

    def page(self, **query: str) -> str:
        """Of the bot's page."""
        return self._page(f"?{urlencode(query)}" if query else "")

    async def chat(self, start: str = "") -> str:
        """Of the chat with the bot: whoever follows it says `/start`, with what it takes along. Raises
        `ValueError` for what Telegram would not take along, `StoreUnavailable` where it does not say what
        the bot is called.
        """
        if START.fullmatch(start) is None:
            raise ValueError(
                f"Telegram takes up to 64 of A-Z a-z 0-9 _ - along in a link, and not {start[:80]!r}"
            )
        return f"https://t.me/{await self.username()}" + (f"?start={start}" if start else "")

    async def grant(
        self,
        tx: Transaction,
        grant: Grant,
        *,
        until: datetime | None = None,
        person: str | None = None,
        path: str = "",
    ) -> str:
        """A link whose bearer may do one thing, until a moment, or until it is revoked: to the page, or with
        a `path` to one of `Page.links`. It exists once the transaction has committed; handled again, it is
        the same. One that was made for a `person` goes when they are forgotten.
        """
        if not self.public_url:
            return ""
        effect = tx.once("\0".join(("grant", grant.what, grant.reference, str(grant.version), path)))
        token = token_of(self.vault.fingerprint(f"link\0{self.bot}\0{effect}".encode()))
        granted = grants.Granted(grant.what, grant.reference, grant.version)
        digest = digest_of(token) or b""
        await grants.put(tx.connection, digest, self.bot, granted, person=person, until=until)
        return self._page(f"{GRANT}/{token}/{quote(path)}" if path else f"#{GRANT}={token}")

    async def revoke(self, tx: Transaction, what: str, reference: str, *, before: int | None = None) -> int:
        """Have the links for a thing grant nothing any more, or only those for its versions before one; how
        many there were.
        """
        return await grants.revoke(tx.connection, self.bot, what, reference, before)

    def _page(self, rest: str) -> str:
        return f"{self.public_url.rstrip('/')}/app/{quote(self.bot)}/{rest}" if self.public_url else ""
