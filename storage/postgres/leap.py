"""After a restore no number is given a second time that may have been given since the backup.

Numbers are for people (an order, a job), and nothing outside is named by them. But on-call compares them with
a log, and a customer has written one down.
"""

from pathlib import Path

from mailroom.storage.postgres.outbox.connection import Source, answering
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("leap.sql"))

LEAP = 10_000
"""More than is given between two backups, and few enough for a 4-byte number to bear it a hundred thousand
times.
"""


async def leap(source: Source) -> int:
    """Leave out the next numbers of every table with numbered rows. Returns how many tables those are: those
    of a bot's own are among them, for they were restored as well.
    """
    with answering():
        return len(await source.fetch(SQL["leap"], LEAP))
