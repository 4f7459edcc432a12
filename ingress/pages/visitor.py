"""Who asks, as far as they prove it: from a request to who it is.

`Authorization: tma` and Telegram's init data, signed with the bot's token; in a demo also
`Authorization: demo` and the number of whoever one chooses to be.
`Authorization: grant` and what stood in the link by which somebody has come.
Without any of these a cookie, where somebody has logged in by a code.

Whoever says by a header who they are is that one, and nobody else: where it proves nothing, no cookie makes
up for it.
"""

import re
import time
from dataclasses import dataclass, field

from quart import Request

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
from mailroom.ingress.pages.sessions import proofs_in, session_in
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


async def who_asks(request: Request, here: BotPage) -> Who:
    """Who it is that asks. Raises `Problem` for a proof that proves nothing: `not_signed`, `too_old`,
    `link_over`; for a cookie that another page has made the browser send: `not_of_the_page`.
    """
    start = request.args.get(START, "")
    authorization = request.headers.get("Authorization", "")
    scheme, _, proof = authorization.partition(" ")
    if not authorization:
        session = await session_in(request, here)
        if session is None:
            return Who(start=start)
        return Who(session.person, proofs=proofs_in(session), start=start, session=session)
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
