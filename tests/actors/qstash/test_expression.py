"""The expression for a retry's delay: read by a parser of our own, and never evaluated as code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.qstash.expression import CHARS_MAX, DELAY_MS_MAX, DEPTH_MAX, retry_delay
from mailroom.actors.qstash.refusal import RefusalError


@pytest.mark.parametrize(
    ("text", "retried", "milliseconds"),
    [
        ("1000", 0, 1000),
        ("pow(2, retried) * 1000", 0, 1000),
        ("pow(2, retried) * 1000", 1, 2000),
        ("pow(2, retried)*1000", 2, 4000),
        ("1000 * (1 + retried)", 3, 4000),
        ("2 + 3 * 4", 0, 14),
        ("(2 + 3) * 4", 0, 20),
        ("10 - 4 - 3", 0, 3),
        ("100 / 10 / 2", 0, 5),
        ("17 % 5", 0, 2),
        ("--5", 0, 5),
        ("-5 + 8", 0, 3),
        ("3 - -4", 0, 7),
        (".5 * 10.", 0, 5),
        ("sqrt(16) + abs(-3)", 0, 7),
        ("floor(2.7) + ceil(2.1) + round(2.5)", 0, 8),
        ("min(retried, 3, 9) + max(1, retried)", 5, 8),
        ("exp(0)", 0, 1),
        ("min(86400, exp(2.5 * (retried + 1))) * 1000", 0, 12182.49),
        ("\t1 +\n1 ", 0, 2),
        ("10000000000", 0, DELAY_MS_MAX),
    ],
)
def test_an_expression_comes_to_milliseconds(text, retried, milliseconds):
    assert retry_delay(text).milliseconds(retried) == pytest.approx(milliseconds)


@pytest.mark.parametrize(
    "text", ["-1", "1 / retried", "sqrt(-1)", "exp(1000)", "pow(10, 400)", "9" * 400, "1 % 0", "pow(0, -1)"]
)
def test_what_cannot_be_waited_leaves_it_to_the_usual_backoff(text):
    assert retry_delay(text).milliseconds(0) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1 +",
        "* 2",
        "1 2",
        "(1",
        "1)",
        "1.2.3",
        ".",
        "retry",
        "Retried",
        "pow(2)",
        "pow(1, 2, 3)",
        "sqrt()",
        "sqrt(1, 2)",
        "pow 2",
        "__import__('os')",
        "retried.real",
        "1e3",
        "2 ** 3",
        "2 ^ 3",
        "lambda: 1",
        "1; 2",
        "٣",
        "²",
        "min(" + ", ".join("1" * 21) + ")",
        "(" * (DEPTH_MAX + 1) + "1" + ")" * (DEPTH_MAX + 1),
        "1" * (CHARS_MAX + 1),
    ],
)
def test_what_is_no_expression_is_refused_in_a_sentence(text):
    with pytest.raises(RefusalError, match="the retry delay") as refused:
        retry_delay(text)
    assert refused.value.status == 400
    assert len(str(refused.value)) < 300


@given(st.text(alphabet="0123456789.+-*/%() ,retidpowsqabxfloncmuh\0é", max_size=80))
def test_whatever_is_written_is_read_or_refused(text):
    try:
        expression = retry_delay(text)
    except RefusalError:
        return
    for retried in (0, 1, 40):
        milliseconds = expression.milliseconds(retried)
        assert milliseconds is None or 0 <= milliseconds <= DELAY_MS_MAX
