"""The payer's page, as a browser without scripts has it."""

import re

import pytest

PRESSED = {"headers": {"Content-Type": "application/x-www-form-urlencoded"}, "allow_redirects": False}


async def opened(shop, id_, language="en"):
    async with shop.http.get(f"{shop.url}/pay/{id_}?lang={language}") as response:
        assert response.status == 200
        return await response.text()


async def pressed(shop, id_, act, **more):
    fields = "&".join(f"{name}={value}" for name, value in {"act": act, **more}.items())
    async with shop.http.post(f"{shop.url}/pay/{id_}?lang=en", data=fields, **PRESSED) as response:
        return response.status


def test_the_page_says_that_it_is_a_simulator_and_what_is_to_be_paid_in_both_languages(play):
    async def scenario(shop):
        id_ = (await shop.new_yookassa())["id"]
        english, russian = await opened(shop, id_), await opened(shop, id_, "ru")
        assert "simulator of YooKassa: no money moves" in english
        assert "симулятор ЮKassa: деньги не списываются" in russian
        assert "1\u00a0490\u00a0₽" in russian
        assert "Заказ 1042" in english
        assert re.findall(r"<script[^>]*>|\bon\w+=", english) == ['<script type="module" src="/pay.js">']

    play(scenario)


def test_each_button_that_a_page_shows_does_something(play):
    async def scenario(shop):
        for make in (shop.new_yookassa, shop.new_stripe):
            page = await opened(shop, (await make())["id"])
            acts = re.findall(r'name="act" value="([^"]+)"', page)
            assert len(acts) >= 8
            for act in acts:
                assert await pressed(shop, (await make())["id"], act.replace(" ", "+")) == 303, act

    play(scenario)


def test_each_button_of_a_paid_payment_does_something(play):
    async def scenario(shop):
        seen = set()
        for make in (shop.new_yookassa, shop.new_stripe):
            for deeds in (["pay"], ["pay", "refund_part"], ["pay", "refund"], ["pay", "dispute"]):
                id_ = (await make())["id"]
                if [await pressed(shop, id_, deed) for deed in deeds][-1] != 303:
                    continue  # YooKassa tells of no disputes
                for act in re.findall(r'name="act" value="([a-z_]+)"', await opened(shop, id_)):
                    seen.add(act)
                    other = (await make())["id"]
                    assert [await pressed(shop, other, one) for one in (*deeds, act)][-1] == 303, act
        assert {"refund", "fail_refund", "inquire", "win_dispute", "lose_dispute"} <= seen

    play(scenario)


def test_after_paying_there_is_a_way_back_and_word_of_what_the_shop_was_told(play):
    async def scenario(shop):
        id_ = (await shop.new_stripe())["id"]
        assert 'href="https://shop.example/no"' in await opened(shop, id_)
        assert await pressed(shop, id_, "pay") == 303
        await shop.told()
        await shop.nothing_waits()
        page = await opened(shop, id_)
        assert f'href="https://shop.example/ok?s={id_}"' in page
        assert "checkout.session.completed" in page
        assert "accepted" in page
        assert 'value="pay"' not in page
        assert await pressed(shop, id_, "pay") == 409

    play(scenario)


def test_the_payer_of_aaio_goes_back_to_where_the_shop_said_in_its_cabinet(play):
    async def scenario(shop):
        id_ = await shop.new_aaio()
        assert "Back to the shop" not in await opened(shop, id_)
        await shop.sim("notify", return_url="http://127.0.0.1:1/chat")
        assert 'href="http://127.0.0.1:1/chat"' in await opened(shop, id_)

    play(scenario)


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_what_a_shop_writes_is_text_and_nothing_else(play, words):
    async def scenario(shop):
        confirmation = {"type": "redirect", "return_url": "javascript:alert(1)"}
        made = await shop.new_yookassa(description=words, confirmation=confirmation)
        page = await opened(shop, made["id"])
        assert words not in page
        assert "javascript:" not in page

    play(scenario)


def test_a_link_that_is_too_old_is_told_kindly(play):
    async def scenario(shop):
        async with shop.http.get(f"{shop.url}/pay/no?lang=ru") as response:
            assert response.status == 404
            assert "Вернитесь в чат" in await response.text()
        async with shop.http.get(f"{shop.url}/?lang=ru") as response:
            assert "Платежей ещё не было" in await response.text()

    play(scenario)
