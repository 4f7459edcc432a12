"""Why a promo code makes nothing cheaper: what its owner would want to be told."""

from pathlib import Path

from mailroom.actors.bots.shop.domain.discounts import PromoRefusal
from mailroom.storage.postgres.outbox.connection import Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("promo_refusal.sql"))


async def why_refused(source: Source, code: str) -> PromoRefusal | None:
    """What speaks against a code, as `parse_promo_code` gives it, at this moment; None if nothing does."""
    why: PromoRefusal | None = await source.fetchval(SQL["why_refused"], code)
    return why
