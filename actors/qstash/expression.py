"""How long to wait before a retry, as an arithmetic expression of the caller's: `pow(2, retried) * 1000`.

Milliseconds; `retried` is how often it was retried before, 0 at the first. Read by a parser of our own and
never evaluated as code.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from mailroom.actors.qstash.refusal import RefusalError

CHARS_MAX = 1_000
DEPTH_MAX = 50
"""Parentheses within parentheses."""
DELAY_MS_MAX = 86_400_000.0
"""A day."""
VARIABLE = "retried"

Value = Callable[[float], float]
"""What a part of the expression comes to, by `retried`."""


def _rounded(value: float) -> float:
    return float(math.floor(value + 0.5))


FUNCTIONS: dict[str, tuple[int, int, Callable[..., float]]] = {
    "pow": (2, 2, math.pow),
    "sqrt": (1, 1, math.sqrt),
    "abs": (1, 1, abs),
    "exp": (1, 1, math.exp),
    "floor": (1, 1, math.floor),
    "ceil": (1, 1, math.ceil),
    "round": (1, 1, _rounded),
    "min": (1, 20, min),
    "max": (1, 20, max),
}
"""By name: the least and the most arguments, and what it does."""
_OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "%": math.fmod,
}


@dataclass(frozen=True, slots=True)
class RetryDelay:
    """An expression that was understood."""

    text: str
    _value: Value

    def milliseconds(self, retried: int) -> float | None:
        """The wait before the next retry, a day at most; None where it comes to nothing that can be waited:
        then the usual backoff applies.
        """
        try:
            value = float(self._value(float(retried)))
        except (ArithmeticError, ValueError):
            return None
        return min(value, DELAY_MS_MAX) if math.isfinite(value) and value >= 0 else None


@lru_cache(maxsize=1024)
def retry_delay(text: str) -> RetryDelay:
    """Read an expression. Raises `RefusalError`."""
    if len(text) > CHARS_MAX:
        raise RefusalError(f"the retry delay has at most {CHARS_MAX} characters")
    parser = _Parser(text)
    value = parser.sum()
    parser.end()
    return RetryDelay(text, value)


class _Parser:
    """Recursive descent: sums of products of signed values."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def sum(self) -> Value:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise self._wrong(f"more than {DEPTH_MAX} parts within each other")
        value = self._series("+-", lambda: self._series("*/%", self._signed))
        self._depth -= 1
        return value

    def end(self) -> None:
        if self._next():
            raise self._wrong(f"{self._next()!r} is not expected here")

    def _series(self, operators: str, part: Callable[[], Value]) -> Value:
        value = part()
        while (sign := self._next()) and sign in operators:
            self._at += 1
            value = _applied(_OPERATORS[sign], value, part())
        return value

    def _signed(self) -> Value:
        negative = False
        while (sign := self._next()) and sign in "+-":
            self._at += 1
            negative ^= sign == "-"
        value = self._value()
        return (lambda retried: -value(retried)) if negative else value

    def _value(self) -> Value:
        character = self._next()
        if character == "(":
            self._at += 1
            value = self.sum()
            self._expect(")")
            return value
        if character.isascii() and (character.isdigit() or character == "."):
            return self._number()
        if character.isascii() and character.isalpha():
            return self._named()
        raise self._wrong(f"{character!r} is not expected here" if character else "it ends too early")

    def _number(self) -> Value:
        start = self._at
        while self._peek().isascii() and (self._peek().isdigit() or self._peek() == "."):
            self._at += 1
        try:
            number = float(self._text[start : self._at])
        except ValueError:
            raise self._wrong(f"{self._text[start : self._at]!r} is no number") from None
        return lambda _retried: number

    def _named(self) -> Value:
        start = self._at
        while self._peek().isascii() and (self._peek().isalnum() or self._peek() == "_"):
            self._at += 1
        name = self._text[start : self._at]
        if name == VARIABLE:
            return lambda retried: retried
        if name not in FUNCTIONS:
            raise self._wrong(f"{name!r} is neither {VARIABLE} nor one of {', '.join(FUNCTIONS)}")
        least, most, function = FUNCTIONS[name]
        self._expect("(")
        arguments = [self.sum()]
        while self._next() == ",":
            self._at += 1
            arguments.append(self.sum())
        self._expect(")")
        if not least <= len(arguments) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise self._wrong(f"{name} takes {wanted} arguments, not {len(arguments)}")
        return lambda retried: function(*(one(retried) for one in arguments))

    def _expect(self, character: str) -> None:
        if self._next() != character:
            raise self._wrong(f"{character!r} is missing")
        self._at += 1

    def _next(self) -> str:
        """The next character that is no blank; empty at the end."""
        while self._peek().isspace():
            self._at += 1
        return self._peek()

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _wrong(self, why: str) -> RefusalError:
        return RefusalError(f"the retry delay {self._text[:80]!r} cannot be read: {why}")


def _applied(operator: Callable[[float, float], float], left: Value, right: Value) -> Value:
    return lambda retried: operator(left(retried), right(retried))
