"""The ids of stock items in few characters, as gateways keep them with a payment: `5-12,17`."""

from collections.abc import Sequence

CHARS_MAX = 500
"""What every gateway keeps in one value of its metadata: Stripe 500, YooKassa 512."""
RUN_MAX = 10_000
"""No order has more items than this."""


def ranges(ids: Sequence[int]) -> str:
    """These ids, which ascend; as many as there is room for, the first ones."""
    runs: list[list[int]] = []
    for id_ in ids:
        if runs and id_ == runs[-1][1] + 1:
            runs[-1][1] = id_
        else:
            runs.append([id_, id_])
    text = ""
    for first, last in runs:
        longer = f"{text},{_run(first, last)}".removeprefix(",")
        if len(longer) > CHARS_MAX:
            break
        text = longer
    return text


def ids_in(text: str) -> list[int]:
    """The ids in what `ranges` has made. Raises `ValueError` for any other text, and for runs that are longer
    than an order can be.
    """
    ids: list[int] = []
    for run in text.split(",") if text else []:
        first, _, last = run.partition("-")
        if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (first, last or first)):
            raise ValueError(f"{run[:40]!r} is no run of ids")
        length = int(last or first) - int(first) + 1
        if not 0 < length <= RUN_MAX:
            raise ValueError(f"{run[:40]!r} is no run of ids")
        ids += range(int(first), int(first) + length)
    return ids


def _run(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
