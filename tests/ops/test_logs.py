import contextlib
import io
import json
import logging
import re

import pytest
import structlog

from mailroom.ops import logs
from mailroom.storage.words import traceback_of

TOKEN = "123456789:" + "A" * 35


@pytest.fixture
def restored():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


@pytest.fixture
def lines(restored):
    stream = io.StringIO()
    logs.configure("auto", stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_where_nobody_looks(lines):
    structlog.get_logger().info("update handled", chat=7, outcome="replied")
    (line,) = lines()
    assert (line["event"], line["chat"], line["level"]) == ("update handled", 7, "info")
    assert line["timestamp"].endswith("Z")


def test_a_library_comes_out_in_the_same_form(lines):
    logging.getLogger("some.library").warning("careful: %s", "x")
    (line,) = lines()
    assert (line["event"], line["logger"], line["level"]) == ("careful: x", "some.library", "warning")


def test_a_traceback_is_part_of_its_line(lines):
    try:
        int("odd")
    except ValueError:
        structlog.get_logger().exception("handler failed")
        logging.getLogger("library").exception("failed too")
    ours, theirs = lines()
    assert "ValueError: invalid literal" in ours["exception"]
    assert "ValueError: invalid literal" in theirs["exception"]


def test_libraries_that_say_too_much_are_quiet(lines):
    logging.getLogger("httpx").info("GET https://api.telegram.org/bot...")
    logging.getLogger("aiogram.event").info("Update id=1 is handled")
    assert lines() == []


def say_one_of_each():
    ours, theirs = structlog.get_logger(), logging.getLogger("my_bot")
    for log in (ours, theirs):
        log.debug("debug")
        log.info("info")
        log.warning("warning")
        log.error("error")
    ours.exception("error", exc_info=False)
    ours.msg("info")
    for quiet in logs.QUIET:
        logging.getLogger(quiet).debug("a request, whole")
    logging.getLogger("httpx").info("an address with its secrets")
    logging.getLogger("httpx").warning("warning")


@pytest.mark.parametrize("style", ["json", "colour"])
@pytest.mark.parametrize(
    ("level", "written"),
    [
        ("debug", {"debug": 2, "info": 3, "warning": 3, "error": 3}),
        ("info", {"info": 3, "warning": 3, "error": 3}),
        ("warning", {"warning": 3, "error": 3}),
        ("error", {"error": 3}),
    ],
)
def test_lines_below_the_level_are_written_by_nobody_and_secrets_at_none(restored, style, level, written):
    stream = io.StringIO()
    logs.configure(style, stream, level=level)
    say_one_of_each()
    text = re.sub(r"\x1b\[\d+m", "", stream.getvalue())
    found = dict.fromkeys(written, 0)
    for line in text.splitlines():
        said = (
            json.loads(line)["level"] if style == "json" else line.split("[", 1)[1].split("]", 1)[0].strip()
        )
        found[said] += 1
    assert found == written
    assert "a request, whole" not in text
    assert "an address with its secrets" not in text


def test_a_line_of_the_lowest_level_survives_arguments_that_do_not_fit_too(restored):
    stream = io.StringIO()
    logs.configure("json", stream, level="debug")
    structlog.get_logger().debug("odd %d", "x", why=Mute())
    assert json.loads(stream.getvalue())["event"].startswith("odd %d <its arguments do not fit")


def test_a_bot_token_never_reaches_the_log(lines):
    structlog.get_logger().warning("call failed", url=f"https://api.telegram.org/bot{TOKEN}/sendMessage")
    logging.getLogger("library").error("call failed: bot%s", TOKEN)
    for line in lines():
        assert "A" * 35 not in json.dumps(line)


def test_a_person_gets_colours(restored):
    stream = io.StringIO()
    logs.configure("colour", stream)
    structlog.get_logger().info("update handled", chat=7)
    assert "\x1b[" in stream.getvalue()
    assert "update handled" in stream.getvalue()


class Mute(Exception):  # noqa: N818 - an error of somebody else's
    def __str__(self):
        raise RuntimeError("not my text")

    __repr__ = __str__


class Bottomless(dict):
    def items(self):
        raise RuntimeError("not my items")

    def __repr__(self):
        return "bottomless"


CIRCLE: list[object] = []
CIRCLE.append(CIRCLE)
STRANGE = {
    "half a surrogate pair": "cut \ud83d off",
    "a dictionary of them": {"\ud83d": ["\udc00"]},
    "an object that refuses to be shown": Mute(),
    "a collection of them": [{"x": Mute()}],
    "a dictionary that refuses to be walked": Bottomless(),
    "bytes": b"\xff\xfe",
    "a number of too many digits": 10**5000,
    "a circle": CIRCLE,
    "deep": json.loads("[" * 900 + "]" * 900),
    "no number": float("nan"),
    "NUL": "\0",
    "long": "x" * 1_000_000,
    "an endless iterator": iter(int, 1),
}


@pytest.fixture(params=["json", "colour"])
def told(request, restored):
    """What reaches a stream that takes ASCII alone, in either style."""
    raw = io.BytesIO()
    logs.configure(request.param, io.TextIOWrapper(raw, "ascii", errors="strict", write_through=True))

    def told():
        said = raw.getvalue().decode()
        return [json.loads(line) for line in said.splitlines()] if request.param == "json" else said

    return told


@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE)
def test_a_log_call_never_raises_whatever_is_logged(told, value):
    structlog.get_logger().warning("odd", value=value, **{"k\ud83d": 1})
    structlog.get_logger().warning(value)
    structlog.get_logger().warning("odd %d", value)
    logging.getLogger("library").warning("odd %s", value)
    logging.getLogger("library").warning("odd %d %d", value)  # noqa: PLE1206 - that is what is tried
    said = told()
    assert str(said).count("odd") >= 4
    assert len(str(said)) < 100_000


def test_an_error_that_refuses_to_be_told_is_logged_with_its_traceback(told):
    def fail():
        raise Mute

    try:
        fail()
    except Mute as error:
        structlog.get_logger().exception("failed")
        structlog.get_logger().error("failed", exc_info=error, why=error)
        logging.getLogger("library").exception("failed")
    assert str(told()).count("in test_an_error_that_refuses") == 3


def test_a_traceback_shows_no_variables_and_is_no_longer_than_a_screen_or_two(told):
    def deeper(number):
        variable = "secret" * 100
        return deeper(number - 1) + variable if number else int("odd")

    try:
        deeper(300)
    except ValueError:
        structlog.get_logger().exception("failed")
    said = str(told())
    assert "secretsecret" not in said
    assert "in deeper" in said
    assert len(said) < 10_000


def test_what_the_stream_has_no_bytes_for_is_escaped_and_still_json(restored):
    raw = io.BytesIO()
    logs.configure("json", io.TextIOWrapper(raw, "ascii", errors="strict", write_through=True))
    structlog.get_logger().info("привет 🦊")
    assert json.loads(raw.getvalue())["event"] == "привет 🦊"


def test_a_reader_that_has_gone_away_is_no_error_of_whoever_logs(restored):
    stream = io.StringIO()
    logs.configure("json", stream)
    stream.close()
    structlog.get_logger().info("anybody?")
    logging.getLogger("library").warning("anybody?")


def test_the_rest_of_a_line_survives_a_value_that_cannot_be_shown(lines):
    structlog.get_logger().error("failed", chat="shop:7", why=Mute(), text="\ud83d")
    (line,) = lines()
    assert (line["event"], line["chat"]) == ("failed", "shop:7")
    assert "Mute" in line["why"]
    assert line["text"] == "\N{REPLACEMENT CHARACTER}"


HOSTILE = "\x1b[2J\x9b31m\x7f\u202e\x07"
SHOWN = "\\x1b[2J\\x9b31m\\x7f\\u202e\\x07"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("stream", [Terminal, io.StringIO])
def test_what_a_stranger_wrote_moved_the_cursor_of_whoever_read_the_log(restored, stream):
    out = stream()
    logs.configure(stream=out)
    try:
        int(HOSTILE)
    except ValueError as error:
        why = ValueError(HOSTILE).with_traceback(error.__traceback__)
        structlog.get_logger().error(f"failed {HOSTILE}", exc_info=why, **{f"of{HOSTILE}": [HOSTILE]})
        logging.getLogger(f"their{HOSTILE}").exception("%s", HOSTILE)
    text = re.sub(r"\x1b\[\d+m", "", out.getvalue())  # our own colours
    assert not set("\x1b\x9b\x7f\u202e\x07") & set(text)
    if stream is io.StringIO:
        told, theirs = map(json.loads, text.splitlines())
        assert (told["event"], theirs["event"]) == (f"failed {HOSTILE}", HOSTILE), "as JSON it says the same"
    else:
        assert f"failed {SHOWN}" in text


def test_a_failure_in_a_handler_printed_thousands_of_lines_that_were_not_its_authors(tmp_path):
    file = tmp_path / "my_bot.py"
    file.write_text(
        "import json\n\n\ndef handler(secret):\n    helper(secret)\n\n\n"
        "def helper(secret):\n    json.loads(secret)\n"
    )
    code = {}
    exec(compile(file.read_text(), str(file), "exec"), code)

    @contextlib.contextmanager
    def library():
        yield

    try:
        with library():
            code["handler"]("s3cret")
    except ValueError as error:
        error.__traceback__ = error.__traceback__.tb_next  # without this test, which is nobody's bot
        told = traceback_of(error)
    lines = [line.strip() for line in told.splitlines() if line.startswith("  File")]
    assert [line.partition(", line ")[2] for line in lines[:-1]] == ["5, in handler", "9, in helper"]
    assert "raw_decode" in lines[-1], "and where it was raised, though not what lies between"
    assert len(lines) == 3
    assert "s3cret" not in told.replace("json.loads(secret)", "")


def test_a_failure_of_our_own_is_told_whole():
    with pytest.raises(ValueError, match="Expecting") as caught:
        json.loads("{")
    error = caught.value.with_traceback(caught.value.__traceback__.tb_next)
    assert traceback_of(error).count("  File") == 3
