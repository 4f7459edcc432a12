"""What is wrong with a value is one plain sentence, wherever it is told; pydantic's words are nobody's."""

import re
from typing import Annotated, Literal, get_args

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core.core_schema import ErrorType

from mailroom.storage.words import words
from mailroom.storage.wrong_values import (
    FAULTS_MAX,
    OF_ANOTHER_KIND,
    WITHOUT_VALUES,
    WORDS,
    faults_in,
    in_a_sentence,
)

PYDANTICS_WORDS = re.compile(
    r"Input|valid (integer|number|string|boolean|dictionary|tuple|list|frozenset)|unable to|[Ff]ield required"
    r"|Value error|Assertion|Extra inputs|should (be|have|match)|not permitted|validation error|pydantic"
)


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    product: int
    count: Annotated[int, Field(ge=1, le=10)]


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: int
    lines: list[Line] = []
    way: Literal["card", "cash"] = "card"
    contact: str | None = None

    @field_validator("contact")
    @classmethod
    def _readable(cls, value):
        if value == "?":
            raise ValueError("must have something\nto read in it")
        return value


def wrong(text):
    with pytest.raises(ValidationError) as caught:
        Order.model_validate_json(text, strict=True)
    return caught.value


SAID = {
    "": "must be JSON",
    "[]": "must be an object, with a name for each value",
    "{}": "number: is missing",
    '{"number": "x"}': "number: must be a whole number, and is 'x'",
    '{"number": 1, "lines": [{"product": 1, "count": 99}]}': ("lines.0.count: must be 10 or less, and is 99"),
    '{"number": 1, "lines": 5}': 'lines: must be a list, such as ["one", "another"]',
    '{"number": 1, "way": "gold"}': "way: must be 'card' or 'cash', and is 'gold'",
    '{"number": 1, "wya": "card"}': "wya: is not known here; there are number, lines, way, contact",
    '{"number": 1, "lines": [{"product": 1, "count": 1, "colour": 1}]}': (
        "lines.0.colour: is not known here"
    ),
    '{"number": 1, "contact": "?"}': "contact: must have something to read in it",
    '{"contact": 5}': "number: is missing; contact: must be text in quotes",
}


@pytest.mark.parametrize("text", SAID)
def test_a_value_that_does_not_fit_is_told_in_one_plain_sentence(text):
    names = list(Order.model_fields)
    assert in_a_sentence(wrong(text), names) == SAID[text]
    assert words(wrong(text)).startswith("no valid Order: ")
    assert "\n" not in words(wrong(text))


def test_a_limit_is_told_whole_or_as_far_as_it_is_known():
    invalid = wrong('{"number": 1, "lines": [{"product": 1, "count": 0}]}')
    assert in_a_sentence(invalid) == "lines.0.count: must be 1 or more, and is 0"


def test_of_many_faults_the_first_are_told_and_the_others_counted():
    lines = ", ".join(["{}"] * 6)
    said = faults_in(wrong(f'{{"number": 1, "lines": [{lines}]}}'))
    assert len(said) == FAULTS_MAX + 1
    assert said[-1] == "and 7 more"


def test_of_a_value_that_may_be_secret_nothing_is_told():
    invalid = wrong('{"number": "s3cret", "way": "s3cret", "lines": "s3cret", "contact": ["s3cret"]}')
    assert "s3cret" in in_a_sentence(invalid)
    assert "s3cret" not in in_a_sentence(invalid, tell_values=False)


def test_faults_that_refuse_to_be_told_cost_no_more_than_their_words():
    class Mute:
        def errors(self, **kwargs):
            raise RuntimeError("not my text")

    assert faults_in(Mute()) == ["what is wrong cannot be told (RuntimeError)"]


def test_no_words_are_pydantics_own_and_none_are_for_an_error_that_is_none():
    assert not set(WORDS) - set(get_args(ErrorType)) - {"path_type"}, "pydantic knows no such error"
    said = (*WORDS.values(), *WITHOUT_VALUES.values(), OF_ANOTHER_KIND)
    assert not [one for one in said if PYDANTICS_WORDS.search(one)]
    assert not [one for one in WITHOUT_VALUES.values() if "{shown}" in one]
