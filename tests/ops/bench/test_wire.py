import asyncio

import pytest

from mailroom.ops.bench import wire

PIECES = (b"HTTP/1.1 42", b"9 Busy\r\nRetry-", b"After: 2\r\nContent-Length: 4\r\n\r\nbu", b"sy")


def test_the_client_reads_an_answer_however_it_is_cut_and_uses_the_connection_again():
    async def scenario() -> None:
        heads: list[bytes] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for _ in range(2):
                heads.append(await reader.readuntil(b"\r\n\r\n"))
                await reader.readexactly(5)
                for piece in (
                    b"HTTP/1.1 42",
                    b"9 Busy\r\nRetry-",
                    b"After: 2\r\nContent-Length: 4\r\n\r\nbu",
                    b"sy",
                ):
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0)

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        connection = await wire.connect(server.sockets[0].getsockname()[1])
        for _ in range(2):
            answer = await asyncio.wait_for(connection.request(wire.post("/x", b"hello", "secret")), 5)
            assert (answer.status, answer.retry_after_seconds, answer.body) == (429, 2.0, b"busy")
        assert b"X-Telegram-Bot-Api-Secret-Token: secret" in heads[0]
        connection.close()
        server.close()

    asyncio.run(scenario())


def test_a_request_on_a_connection_that_breaks_fails_instead_of_waiting():
    async def scenario() -> None:
        async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        connection = await wire.connect(server.sockets[0].getsockname()[1])
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(connection.request(wire.get("/")), 5)
        with pytest.raises(ConnectionError):
            await connection.request(wire.get("/"))
        server.close()

    asyncio.run(scenario())
