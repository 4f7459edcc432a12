"""The bundled shop of digital goods: an AI consultant, stock, payment and delivery, in Russian and English.

What a bundled bot is made of, as `ops/bundled.py` asks for it. The parts are imported when they are asked
for: settings are checked without any framework.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiogram import Router

    from mailroom.actors.hosting.services import BotServices
    from mailroom.actors.jobs.handlers import Handlers
    from mailroom.actors.jobs.queue import Queue
    from mailroom.actors.jobs.whose import Asked
    from mailroom.actors.paying.restored import Restored
    from mailroom.actors.payment import Purpose


def build() -> "Router":
    """What answers people."""
    from mailroom.actors.bots.shop.router import build as built

    return built()


def queues() -> "tuple[Queue, ...]":
    """Those that each shop has for itself."""
    from mailroom.actors.bots.shop.jobs.kinds import DELIVERY

    return (DELIVERY,)


def handlers(services: "BotServices") -> "Handlers":
    """The jobs of a shop's deliveries."""
    from mailroom.actors.bots.shop.jobs.handlers import handlers as made

    return made(services)


def whose(services: "BotServices") -> "Asked":
    """Whose a job is that was enqueued when shops shared a queue."""
    from mailroom.actors.bots.shop.jobs.whose import whose as made

    return made(services)


async def prepare(services: "BotServices") -> None:
    """Before it serves: its goods can be read, and in a demo there are some. Raises `VaultError`."""
    from mailroom.actors.bots.shop.demo.goods import fill, fill_pictures
    from mailroom.actors.bots.shop.options import DEMO_SUPPLIER_CHAT_ID
    from mailroom.actors.bots.shop.stock import require_readable

    if services.demo:
        await fill(services.database, services.vault, supplier_chat_id=DEMO_SUPPLIER_CHAT_ID)
        await fill_pictures(services.database, services.cpu)
    await require_readable(services.database, services.vault)


def after_restore(services: "BotServices") -> "Restored":
    """What it does when its database went back."""
    from mailroom.actors.bots.shop.restored import restored

    return restored(services.schema)


def purposes(services: "BotServices") -> "Mapping[str, Purpose]":
    """What follows from the payments that it asks for."""
    from mailroom.actors.bots.shop.jobs.purpose import purposes as made

    return made(services)
