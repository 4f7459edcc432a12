"""What is wrong, and what to do about it: words for every fault, as plain text."""

from dataclasses import replace

from mailroom.actors.bots.shop.texts.owner import OWNER_TEXTS
from mailroom.actors.kit.owners import problems
from mailroom.actors.kit.owners.refusals import Wrong


def problem(language: str, wrong: Wrong) -> str:
    """What is wrong, and what to do, as plain text; the status of an order in the word that all read."""
    own = OWNER_TEXTS[language]
    if (status := wrong.values.get("status")) is not None:
        words = own.statuses.order.get(str(status), status)
        wrong = replace(wrong, values=wrong.values | {"status": words})
    return problems.problem(wrong, own.shared, own.faults, own.refusals)
