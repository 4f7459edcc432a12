"""Two bots with a section each, whose rooms say who works there, and a browser for each of those people."""

import base64
import re
from contextlib import asynccontextmanager
from secrets import token_hex
from types import SimpleNamespace
from urllib.parse import urlsplit

import asyncpg
import pytest
import trio

from mailroom.actors.hosting.bundled import Parts
from mailroom.actors.hosting.staff import Staff
from mailroom.actors.pages.ask import ON_CALL, Ask, Asked
from mailroom.actors.pages.page import Section
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.allowance import Allowance
from mailroom.ingress.app import create_app
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.ops.access import Access
from mailroom.ingress.ops.operations import Operations
from mailroom.ingress.ops.people import People
from mailroom.storage.postgres.console_people import Proved, add_link
from mailroom.storage.postgres.database import connect
from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.vault import Vault
from tests.ingress.conftest import TOKEN

OWN = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "document", "X-Forwarded-Proto": "https"}
ANNA, BEN, CHLOE = (Proved("telegram", f"tg:{7001 + at}", None, name) for at, name in enumerate("ABC"))
ANNA = ANNA._replace(name="Анна")


async def told(room, visit, asked):
    room.told.append(visit)
    return {"who": visit.who, "roles": sorted(visit.roles)}


ASKS = (
    Ask("GET", "/orders", Asked, told, {"owner", "staff"}, says="What was ordered."),
    Ask("POST", "/prices", Asked, told, {"owner"}, says="Other prices."),
    Ask("POST", "/everything", Asked, told, ON_CALL, says="On-call's."),
)


VAULT = Vault([base64.urlsafe_b64encode(bytes(32)).decode()])


class Work:
    """The application, and what a test changes of it."""

    def __init__(self, database, oncall, files, *, token, senders=()):
        self.database, self.oncall, self.files, self.woken = database, oncall, files, []
        self.works = {("mine", "tg:7001"): {"owner"}, ("mine", "tg:7002"): {"staff"}}
        self.works[("other", "tg:7003")] = {"owner"}
        self.staff = {bot: self._staff(bot) for bot in ("mine", "other")}
        self.people = People(database, self.staff)
        self.allowance, self.token, self.senders = Allowance(), token, senders
        self.serve()

    def serve(self):
        """Begin to, or begin anew with other staff."""
        sections = {bot: BotSection(one) for bot, one in self.staff.items()}
        access = Access(self.token, self.allowance, people=self.people, senders=self.senders)
        self.app = create_app(None, None, {"bots": {}}, Operations(self.oncall, access, sections))

    def _staff(self, bot):
        async def roles(_room, proofs):
            found = [self.works.get((bot, proof.address), set()) for proof in proofs]
            return frozenset().union(*found)

        section = Section(bot.title(), self.files, ASKS)
        room = SimpleNamespace(bot=bot, told=[], vault=VAULT, wake=self.woken.append)
        return Staff.of(room, Parts(answers=lambda: None, section=section, roles=roles))

    def nobody_of(self, bot):
        """Somebody who works elsewhere."""
        self.works[("other", BEN.address)] = {"owner"}
        self.works.pop((bot, BEN.address), None)
        return BEN

    async def link(self, person=ANNA, seconds=600):
        """The token of a link that the bot has sent."""
        token = token_hex(32)
        await aio(add_link, self.database, token, person, seconds)
        return token

    async def browser(self, person=None):
        """A browser; of somebody who is logged in."""
        one = Browser(self.app)
        if person is not None:
            answer = await one.enters(await self.link(person))
            assert answer.status_code == 303, await answer.get_data()
            await one.reads_the_page()
        return one

    @property
    def refused(self):
        """What is in the audit of what was refused: who, what, and whose it is."""
        return [(by.who, what, by.why) for (by, what), _ in self.oncall.refused.call_args_list]


class Browser:
    """Keeps its cookies, and says of itself what browsers say."""

    def __init__(self, app):
        self._client = app.test_client()
        self.csrf = ""

    async def opens(self, path, headers=OWN, **more):
        return await self._client.get(path, headers=headers, **more)

    async def enters(self, token, headers=OWN):
        """Open a link, and press."""
        page = await (await self.opens("/console/enter")).get_data(as_text=True)
        proof = re.search(r'name="proof" value="(\w+)"', page)[1]
        form = {"token": token, "proof": proof}
        return await self._client.post("/console/enter", form=form, headers=headers)

    async def reads_the_page(self):
        """What its script is told: what goes along with every call."""
        page = await (await self.opens("/console")).get_data(as_text=True)
        self.csrf = (re.search(r'csrf-token" content="(\w+)"', page) or ["", ""])[1]
        return page

    async def asks(self, method, path, json=None, **headers):
        """As the console's own script asks."""
        headers = {"X-CSRF-Token": self.csrf, "Sec-Fetch-Site": "same-origin", **headers}
        headers["X-Forwarded-Proto"] = "https"
        sent = {} if method == "GET" else {"json": json or {"why": "w"}}
        answer = await self._client.open(path, method=method, headers=headers, **sent)
        answer.json_ = await answer.get_json(silent=True)
        return answer

    async def leaves(self):
        form = {"csrf_token": self.csrf}
        return await self._client.post("/console/logout", form=form, headers=OWN)


_made: set[str] = set()


async def _database(postgres_url):
    """One for all tests: each has links and sessions of its own."""
    url = urlsplit(postgres_url)._replace(path="/people_of_the_console").geturl()
    if url not in _made:
        connection = await asyncpg.connect(postgres_url)
        await connection.execute("CREATE DATABASE people_of_the_console")
        await connection.close()
        await apply_migrations(url)
        _made.add(url)
    return url


@asynccontextmanager
async def working(postgres_url, oncall, files, *, token=TOKEN, **changes):
    """Two bots whose people are at work; `token` is that of on-call."""
    (files / "section.html").write_text("<p>What is to be done</p>")
    (files / "section.js").write_text("export default function () {}")
    pool = await aio(connect, await aio(_database, postgres_url))
    try:
        yield Work(pool, oncall, files, token=token, **changes)
    finally:
        with trio.CancelScope(shield=True):
            await aio(pool.close)


@pytest.fixture(name="work")
def work_fixture(postgres_url, oncall, tmp_path):
    """`work(test)` runs a test with them."""

    def run(test, **changes):
        async def main():
            with trio.fail_after(30):
                async with working(postgres_url, oncall, tmp_path, **changes) as at:
                    return await test(at)

        return host.run(main)

    return run
