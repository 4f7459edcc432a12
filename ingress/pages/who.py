"""Who asks, as far as they prove it, whoever has carried it: from what they say to who it is.

`tma` and Telegram's init data, signed with the bot's token; in a demo also `demo` and the number of whoever
one chooses to be. `grant` and what stood in the link by which somebody has come. A session, where somebody
has logged in by a code.
"""

import re
import time
from dataclasses import dataclass, field

from mailroom.actors.cause import TELEGRAM
from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.visit import Grant, Proof
from mailroom.actors.providers.mini_app import (
    InitDataError,
    InitDataOldError,
    parse_init_data,
)
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.grants import granted, link_over
from mailroom.storage.postgres.sessions import Session

START = "start"
"""What brought somebody here, in the address: of a link into Telegram the init data says it."""

DEMO_ID_MAX = 2**52 - 1
"""Telegram's promise: an id has at most 52 significant bits."""

_DEMO = re.compile(r"[1-9][0-9]{0,15}")


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody, and how it is known."""

    person: str | None = None
    """The same within the bot whenever they come; None: nobody has proved anything."""
    name: str = ""
    proofs: frozenset[Proof] = field(default_factory=frozenset)
    language: str | None = None
    """What they speak there where they were known."""
    start: str = ""
    grant: Grant | None = None
    session: Session | None = None
    """Of this browser, where it is that by which they are known."""
    demo: bool = False


async def who_says(authorization: str, here: BotPage, start: str = "") -> Who:
    """Who it is that says so of themselves. Raises `Problem` for a proof that proves nothing: `not_signed`,
    `too_old`, `link_over`.
    """
    scheme, _, proof = authorization.partition(" ")
    if scheme.lower() == "tma" and "telegram" in here.ways:
        return _in_telegram(proof.strip(), here.token, start)
    if (
        scheme.lower() == "demo"
        and "demo" in here.ways
        and _DEMO.fullmatch(proof)
        and int(proof) <= DEMO_ID_MAX
    ):
        address = f"{TELEGRAM}{proof}"
        return Who(address, "", frozenset({Proof("demo", address)}), start=start, demo=True)
    if scheme.lower() == "grant" and "link" in here.ways:
        if (grant := await granted(here, proof.strip())) is None:
            raise link_over()
        return Who(grant=grant, start=start)
    raise not_signed()


def who_is_in(session: Session, start: str = "") -> Who:
    """Who has logged in by a code."""
    proofs = frozenset(Proof("code", one) for one in session.addresses)
    return Who(session.person, proofs=proofs, start=start, session=session)


async def who_bears(token: str, here: BotPage) -> Who:
    """Who comes by a link. Raises `Problem` for one that grants nothing: it looks like any that leads to
    nothing.
    """
    if (grant := await granted(here, token)) is None:
        raise Problem("not_found", "absent")
    return Who(grant=grant)


def not_signed() -> Problem:
    """Nobody knows who asks."""
    return Problem("not_signed", "unknown")


def _in_telegram(init_data: str, token: str, start: str) -> Who:
    try:
        visitor = parse_init_data(init_data, token, time.time())
    except InitDataOldError:
        raise Problem("too_old", "unknown") from None
    except InitDataError:
        raise not_signed() from None
    address = f"{TELEGRAM}{visitor.user_id}"
    proof = Proof("telegram", address, visitor.username)
    return Who(address, visitor.name, frozenset({proof}), visitor.language, visitor.start_param or start)
