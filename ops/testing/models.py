"""A language model in memory: it says what a test has it say, over the client that asks a real one."""

import json
from collections import deque
from collections.abc import Iterator
from typing import Any

import httpx

from mailroom.actors.providers.openai import Models

USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


class ScriptedModels:
    """What the models answer. While they are `down`, nobody is reached."""

    def __init__(self) -> None:
        self.down = False
        self.refused = 0
        """How often somebody asked in vain."""
        self.asked: list[dict[str, Any]] = []
        """The requests, as the client wrote them."""
        self._answers: deque[dict[str, Any]] = deque()
        self.client = Models(
            api_key="test",
            base_url="http://model.test/v1",
            http=httpx.AsyncClient(transport=httpx.MockTransport(self._answer)),
        )

    def says(self, *texts: str) -> None:
        """The next answers; when there are none left, a model says "…"."""
        self._answers += [{"role": "assistant", "content": text} for text in texts]

    def calls(self, name: str, **arguments: Any) -> None:
        """The next answer calls a tool."""
        function = {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)}
        call = {"id": f"call-{len(self.asked)}", "index": 0, "type": "function", "function": function}
        self._answers.append({"role": "assistant", "content": None, "tool_calls": [call]})

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            self.refused += 1
            raise httpx.ConnectError("the test has the model down", request=request)
        given = json.loads(request.content)
        self.asked.append(given)
        message = self._answers.popleft() if self._answers else {"role": "assistant", "content": "…"}
        finish = "tool_calls" if message.get("tool_calls") else "stop"
        head = {"id": f"gen-{len(self.asked)}", "created": 0, "model": given["model"]}
        if not given.get("stream"):
            choice = {"index": 0, "message": message, "finish_reason": finish}
            whole = {**head, "object": "chat.completion", "choices": [choice], "usage": USAGE}
            return httpx.Response(200, json=whole)
        chunks = _chunks({**head, "object": "chat.completion.chunk"}, message, finish)
        return httpx.Response(
            200, content="".join(chunks).encode(), headers={"Content-Type": "text/event-stream"}
        )


def _chunks(head: dict[str, Any], message: dict[str, Any], finish: str) -> Iterator[str]:
    for choices, usage in (
        ([{"index": 0, "delta": message, "finish_reason": None}], None),
        ([{"index": 0, "delta": {}, "finish_reason": finish}], None),
        ([], USAGE),
    ):
        yield f"data: {json.dumps({**head, 'choices': choices, 'usage': usage})}\n\n"
    yield "data: [DONE]\n\n"
