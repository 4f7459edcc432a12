"""What a customer sees when the process dies while the consultant answers: one message, and it ends right."""

import pytest

from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.journal import Journal, fingerprint
from tests.actors.bots.shop.consultant.conftest import Telegram
from tests.actors.model_endpoint import Call, Say

ENGLISH = TEXTS["en"].consultant

LOOK = Call(("find_products", {"query": "photo editor"}))


class ProcessDiedError(BaseException):
    """Nothing catches it."""


class JournaledTelegram(Telegram):
    """Telegram behind the journal of one message, as `HostedSession` keeps it; `dies_at` is a call's number,
    and whether Telegram got it before.
    """

    def __init__(self):
        super().__init__()
        self.records = {}
        self.results = {}
        self.dies_at = None
        self.begin(1)

    def begin(self, attempt):
        async def record(number, kept):
            self.records[number] = kept

        self.journal = Journal("shop", record, dict(self.records), attempt)

    async def make_request(self, bot, method, timeout=None):
        name = method.__api_method__
        if name.startswith("get") or name == "sendChatAction":
            return await super().make_request(bot, method, timeout)
        number = self.journal.next_number()
        mark = fingerprint(name, method.model_dump_json(exclude_defaults=True).encode())
        if self.journal.replay(number, mark) is not None:
            return self.results[number]
        await self.journal.settle()
        if self.dies_at == (number, "before"):
            raise ProcessDiedError
        result = await super().make_request(bot, method, timeout)
        if self.dies_at == (number, "after"):
            raise ProcessDiedError
        self.journal.keep(number, mark, b"")
        self.results[number] = result
        return result


@pytest.mark.parametrize("answers", ["same", "other"])
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_a_crash_at_any_call_leaves_one_answer_that_is_whole(ann, monkeypatch, number, moment, answers):
    monkeypatch.setattr("mailroom.actors.bots.shop.consultant.draft.EDIT_SECONDS", 0.02)
    telegram = ann.bot.session = ann.telegram = JournaledTelegram()
    words = "Lumen: photo editor is made for RAW. It is good. It works."
    ann.endpoint.says(LOOK, Say(words, pieces=8, pause=0.03))
    telegram.dies_at = (number, moment)
    with pytest.raises(ProcessDiedError):
        ann.writes("photos?")
    telegram.dies_at = None
    telegram.begin(2)
    again = words if answers == "same" else "Lumen: photo editor is a fine choice."
    ann.endpoint.script.clear()
    ann.endpoint.says(LOOK, Say(again))
    ann.repeats_after_crash()
    # At most one call can have gone out without a record: then, and only then, its message is there twice.
    lost = (number, moment) == (0, "after")
    assert len(telegram.messages) == (2 if lost else 1)
    assert ann.sees.startswith(again)
    assert ann.buttons
    orphans = [text for text, _ in list(telegram.messages.values())[:-1]]
    assert orphans == ([ENGLISH.thinking] if lost else [])
