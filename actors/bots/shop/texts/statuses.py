"""The one word for each status, wherever it is shown: chat, page, owner, suppliers."""

from collections.abc import Mapping
from pathlib import Path

from mailroom.actors.texts.declared import Texts
from mailroom.actors.texts.reading import read_texts


class Statuses(Texts):
    """The words of one language."""

    order: Mapping[str, str]
    payment: Mapping[str, str]
    refund: Mapping[str, str]
    job: Mapping[str, str]
    discount: Mapping[str, str]


STATUSES = read_texts(Statuses, Path(__file__).parent, default="en", theme="statuses")
