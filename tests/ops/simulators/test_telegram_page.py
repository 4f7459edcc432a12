"""The chat page in a real browser: who is who, and where links to Telegram lead."""

import pytest

from tests.ingress.browser import Page, chromium_fixture, connected  # noqa: F401 - a fixture

TOKEN = "1001:test-token"
PEOPLE = [
    {"id": 7001, "name": "Анна", "language": "ru", "role": "customer", "hint": "Buys here."},
    {"id": 7002, "name": "Ben", "language": "en", "role": "friend", "hint": "Comes by a link."},
    {"id": 7003, "name": "Мария", "language": "ru", "role": "owner", "hint": "Owns the shop."},
    {"id": 7004, "name": "Chloe", "language": "en", "role": "supplier", "hint": "Is told of sales."},
]
LINK = "https://t.me/sim_1001_bot?start=ref5eh"


@pytest.fixture
def look(play, chromium):
    """`look(test)` runs a test with the page of a bot that has four people."""

    def run(test):
        async def scenario(sim):
            await sim.sim("bots", token=TOKEN, name="Shop", people=PEOPLE)
            async with connected(chromium) as talk:
                page = await Page.open(talk, sim.url, width=1280, height=900)
                await page.sees("Анна")
                await test(sim, page)
                assert page.complaints == []

        play(scenario)

    return run


def chosen(words):
    return (
        f"[...document.querySelectorAll('.choices button')].find((one) => one.innerText.includes('{words}'))"
    )


async def says(sim, chat_id, text):
    """Wait until somebody has written this."""

    def written():
        chat = sim.simulation.bot(TOKEN).book.find(chat_id)
        return chat is not None and any(one.get("text") == text for one in chat.messages.values())

    await sim.until(written)


def test_a_stranger_reads_who_each_of_the_four_is(look):
    async def test(_sim, page):
        await page.until(f"document.querySelectorAll('#cast button').length >= {len(PEOPLE)}")
        for person in PEOPLE:
            await page.run(
                "[...document.querySelectorAll('#cast button')]"
                f".find((one) => one.innerText.includes('{person['name']}')).click()"
            )
            await page.sees(f"{person['role']} · id {person['id']}")
            await page.sees(person["hint"])

    look(test)


@pytest.mark.parametrize("shared", [False, True])
def test_a_link_to_the_bot_is_followed_on_the_page_by_whom_one_chooses(look, shared):
    async def test(sim, page):
        address = f"https://t.me/share/url?url={LINK.replace('?', '%3F').replace('=', '%3D')}&text=Look"
        button = {"inline_keyboard": [[{"text": "go", "url": address if shared else LINK}]]}
        await sim.result("sendMessage", chat_id=7001, text="yours", reply_markup=button)
        await page.click(".chat a[href]")
        await page.until("document.querySelector('#follow').open")
        named = await page.text(".choices")
        assert ("Анна" in named) is not shared, "nobody sends a link to themselves"
        await page.run(f"{chosen('Ben')}.click()")
        await says(sim, 7002, "/start ref5eh")
        await page.sees("/start ref5eh")

    look(test)


def test_a_link_pasted_into_another_chat_is_followed_there(look):
    async def test(sim, page):
        await page.type(".chat:nth-of-type(2) textarea", LINK)
        await page.run("document.querySelectorAll('.chat form')[1].requestSubmit()")
        await page.click(".chat:nth-of-type(2) .mine a[href]")
        await page.run(f"{chosen('the one who pressed it')}.click()")
        await says(sim, 7002, "/start ref5eh")

    look(test)


def test_a_link_that_only_telegram_can_follow_does_not_leave_the_page(look):
    async def test(sim, page):
        await sim.result("sendMessage", chat_id=7001, text="see https://t.me/somebody_else or tell me")
        await page.click(".chat a[href]")
        await page.sees("Only Telegram can open this link")

    look(test)
