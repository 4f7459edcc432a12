"""Discounts, as those who run the shop see, add and end them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailroom.actors.bots.shop.domain.language import described
from mailroom.actors.bots.shop.domain.offer_line import parse_offer
from mailroom.actors.bots.shop.domain.owner_faults import Fault
from mailroom.actors.bots.shop.goods import slugs
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.owners.deeds import By, Outcome, once
from mailroom.actors.kit.owners.refusals import refuse
from mailroom.storage.postgres.outbox.connection import Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("offers.sql"))

OFFERS_SHOWN_MAX = 100


@dataclass(frozen=True)
class Offer:
    """A discount, in force or not."""

    id: int
    title_ru: str
    title_en: str
    slug: str | None
    """None: on all products."""
    promo_code: str | None
    min_quantity: int
    percent: int
    starts_at: datetime
    ends_at: datetime | None
    uses_max: int | None
    uses: int
    active: bool
    in_force: bool
    """Not switched off, begun, not over, and not used up."""

    def title(self, language: str) -> str:
        """The title in one of the languages."""
        return described(language, self.title_ru, self.title_en)


async def list_offers(source: Source, most: int = OFFERS_SHOWN_MAX) -> list[Offer]:
    """The newest discounts."""
    return [Offer(*row) for row in await source.fetch(SQL["offers"], most)]


async def add_offer(room: Room[Options], by: By, line: str) -> int:
    """Add the discount that a line says, from now on; its number. Raises `OwnerError`."""
    offer = parse_offer(line, await slugs(room.database), await room.database.fetchval(SQL["today"]))

    async def act(tx: Transaction) -> Outcome:
        number: int = await tx.connection.fetchval(
            SQL["add"],
            offer.title_ru,
            offer.title_en,
            offer.slug,
            offer.promo_code,
            offer.min_quantity,
            offer.percent,
            offer.ends_at,
            offer.uses_max,
        )
        return {"discount": number, "line": line[:300]}

    outcome = await once(room, by, "discount", offer.slug or "all", act)
    return int(outcome["discount"])


async def switch_off(room: Room[Options], by: By, number: int) -> None:
    """End a discount at once. Orders that were placed keep their prices. Raises `OwnerError`."""

    async def act(tx: Transaction) -> Outcome:
        if await tx.connection.fetchval(SQL["switch_off"], number) is None:
            raise refuse(Fault.UNKNOWN_DISCOUNT, number=number)
        return {"active": False}

    await once(room, by, "discount_off", str(number), act)
