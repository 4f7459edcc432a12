"""The old chain of migrations, frozen, and what it had come to."""

from collections.abc import Mapping

from mailroom.storage.postgres.schemas import PLATFORM

HAD_ALREADY: Mapping[str, tuple[str, ...]] = {
    PLATFORM: (
        "0001_ownership", "0002_outbox", "0003_periodic", "0004_broadcasts", "0005_payments", "0006_pair",
    ),
    "shop": ("0001_goods", "0002_orders", "0003_people"),
}  # fmt: skip
"""What the old chain has done of each history, by its schema, which is called as its room."""
