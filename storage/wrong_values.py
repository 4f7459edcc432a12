"""What is wrong with values, in words for whoever reads of it: what is allowed there, and what stood there
instead. pydantic finds the faults; what it says of them is for whoever wrote the model.

`ops/wrong_values.py` says the same of settings, with where they are set.
"""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from mailroom.storage.texts import shown
from mailroom.storage.value_places import NOWHERE, Place, in_words

FAULTS_MAX = 5
"""Of one value so many faults are told: enough to see that it is another thing altogether."""
SHOWN_CHARACTERS_MAX = 40
"""Enough of a wrong value to recognise it by."""

NUMBER = "must be {number}{within}, and is {shown}"
WITHIN = "must be {bounds}, and is {shown}"
TEXT = "must be text in quotes"
LIST = "must be a list, such as {list}"
TABLE = "must be an object, with a name for each value"
DATE = 'must be a date, such as "2026-12-31"'
TIME = 'must be a time of day, such as "18:30:00"'
MOMENT = 'must be a date and a time, such as "2026-12-31T18:30:00Z"'
DURATION = 'must be a duration: a number of seconds, or hours, minutes and seconds such as "00:15:00"'
ADDRESS = 'must be an address, such as "https://example.com/page"'
DIGITS = "has more digits than are kept: {most} at most {where}"
JSON = "must be JSON"
ONE_OF = "must be {expected}, and is {shown}"

# What shows the value is for what is no secret: a text may be one, a number or a choice is none.
WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not known here{there_are}",
    "value_error": "{error}",
    "assertion_error": "{error}",
    "int_type": NUMBER,
    "int_parsing": NUMBER,
    "int_parsing_size": NUMBER,
    "int_from_float": NUMBER,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": NUMBER,
    "decimal_type": NUMBER,
    "decimal_parsing": NUMBER,
    "complex_type": NUMBER,
    "complex_str_parsing": NUMBER,
    "decimal_max_digits": DIGITS.replace("{most}", "{max_digits}").replace("{where}", "in all"),
    "decimal_max_places": DIGITS.replace("{most}", "{decimal_places}").replace("{where}", "after the point"),
    "decimal_whole_digits": DIGITS.replace("{most}", "{whole_digits}").replace("{where}", "before the point"),
    "greater_than": WITHIN,
    "greater_than_equal": WITHIN,
    "less_than": WITHIN,
    "less_than_equal": WITHIN,
    "multiple_of": "must be a multiple of {multiple_of}, and is {shown}",
    "bool_type": "must be true or false, and is {shown}",
    "bool_parsing": "must be true or false, and is {shown}",
    "literal_error": ONE_OF,
    "enum": ONE_OF,
    "string_type": TEXT,
    "string_sub_type": TEXT,
    "string_unicode": TEXT,
    "bytes_type": TEXT,
    "bytes_invalid_encoding": TEXT,
    "string_too_short": "must have {min_length} or more characters",
    "string_too_long": "must have {max_length} characters at most",
    "bytes_too_short": "must have {min_length} or more bytes",
    "bytes_too_long": "must have {max_length} bytes at most",
    "string_pattern_mismatch": "must be written as the pattern {pattern} has it",
    "string_not_ascii": "may hold A to Z, digits and signs alone, no letters of other alphabets",
    "path_type": "must be a path, as text in quotes",
    "list_type": LIST,
    "tuple_type": LIST,
    "set_type": LIST,
    "frozen_set_type": LIST,
    "iterable_type": LIST,
    "set_item_not_hashable": "must hold texts or numbers, no lists or tables",
    "too_short": "must have {min_length} or more entries",
    "too_long": "must have {max_length} entries at most",
    "dict_type": TABLE,
    "mapping_type": TABLE,
    "model_type": TABLE,
    "model_attributes_type": TABLE,
    "dataclass_type": TABLE,
    "dataclass_exact_type": TABLE,
    "union_tag_not_found": "must say which kind it is, by {discriminator}",
    "union_tag_invalid": "must say by {discriminator} which kind it is: {expected_tags}",
    "date_type": DATE,
    "date_parsing": DATE,
    "date_from_datetime_parsing": DATE,
    "date_from_datetime_inexact": DATE,
    "date_past": "must be a date that has passed",
    "date_future": "must be a date that is to come",
    "time_type": TIME,
    "time_parsing": TIME,
    "datetime_type": MOMENT,
    "datetime_parsing": MOMENT,
    "datetime_object_invalid": MOMENT,
    "datetime_from_date_parsing": MOMENT,
    "datetime_past": "must be a time that has passed",
    "datetime_future": "must be a time that is to come",
    "timezone_naive": "must be a time without an offset from UTC",
    "timezone_aware": "must be a time with its offset from UTC: Z, or such as +03:00",
    "timezone_offset": "must have another offset from UTC: {tz_expected} seconds",
    "time_delta_type": DURATION,
    "time_delta_parsing": DURATION,
    "url_type": ADDRESS,
    "url_parsing": ADDRESS,
    "url_syntax_violation": ADDRESS,
    "url_too_long": "must have {max_length} characters at most",
    "url_scheme": "must be an address that begins with {expected_schemes}",
    "uuid_type": "must be a UUID",
    "uuid_parsing": "must be a UUID",
    "uuid_version": "must be a UUID of version {expected_version}",
    "none_required": "cannot be set: leave it out",
    "json_type": JSON,
    "json_invalid": JSON,
}
WITHOUT_VALUES = {kind: words.removesuffix(", and is {shown}") for kind, words in WORDS.items()}
OF_ANOTHER_KIND = "is not of the kind that belongs there"
"""Of what no file can hold, such as a function."""
PYDANTICS_OWN = frozenset(get_args(ErrorType))
"""Of any other type is what a check of the model's own says, in its own words."""


def in_a_sentence(invalid: ValidationError, names: Sequence[str] = (), *, tell_values: bool = True) -> str:
    """All that is wrong with a value, each fault with its place in it, on one line. `names` are those that
    may be there. Without `tell_values` nothing of the value itself is told: it may be secret.
    """
    return "; ".join(faults_in(invalid, names, tell_values=tell_values))


def faults_in(invalid: ValidationError, names: Sequence[str] = (), *, tell_values: bool = True) -> list[str]:
    """The same, one by one."""
    try:
        faults = invalid.errors(include_url=False)
    except Exception as refusal:  # a validator's own error is part of it, and may refuse to be shown
        return [f"what is wrong cannot be told ({type(refusal).__name__})"]
    said = [_with_its_place(fault, names, tell_values=tell_values) for fault in faults[:FAULTS_MAX]]
    more = [f"and {len(faults) - FAULTS_MAX} more"] if len(faults) > FAULTS_MAX else []
    return [" ".join(one.split()) for one in said + more]


def told(error: ErrorDetails, words: Mapping[str, str], other: str, values: "Values") -> str:
    """One fault, by the words for its type; `other` are those for a type of pydantic's that has none."""
    said = words.get(error["type"])
    if said is None and error["type"] not in PYDANTICS_OWN:
        return error["msg"]
    return (said or other).format_map(values)


def _with_its_place(error: ErrorDetails, names: Sequence[str], *, tell_values: bool) -> str:
    whole = error["type"].startswith("int")
    place = Place(int if whole else None, {}, names if len(error["loc"]) == 1 else ())
    words = WORDS if tell_values else WITHOUT_VALUES
    said = told(error, words, OF_ANOTHER_KIND, Values(error, place))
    where = ".".join(map(str, error["loc"]))
    return f"{where}: {said}" if where else said


class Values(dict[str, str]):
    """What the words of a fault name, made as they are asked for: `{shown}` is `_shown`."""

    def __init__(self, error: ErrorDetails, place: Place = NOWHERE) -> None:
        context: dict[str, Any] = error.get("ctx", {})
        super().__init__((name, shown(value)) for name, value in context.items())
        self._given, self._place = error["input"], place

    def __missing__(self, name: str) -> str:
        value: str = getattr(self, f"_{name}")
        return value

    @property
    def _shown(self) -> str:
        given = self._given
        return shown(repr(given) if isinstance(given, str) else given, SHOWN_CHARACTERS_MAX)

    @property
    def _number(self) -> str:
        return "a whole number" if self._place.whole else "a number"

    @property
    def _within(self) -> str:
        bounds = in_words(self._place.limits)
        return f" {bounds}" if bounds.startswith("from") else bounds and f", {bounds}"

    @property
    def _bounds(self) -> str:
        return in_words(self._place.limits) or in_words(self)

    @property
    def _list(self) -> str:
        return "[1, 2]" if self._place.whole else '["one", "another"]'

    @property
    def _there_are(self) -> str:
        return f"; there are {', '.join(self._place.names)}" if self._place.names else ""
