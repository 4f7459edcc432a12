"""The files of a page: those of its folder and no others, and only its own scripts run."""

import pytest

from tests.ingress.pages.room_page import (  # noqa: F401 - fixtures
    folder_fixture,
    jar_fixture,
    serve_fixture,
)


def test_a_page_is_its_index_and_the_files_beside_it(serve):
    async def test(served):
        index = await served.ask("GET", "tips/", user=None)
        assert (index.status, index.body) == (200, b"<h1>Tips</h1>")
        assert index.headers["Content-Type"] == "text/html; charset=utf-8"
        for name, kind in (("main.js", "text/javascript"), ("inner/page.css", "text/css")):
            found = await served.ask("GET", f"tips/{name}", user=None)
            assert found.status == 200
            assert found.headers["Content-Type"].startswith(kind)
        head = await served.ask("HEAD", "tips/main.js", user=None)
        assert (head.status, head.headers["Content-Length"]) == (200, "22")

    serve(test)


@pytest.mark.parametrize(
    "name",
    [
        ".hidden", "inner/../.hidden", "..%2f..%2fetc%2fpasswd", "%2e%2e/secret.txt", "inner%5c..%5c.hidden",
        "inner/", "inner", "none.js", "main.js%00", "main.js/", "outside.txt", "%2fetc%2fpasswd", "x" * 200,
    ],
)  # fmt: skip
def test_a_name_leads_to_nothing_else(serve, folder, name):
    (folder.parent / "secret.txt").write_text("secret")
    (folder / "outside.txt").symlink_to(folder.parent / "secret.txt")

    async def test(served):
        answer = await served.client.get(f"/app/tips/{name}", follow_redirects=True)
        assert answer.status_code in (400, 404), await answer.get_data()

    serve(test)


def test_whoever_has_a_file_is_not_sent_it_again_until_it_changes(serve, folder):
    async def test(served):
        first = await served.ask("GET", "tips/main.js", user=None)
        assert first.headers["Cache-Control"] == "no-cache"
        has = {"If-None-Match": f"W/{first.headers['ETag']}"}
        assert (await served.ask("GET", "tips/main.js", user=None, headers=has)).status == 304
        (folder / "main.js").write_text("export const tips = 2; // changed")
        again = await served.ask("GET", "tips/main.js", user=None, headers=has)
        assert (again.status, again.body) == (200, b"export const tips = 2; // changed")

    serve(test)


def test_only_its_own_scripts_run_and_telegrams_where_the_page_is_inside_telegram(serve):
    async def test(served):
        plain = (await served.ask("GET", "tips/", user=None)).headers
        assert "script-src 'self';" in plain["Content-Security-Policy"]
        assert "form-action 'none'" in plain["Content-Security-Policy"]
        assert plain["Permissions-Policy"] == "camera=(), microphone=(), geolocation=()"
        assert (plain["X-Content-Type-Options"], plain["Referrer-Policy"]) == ("nosniff", "same-origin")
        inside = (await served.ask("GET", "tips/", user=None, telegram="1")).headers
        assert "script-src 'self' https://telegram.org;" in inside["Content-Security-Policy"]

    serve(test)


def test_where_there_is_no_page_somebody_is_told_so_and_a_script_in_a_line(serve):
    async def test(served):
        page = await served.ask(
            "GET", "none/", user=None, headers={"Accept": "text/html", "Accept-Language": "ru"}
        )
        assert (page.status, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
        assert "Здесь ничего нет." in page.body.decode()
        for path in ("", "none", "none/main.js", "tips/none.js"):
            line = await served.ask("GET", path, user=None)
            assert (line.status, line.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")

    serve(test)
