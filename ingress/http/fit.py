"""Texts that no store has a place for, told at the entrance: NUL, and halves of surrogate pairs.

Postgres has no NUL, UTF-8 has no halves. Whoever sends one gets a 400 that says so; let in, it would be an
error of ours wherever it is written first.
"""

from collections.abc import Iterable, Mapping

from pydantic import BaseModel
from quart import Response, jsonify, request
from werkzeug.routing import IntegerConverter

from mailroom.storage.texts import printable

NUMBER_DIGITS_MAX = 100
"""Of a number in an address. A longer one is nothing that there is."""
WORDS = "must not hold NUL, nor half of a character"


class Number(IntegerConverter):
    """A number in an address. Python refuses to read one of thousands of digits, which would be a 500."""

    regex = rf"[0-9]{{1,{NUMBER_DIGITS_MAX}}}"


def is_fit(text: str) -> bool:
    """Whether a text can be kept as it is."""
    return printable(text) == text


def unfit_field(model: BaseModel) -> str | None:
    """The first field of what was asked that cannot be kept; None if all can. An object that is passed on as
    JSON, such as a payload, escapes whatever it holds, and is let be.
    """
    return next((name for name, value in model if not _fits(value)), None)


def _fits(value: object) -> bool:
    if isinstance(value, str):
        return is_fit(value)
    if isinstance(value, BaseModel):
        return unfit_field(value) is None
    if isinstance(value, Iterable) and not isinstance(value, Mapping | bytes):
        return all(_fits(one) for one in value)
    return True


async def refuse_unfit_address() -> tuple[Response, int] | None:
    """Answer a request whose address cannot be kept; None where it can."""
    if is_fit(request.path) and all(
        is_fit(name) and is_fit(value) for name, value in request.args.items(multi=True)
    ):
        return None
    return jsonify(error=f"the address {WORDS}", what_to_do="Correct the address.", code="malformed"), 400
