"""The command line with on-call's functions behind it as a test has prepared them."""

import os
from contextlib import asynccontextmanager

import pytest
import structlog
from typer.testing import CliRunner

from mailroom.ops.cli import app, consent, words
from tests.ops.cli.fake_oncall import NOW_MS, FakeOnCall

OURS = (
    "MAILROOM_",
    "DATABASE_URL",
    "REDIS_URL",
    "PORT",
    "HOST",
    "PUBLIC_URL",
    "TELEGRAM_API_BASE",
    "OPENAI_",
)


@pytest.fixture
def oncall(monkeypatch, tmp_path):
    """What stands in for the installation; no setting of this machine reaches the commands."""
    from mailroom.ops import oncall_session

    fake = FakeOnCall()

    @asynccontextmanager
    async def opened(settings):
        fake.settings = settings
        yield fake.as_oncall()

    monkeypatch.setattr(oncall_session, "open_oncall", opened)
    monkeypatch.setattr(words, "now_ms", lambda: NOW_MS)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(OURS)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MAILROOM_OPERATOR", "ann")
    yield fake
    structlog.reset_defaults()


@pytest.fixture
def mailroom(oncall):
    """Run a command; `answers` are typed by a person at a terminal, without them nobody is there."""
    runner = CliRunner()

    def run(*arguments, answers=None):
        with pytest.MonkeyPatch.context() as patch:
            if answers is not None:
                patch.setattr(consent, "at_terminal", lambda: True)
            result = runner.invoke(app, list(map(str, arguments)), input=answers)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run
