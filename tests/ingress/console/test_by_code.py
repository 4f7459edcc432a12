"""People who have no Telegram get into the console by a code that comes to an address of theirs."""

import json
import re
from types import SimpleNamespace

from mailroom.actors.people.code import Codes, SendCode
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.ops import staff_codes
from mailroom.ingress.ops.guesses import ATTEMPTS_MAX
from mailroom.ingress.ops.staff_codes import ADDRESS_MAX, NETWORK_MAX
from tests.ingress.console.people import OWN, VAULT, work_fixture  # noqa: F401 - a fixture

MAIL = SimpleNamespace(name="mail", takes=("mail",))


class Typing:
    """Somebody who types into the forms."""

    def __init__(self, browser):
        self.browser = browser

    async def wants(self, address, bot="mine", headers=OWN):
        page = await (await self.browser.opens("/console/code")).get_data(as_text=True)
        self.proof = re.search(r'name="proof" value="(\w+)"', page)[1]
        form = {"proof": self.proof, "bot": bot, "address": address}
        answer = await self.browser._client.post("/console/code", form=form, headers=headers)
        return answer.status_code, await answer.get_data(as_text=True)

    async def types(self, code, address, bot="mine"):
        form = {"proof": self.proof, "bot": bot, "address": address, "code": code}
        return await self.browser._client.post("/console/code/enter", form=form, headers=OWN)


async def sent(at, address):
    """The code that is on its way to an address; None if there is none."""
    rows = await aio(
        at.database.fetch,
        "SELECT payload FROM mailroom.outbox_job WHERE name = 'code' ORDER BY id DESC",
    )
    for row in rows:
        wanted = SendCode.model_validate(json.loads(row["payload"]))
        if wanted.address == address:
            return Codes(VAULT).unseal(wanted)
    return None


def test_somebody_without_telegram_logs_in_by_a_code(work) -> None:
    async def test(at):
        at.works[("mine", "mail:anna@salon.example")] = {"owner"}
        browser = await at.browser()
        one = Typing(browser)
        status, page = await one.wants("Anna@salon.example ")
        assert (status, "a…@salon.example" in page) == (200, True)
        code = await sent(at, "mail:anna@salon.example")
        assert at.woken == ["mine.notification"]
        wrong = f"{(int(code) + 1) % 1_000_000:06}"
        assert (await one.types(wrong, "anna@salon.example")).status_code == 401
        answer = await one.types(f"{code[:3]} {code[3:]}", "anna@salon.example")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/console")
        await browser.reads_the_page()
        told = await browser.asks("GET", "/ops/bots/mine/orders")
        assert told.json_ == {"who": "mail:anna@salon.example (console)", "roles": ["owner"]}
        again = Typing(await at.browser())
        await again.wants("nobody@salon.example")
        assert (await again.types(code, "anna@salon.example")).status_code == 401, "it was used"

    work(test, senders=[MAIL])


def test_whether_somebody_works_there_is_told_by_nothing_and_nobody_else_is_sent_a_code(work) -> None:
    async def test(at):
        at.works[("mine", "mail:ben@salon.example")] = {"staff"}
        one = Typing(await at.browser())
        _, known = await one.wants("ben@salon.example")
        _, unknown = await one.wants("bob@salon.example")
        _, elsewhere = await one.wants("ben@salon.example", bot="other")
        without = [re.sub("b[eo][nb]@", "", page) for page in (known, unknown)]
        assert without[0] == without[1]
        assert elsewhere.replace('value="other"', 'value="mine"') == known
        assert await sent(at, "mail:bob@salon.example") is None
        assert at.woken == ["mine.notification"]

    work(test, senders=[MAIL])


def test_codes_are_sent_only_so_often_and_tried_only_so_often(work, monkeypatch) -> None:
    monkeypatch.setattr(staff_codes, "ANSWER_SECONDS", 0)

    async def test(at):
        at.works[("mine", "mail:chloe@salon.example")] = {"staff"}
        one = Typing(await at.browser())
        for _ in range(NETWORK_MAX):
            assert (await one.wants("chloe@salon.example"))[0] == 200
        assert len(at.woken) == 1 <= ADDRESS_MAX, "another one only after a minute"
        assert (await one.wants("chloe@salon.example"))[0] == 429
        at.works[("mine", "mail:dan@salon.example")] = {"staff"}
        assert (await one.wants("dan@salon.example"))[0] == 429
        assert await sent(at, "mail:dan@salon.example") is None
        for _ in range(ATTEMPTS_MAX):
            assert (await one.types("000000", "nobody@salon.example")).status_code == 401
        right = await sent(at, "mail:chloe@salon.example")
        assert (await one.types(right, "chloe@salon.example")).status_code == 429

    work(test, senders=[MAIL])


def test_a_form_of_another_page_has_no_code_sent_and_uses_none(work) -> None:
    async def test(at):
        one = Typing(await at.browser())
        assert (await one.wants("a@b.example", headers={**OWN, "Sec-Fetch-Site": "cross-site"}))[0] == 403
        one.proof = "0" * 64
        assert (await one.types("000000", "a@b.example")).status_code == 403
        assert (await one.wants("no address at all"))[0] == 400
        assert (
            await one.browser.opens("/console/code", headers={"Sec-Fetch-Dest": "empty"})
        ).status_code == 403

    work(test, senders=[MAIL])


def test_where_nobody_carries_codes_there_is_no_such_way(work) -> None:
    async def test(at):
        browser = await at.browser()
        assert (await browser.opens("/console/code")).status_code == 404
        login = await (await browser.opens("/console")).get_data(as_text=True)
        assert "/console/code" not in login

    work(test)
