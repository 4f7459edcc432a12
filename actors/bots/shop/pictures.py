"""Pictures of products: an owner's files, shown with the card and on the shop's page."""

from pathlib import Path

from mailroom.actors.bots.shop.domain.owner_faults import Fault
from mailroom.actors.bots.shop.goods import good_of
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.owners.deeds import By, Outcome, once
from mailroom.actors.kit.owners.faults import TableFault
from mailroom.actors.kit.owners.refusals import refuse
from mailroom.actors.kit.screens.image import RATIO_MAX, SIDES_SUM_MAX, Image, read_image
from mailroom.actors.uses.files import Files
from mailroom.storage.postgres.files import digest_of
from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("pictures.sql"))

PICTURE_BYTES_MAX = 2 * 2**20
"""Ten times what Telegram makes of a photo; it is read whole, and by telephones."""


def checked(data: bytes) -> Image:
    """What a picture is that an owner has sent. Raises `OwnerError`."""
    if len(data) > PICTURE_BYTES_MAX:
        raise refuse(TableFault.FILE_TOO_LARGE, size=len(data), most=PICTURE_BYTES_MAX)
    image = read_image(data)
    if image is None:
        raise refuse(Fault.NOT_A_PICTURE)
    if not image.fits:
        raise refuse(
            Fault.BAD_SHAPE, width=image.width, height=image.height, most=SIDES_SUM_MAX, ratio=RATIO_MAX
        )
    return image


async def put_picture(room: Room[Options], by: By, product_id: int, data: bytes) -> str:
    """Show a product with this picture from now on; what it is called. Raises `OwnerError`."""
    image, name = checked(data), digest_of(data)
    good = await good_of(room.database, product_id)

    async def act(tx: Transaction) -> Outcome:
        await Files(tx.connection).put(tx.connection, data, image.mime_type)
        before = await tx.connection.fetchval(SQL["put"], product_id, name)
        await _let_go(tx.connection, before)
        return {"before": before, "after": name, "bytes": len(data)}

    await once(room, by, "picture", good.slug, act)
    return name


async def drop_picture(room: Room[Options], by: By, product_id: int) -> None:
    """Show a product without any. Raises `OwnerError`."""
    good = await good_of(room.database, product_id)

    async def act(tx: Transaction) -> Outcome:
        before = await tx.connection.fetchval(SQL["drop"], product_id)
        await _let_go(tx.connection, before)
        return {"before": before, "after": None}

    await once(room, by, "picture_off", good.slug, act)


async def add_picture(connection: Connection, slug: str, data: bytes) -> None:
    """A picture for a product that has none."""
    digest = await Files(connection).put(connection, data, checked(data).mime_type)
    await connection.execute(SQL["add"], slug, digest)


async def _let_go(connection: Connection, digest: str | None) -> None:
    """The file goes with the last product that has it."""

    async def is_used() -> bool:
        return bool(await connection.fetchval(SQL["is_used"], digest))

    if digest is not None:
        await Files(connection).drop(connection, digest, is_used)
