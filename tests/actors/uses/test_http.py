"""Addresses that somebody typed, called for real: a name means what we let it mean."""

import asyncio
import socket

import httpx
import pytest

from mailroom.actors.uses.addresses import Reach
from mailroom.actors.uses.http import ForbiddenAddressError, Http
from tests.actors.push_service import open_push_service

INSIDE = """
    127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200 0.0.0.0 192.0.0.192
    192.88.99.1 198.18.0.1 203.0.113.5 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 168.63.129.16
    ::1 :: fe80::1%1 fc00::1 fd00:ec2::254 fec0::1 ff02::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:a00:1
    ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: 2001:0:7f00:1:: 2001:db8::1 3fff::1 100::1
"""
OUTSIDE = ["8.8.8.8", "93.184.216.34", "::ffff:8.8.8.8", "2606:4700::1111", "2a00:1450:4001::8a"]
LITERALS = [
    "127.1",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "127.0.0.1",
    "[::1]",
    "[::ffff:7f00:1]",
    "١٢٧.0.0.1",
]


@pytest.fixture
def names(monkeypatch):
    """What names stand for: each look at one takes the next of its answers, the last one for ever."""
    known = {"looked": []}
    look_up = socket.getaddrinfo

    def getaddrinfo(host, port, *args, **options):
        name = host.decode() if isinstance(host, bytes) else host
        if name not in known:
            return look_up(host, port, *args, **options)
        known["looked"].append(name)
        answers = known[name]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [place for one in found for place in look_up(one, port, type=socket.SOCK_STREAM)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


def calling(test, allowed=("127.0.0.1",), answers=b"HTTP/1.1 204 No Content\r\n\r\n"):
    """Run `test` with a client, the port of two servers, at 127.0.0.1 and 127.0.0.2, and who asked them."""

    async def main():
        asked = []

        def server(address):
            async def serve(reader, writer):
                head = await reader.readuntil(b"\r\n\r\n")
                asked.append((address, head.decode().partition("ost: ")[2].partition("\r\n")[0]))
                writer.write(answers.replace(b"PORT", str(port).encode()))
                writer.close()

            return serve

        async with await asyncio.start_server(server("127.0.0.1"), "127.0.0.1", 0) as one:
            port = one.sockets[0].getsockname()[1]
            async with (
                await asyncio.start_server(server("127.0.0.2"), "127.0.0.2", port),
                Http(allowed) as http,
            ):
                await test(http, port, asked)

    asyncio.run(main())


def test_only_public_addresses_are_public():
    assert [one for one in INSIDE.split() if Reach().covers(one)] == []
    assert [one for one in OUTSIDE if not Reach().covers(one)] == []


def test_a_network_of_ours_is_reached_where_it_is_allowed_and_no_other():
    reach = Reach(["10.20.0.0/16", "fd00:1::/32"])
    assert [one for one in ("10.20.3.4", "::ffff:10.20.3.4", "fd00:1::5") if not reach.covers(one)] == []
    assert [one for one in ("10.21.0.1", "127.0.0.1", "fd00:2::1") if reach.covers(one)] == []


@pytest.mark.parametrize("host", LITERALS)
def test_a_number_is_no_way_in_however_it_is_written(host):
    async def test(http, port, asked):
        assert http.why_not(f"http://{host}:{port}/")
        with pytest.raises((ForbiddenAddressError, httpx.InvalidURL)):
            await http.get(f"http://{host}:{port}/")
        assert asked == []

    calling(test, allowed=())


def test_a_name_is_looked_up_once_and_called_where_it_led_then(names):
    names["supplier.test"] = [["127.0.0.1"], ["127.0.0.2"]]

    async def test(http, port, asked):
        assert (await http.get(f"http://supplier.test:{port}/")).status_code == 204
        assert asked == [("127.0.0.1", f"supplier.test:{port}")]
        assert names["looked"] == ["supplier.test"]
        with pytest.raises(ForbiddenAddressError, match=r"supplier\.test \(127\.0\.0\.2\) is in a private"):
            await http.get(f"http://supplier.test:{port}/")
        assert len(asked) == 1

    calling(test)


def test_a_name_that_leads_inside_too_is_called_nowhere(names):
    names["half.test"] = [["127.0.0.1", "127.0.0.2"]]

    async def test(http, port, asked):
        with pytest.raises(ForbiddenAddressError):
            await http.get(f"http://half.test:{port}/")
        assert asked == []

    calling(test)


def test_a_redirect_leads_inside_no_more_than_an_address_does():
    async def test(http, port, asked):
        with pytest.raises(ForbiddenAddressError):
            await http.get(f"http://127.0.0.1:{port}/", follow_redirects=True)
        assert [one for one, _ in asked] == ["127.0.0.1"]

    calling(
        test, answers=b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:PORT/\r\nContent-Length: 0\r\n\r\n"
    )


def test_a_proxy_of_the_environment_is_not_asked_what_a_name_stands_for(monkeypatch):
    async def test(http, port, asked):
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.2:{port}")
        async with Http(["127.0.0.1"]) as fresh:
            assert (await fresh.get(f"http://127.0.0.1:{port}/")).status_code == 204
        assert [one for one, _ in asked] == ["127.0.0.1"]

    calling(test)


def test_a_certificate_is_that_of_the_name_and_not_of_the_address(names, tmp_path, monkeypatch):
    names["push.test"] = [["127.0.0.1"]]
    with open_push_service(tmp_path) as service:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "push.pem"))  # which is good for 127.0.0.1

        async def main():
            async with Http(["127.0.0.1"]) as http:
                assert (await http.post(f"{service.url}/push", content=b"x")).status_code == 201
                with pytest.raises(httpx.ConnectError, match="Hostname mismatch"):
                    await http.post(f"{service.url}/push".replace("127.0.0.1", "push.test"), content=b"x")

        asyncio.run(main())
