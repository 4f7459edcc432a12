"""The terms of sale and what is said about people's data: the owner's words, or the shop's own.

What was written in `/admin` comes before what the options say, and that before the shop's own words, which
say what this program really does.
"""

from html import escape
from pathlib import Path
from typing import Literal, get_args

from mailroom.actors.bots.shop.domain.language import Language
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.owners.deeds import By, Outcome, once
from mailroom.actors.kit.owners.faults import TellingFault
from mailroom.actors.kit.owners.refusals import refuse
from mailroom.storage.postgres.outbox.connection import Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("policies.sql"))

Policy = Literal["terms", "privacy"]
POLICIES: tuple[Policy, ...] = get_args(Policy)
CHARS_MAX = 3_800
"""Telegram's limit of a message, less what the shop may say around it."""


async def policy(
    database: Source, bot: str, options: Options, name: Policy, language: Language, *, consultant: bool
) -> str:
    """What a policy says, as HTML that Telegram takes."""
    written = await written_policy(database, bot, name, language)
    return written or own_policy(options, name, language, consultant=consultant)


async def written_policy(database: Source, bot: str, name: Policy, language: Language) -> str | None:
    """What the owner has written in the chat; None if nothing."""
    text: str | None = await database.fetchval(SQL["policy"], bot, name, language.value)
    return text


def own_policy(options: Options, name: Policy, language: Language, *, consultant: bool) -> str:
    """What it says unless the owner has written something in the chat."""
    if set_ := options.policy(name, language.value):
        return escape(set_)
    own = TEXTS[language].policies
    if name == "terms":
        minutes = TEXTS[language].orders.minutes(count=round(options.reserve_minutes))
        seller = own.seller(seller=escape(options.seller)) if options.seller else ""
        return own.terms(minutes=minutes) + seller
    return own.privacy(consultant=own.privacy_consultant if consultant else "")


async def put_policy(room: Room[Options], by: By, name: Policy, language: Language, html: str) -> None:
    """Have it say this from now on. Raises `OwnerError` for what is empty or too long."""
    if not 0 < len(html.strip()) <= CHARS_MAX:
        raise refuse(TellingFault.TEXT_TOO_LONG, chars=len(html), most=CHARS_MAX)

    async def act(tx: Transaction) -> Outcome:
        before = await written_policy(tx.connection, by.bot, name, language)
        await tx.connection.execute(SQL["put"], by.bot, name, language.value, html)
        return {"before": before, "after": html}

    await once(room, by, "policy", f"{name} ({language.value})", act)


async def drop_policy(room: Room[Options], by: By, name: Policy, language: Language) -> None:
    """Have the shop's own words again."""

    async def act(tx: Transaction) -> Outcome:
        before = await written_policy(tx.connection, by.bot, name, language)
        await tx.connection.execute(SQL["drop"], by.bot, name, language.value)
        return {"before": before, "after": None}

    await once(room, by, "policy_off", f"{name} ({language.value})", act)
