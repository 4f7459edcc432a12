import asyncio
import json
from typing import Any

from mailroom.ops.bench.replies import Replies


def call(n: int, number: int, count: int, chat_id: int = 1) -> dict[str, Any]:
    args = {"text": f"m{100 + number} {count}"}
    return {"n": n, "at": float(n), "method": "sendMessage", "ok": True, "chat_id": chat_id, "args": args}


def test_replies_are_matched_to_their_messages_and_inversions_within_a_chat_are_counted():
    came: list[None] = []
    replies = Replies(0, "1:t", 100, 4, lambda: came.append(None))
    for one in (call(5, 1, 1), call(6, 0, 2), call(7, 3, 1, chat_id=2), call(8, 3, 1, chat_id=2)):
        replies._note(one)
    assert replies.at == {1: 5.0, 0: 6.0, 3: 7.0}
    assert (replies.inversions, replies.last_count, len(came)) == (1, 2, 3)


def test_watching_ends_when_all_replies_are_there_or_when_none_comes_any_more():
    log = [call(0, 0, 1), call(1, 1, 2)]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = 0
        while head := await reader.readuntil(b"\r\n\r\n"):
            since = int(head.split(b"since=")[1].split(b"&")[0])
            asked += 1
            # The first look only asks where the log ends: here, at its beginning.
            page = {"calls": [] if asked == 1 else log[since:], "next": 0 if asked == 1 else len(log)}
            body = json.dumps(page).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    async def scenario(expected: int) -> int:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with Replies(port, "1:t", 100, expected, lambda: None) as replies:
            await asyncio.wait_for(replies.wait_until_complete(0.3, []), 10)
        server.close()
        return len(replies.at)

    assert asyncio.run(scenario(2)) == 2
    assert asyncio.run(scenario(3)) == 2
