"""What a room has answered, as a browser would be shown it: plain values, a `File` or a `Go`."""

from typing import Any

from pydantic_core import from_json

from mailroom.actors.pages.answer import File, Go, Live
from mailroom.ingress.asks.answered import Answered
from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.asks.ways import check_way
from mailroom.storage.texts import as_json


async def shown(doing: Doing, done: Answered) -> Any:
    """The answer; of what is shown live, what is shown now. Raises `Problem`, and `ValueError` for what no
    browser could be answered.
    """
    answer = done.answer
    if isinstance(answer, Live):
        answer = await doing.look(done.ask, done.visit, answer)
    if isinstance(answer, File):
        return answer
    if isinstance(answer, Go):
        check_way(answer.url)
        return answer
    return from_json(as_json(answer))
