"""Reading the fields of a control request; every mistake is named in the refusal."""

from typing import Any

Json = dict[str, Any]
UNBOUNDED = 2**62


class ControlError(Exception):
    """A request to `/sim/…` that cannot be carried out; its text is shown to the caller with status 400."""


def integer(
    given: Json, name: str, default: int | None = None, *, low: int = -UNBOUNDED, high: int = UNBOUNDED
) -> int:
    """Return a whole number (digits in a string will do, as query strings have nothing else)."""
    value = given.get(name)
    if value is None or value == "":
        if default is None:
            raise ControlError(f"{name} is missing")
        return default
    if isinstance(value, str) and value.removeprefix("-").isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        bounds = (
            f" from {low} to {high}" if high < UNBOUNDED else f" from {low} up" if low > -UNBOUNDED else ""
        )
        raise ControlError(f"{name} must be a whole number{bounds}")
    return value


def real(given: Json, name: str, low: float, high: float) -> float | None:
    """Return a number within bounds, or None if it was not given."""
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not low <= value <= high:
        raise ControlError(f"{name} must be a number from {low} to {high}")
    return float(value)


def flag(given: Json, name: str) -> bool | None:
    """Return true or false, or None if it was not given."""
    value = given.get(name)
    if value is not None and not isinstance(value, bool):
        raise ControlError(f"{name} must be true or false")
    return value


def line(given: Json, name: str, length_max: int) -> str | None:
    """Return a string of bounded length, or None if it was not given."""
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 1 <= len(value) <= length_max:
        raise ControlError(f"{name} must be a string of 1-{length_max} characters")
    return value


def only(given: Json, known: frozenset[str], what: str = "") -> None:
    """Refuse fields nobody reads: a typing mistake must not look like success."""
    unknown = set(given) - known
    if unknown:
        raise ControlError(f"unknown{what}: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
