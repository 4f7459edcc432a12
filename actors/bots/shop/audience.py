"""Whom the shop's broadcasts reach: its customers, but for those who want no news."""

import re
from collections.abc import Sequence
from pathlib import Path

from mailroom.actors.bots.shop.callbacks import SwitchNews
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.jobs.notify import Button
from mailroom.actors.kit.owners.broadcasts.audience import Audience, Recipients
from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("audience.sql"))

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


async def count(source: Source, bot: str) -> Recipients:
    """How many customers there are to tell, and how many who want no news."""
    rows = await source.fetch(SQL["recipients"], bot)
    counted = {row["language"]: row["customers"] for row in rows}
    return Recipients(
        {language: counted.get(language, 0) for language in AUDIENCE.languages},
        sum(row["without"] for row in rows),
    )


async def chats(connection: Connection, bot: str, language: str | None) -> Sequence[int]:
    """Their chats."""
    return [row[0] for row in await connection.fetch(SQL["chats"], bot, language)]


def below(language: str) -> Button:
    """No more news."""
    text = TEXTS[language].settings.button_no_news
    return Button(text=text, data=SwitchNews(on=False, alone=True).pack())


AUDIENCE = Audience(
    count=count,
    chats=chats,
    spoken=lambda text: "ru" if CYRILLIC.search(text) else "en",
    below=below,
    languages=TEXTS.languages,
)
