import io
import json
import logging

import pytest
import structlog

from ops import logs

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
