"""What runs of the shop."""

from mailroom.actors.bots.shop.demo.goods import fill, fill_pictures
from mailroom.actors.bots.shop.demo.people import SUPPLIER_CHAT_ID
from mailroom.actors.bots.shop.jobs.handlers import handlers
from mailroom.actors.bots.shop.jobs.purpose import purposes
from mailroom.actors.bots.shop.jobs.whose import whose
from mailroom.actors.bots.shop.monitoring.gauges import measure
from mailroom.actors.bots.shop.restored import restored
from mailroom.actors.bots.shop.router import build
from mailroom.actors.bots.shop.stock import require_readable
from mailroom.actors.hosting.bundled import Parts
from mailroom.actors.hosting.services import BotServices


async def prepare(services: BotServices) -> None:
    """Its goods can be read, and in a demo there are some. Raises `VaultError`."""
    if services.demo:
        await fill(services.database, services.vault, supplier_chat_id=SUPPLIER_CHAT_ID)
        await fill_pictures(services.database, services.cpu)
    await require_readable(services.database, services.vault)


PARTS = Parts(
    answers=build,
    jobs=lambda services: [handlers(services)],
    purposes=purposes,
    prepare=prepare,
    measure=measure,
    restored=lambda services: restored(services.schema, services.sharing),
    whose=whose,
)
