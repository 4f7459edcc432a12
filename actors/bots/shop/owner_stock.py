"""Putting things into stock from what an owner has sent, and taking them out again."""

from collections import defaultdict
from dataclasses import dataclass

from mailroom.actors.bots.shop.domain.item import ITEM_BYTES_MAX, NewItem
from mailroom.actors.bots.shop.domain.owner_faults import Fault
from mailroom.actors.bots.shop.domain.upload import StockFile, StockLine, Twice, parse_stock
from mailroom.actors.bots.shop.goods import find_good, slugs
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.stock import add_items, withdraw
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.owners.deeds import By, Outcome, once
from mailroom.actors.kit.owners.refusals import refuse
from mailroom.actors.kit.owners.tables.table import BadLine
from mailroom.actors.kit.owners.tables.text import ReadAs
from mailroom.actors.kit.speech.printable import printable
from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.vault import Vault

FILE_NAME_CHARS_MAX = 64


@dataclass(frozen=True)
class StockUpload:
    """What became of a file of stock, line by line: each is in exactly one of these."""

    added: int
    added_by_product: dict[str, int]
    in_stock: tuple[int, ...]
    """Lines whose item is in stock already, or was sold."""
    twice: tuple[Twice, ...]
    bad: tuple[BadLine, ...]
    ignored: tuple[str, ...] = ()
    read_as: ReadAs = "UTF-8"

    @property
    def lines(self) -> int:
        """How many lines the file had."""
        return self.added + len(self.in_stock) + len(self.twice) + len(self.bad)


async def upload_stock(room: Room[Options], by: By, data: bytes) -> StockUpload:
    """Take the good lines of a file, all of them or, when something breaks, none. Raises `OwnerError` for a
    file that cannot be taken at all.
    """
    ids = await slugs(room.database)
    file = parse_stock(data, ids)
    outcome: Outcome = {"added": {}, "in_stock": []}
    if file.good:
        outcome = await once(
            room, by, "stock", "table", lambda tx: _add(tx.connection, room.vault, by, ids, file)
        )
    added: dict[str, int] = outcome["added"]
    return StockUpload(
        added=sum(added.values()),
        added_by_product=added,
        in_stock=tuple(outcome["in_stock"]),
        twice=file.twice,
        bad=file.bad,
        ignored=file.ignored,
        read_as=file.read_as,
    )


async def upload_file(room: Room[Options], by: By, slug: str, name: str, data: bytes) -> bool:
    """Put one file into stock, to be sold once. False if it is there already. Raises `OwnerError`."""
    good = await find_good(room.database, slug)
    file_name = printable(name.replace("/", "_").replace("\\", "_"))[-FILE_NAME_CHARS_MAX:]
    if not file_name or not data or len(data) > ITEM_BYTES_MAX:
        raise refuse(Fault.NOT_A_FILE, size=len(data), most=ITEM_BYTES_MAX)

    async def act(tx: Transaction) -> Outcome:
        report = await add_items(
            tx.connection, room.vault, good.id, [NewItem("file", data, file_name)], by.who
        )
        return {"added": report.added}

    outcome = await once(room, by, "stock", slug, act)
    return bool(outcome["added"])


async def withdraw_stock(room: Room[Options], by: By, slug: str) -> int:
    """Take all that is free of a product off sale; how many that were. Those held and sold stay."""
    good = await find_good(room.database, slug)

    async def act(tx: Transaction) -> Outcome:
        return {"withdrawn": await withdraw(tx.connection, good.id)}

    outcome = await once(room, by, "withdraw", slug, act)
    return int(outcome["withdrawn"])


async def _add(connection: Connection, vault: Vault, by: By, ids: dict[str, int], file: StockFile) -> Outcome:
    by_product: dict[str, list[StockLine]] = defaultdict(list)
    for line in file.good:
        by_product[line.slug].append(line)
    added: dict[str, int] = {}
    in_stock: list[int] = []
    # In the order of ids, in which everybody locks products.
    for slug in sorted(by_product, key=lambda name: ids[name]):
        lines = by_product[slug]
        report = await add_items(connection, vault, ids[slug], [line.item for line in lines], by.who)
        if report.added:
            added[slug] = report.added
        in_stock += [lines[place].line for place in report.duplicates]
    return {"added": added, "in_stock": sorted(in_stock)}
