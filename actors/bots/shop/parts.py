"""What runs of the shop."""

from mailroom.actors.bots.shop.console import SECTION
from mailroom.actors.bots.shop.demo.goods import fill, fill_pictures
from mailroom.actors.bots.shop.demo.people import SUPPLIER_CHAT_ID
from mailroom.actors.bots.shop.erasure import forget
from mailroom.actors.bots.shop.jobs.handlers import handlers
from mailroom.actors.bots.shop.jobs.purpose import purposes
from mailroom.actors.bots.shop.jobs.whose import whose
from mailroom.actors.bots.shop.monitoring.gauges import measure
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.page import PAGE
from mailroom.actors.bots.shop.restored import restored
from mailroom.actors.bots.shop.roles import roles
from mailroom.actors.bots.shop.router import build
from mailroom.actors.bots.shop.stock import require_readable
from mailroom.actors.hosting.bundled import Parts
from mailroom.actors.hosting.room import Room


async def prepare(room: Room[Options]) -> None:
    """Its goods can be read, and in a demo there are some. Raises `VaultError`."""
    if room.demo:
        await fill(room.database, room.vault, supplier_chat_id=SUPPLIER_CHAT_ID)
        await fill_pictures(room.database, room.cpu)
    await require_readable(room.database, room.vault)


PARTS = Parts(
    answers=build,
    jobs=lambda room: [handlers(room)],
    purposes=purposes,
    section=SECTION,
    roles=roles,
    page=PAGE,
    prepare=prepare,
    forget=forget,
    measure=measure,
    restored=restored,
    whose=whose,
)
