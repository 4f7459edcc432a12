"""Whether a product is on sale, at a glance."""

from mailroom.actors.bots.shop.goods import Good

ON, OFF, SOLD_OUT = "🟢", "⚪️", "🔴"


def mark(good: Good) -> str:
    """On sale, not on sale, or on sale with nothing left."""
    if not (good.active and good.category_active):
        return OFF
    return ON if good.available else SOLD_OUT
