"""The examples of `add-a-bot.md` are complete and work: they are taken from the page, put where it says, and
played from /start to the thanks, with crashes and refunds in between.
"""

import asyncio
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from mailroom.actors.hosting.load import from_disk
from mailroom.actors.providers.payments import Money, ProviderUnavailableError
from mailroom.actors.runtime.bridge import aio
from mailroom.ops import configuration
from mailroom.ops.brought import brought
from mailroom.ops.faults import ConfigurationError
from mailroom.ops.room_options import options_of
from mailroom.ops.testing.opened.payments import MemoryAccount
from mailroom.pages import Go, Problem
from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.outbox.job import Backoff
from mailroom.storage.postgres.payments import open_payment
from tests.actors.bot_process import Telegram
from tests.actors.bots.bot_harness import OWNER, run_scenario
from tests.actors.bots.shop.jobs.faults import Faults
from tests.added import BLOCKS, ROOT, TEXT, write_out
from tests.databases import copied, template
from tests.shop_tables import tables_of

ANN, BORIS = 100, 101
PRICE_MINOR = 30_000
PATIENCE_SECONDS = 20.0


@pytest.fixture
def play(clean_postgres_url, clean_redis_url):
    def play(scenario):
        run_scenario("tips", scenario, clean_postgres_url, clean_redis_url)

    return play


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    """Where the page's files are while these tests last. Whoever has made a jar by it keeps that one."""
    folder = write_out(tmp_path_factory.mktemp("added"))
    found = _forget_modules()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(folder), *sys.path])
        yield folder
    _forget_modules()
    sys.modules.update(found)


def _forget_modules():
    """Those of the page's bots that are loaded, which are not any more."""
    names = [name for name in sys.modules if re.match(r"(tips|hello_bot|tea_bot)\b", name)]
    return {name: sys.modules.pop(name) for name in names}


async def migrated(url):
    assert (await apply_migrations(url, [tables_of("tips")]))[-1] == "tips/0001_tips"


@pytest.fixture
def clean_postgres_url(postgres_url, folder):
    with copied(postgres_url, template(postgres_url, "add_a_bot", migrated)) as url:
        yield url


@pytest.fixture
def impatient(monkeypatch):
    """A job that failed is tried again at once."""
    monkeypatch.setattr(Backoff, "delay_seconds", lambda *_: 0.0)


async def give(harness, person=ANN, **options):
    await harness.write(person, "/start")
    await harness.tap(person, "300 ₽")
    await harness.pay(**options)


async def total(harness):
    return await harness.value("SELECT total_minor FROM tips.jars")


def test_a_process_that_is_killed_while_it_makes_a_payment_leaves_one_tip_and_one_link(
    clean_postgres_url, clean_redis_url
):
    telegram, provider = Telegram(), MemoryAccount()
    create = provider.create

    async def killed(harness):
        async def never_answers(order):
            await create(order)
            asked.set()
            await asyncio.Event().wait()

        asked = asyncio.Event()
        provider.create = never_answers
        await harness.write(ANN, "/start")
        await harness.tap(ANN, "300 ₽", settle=False)
        await aio(asked.wait)

    async def started_again(harness):
        await harness.settled()
        assert harness.heard(ANN)[1:] == ["Tip No. 1"]
        assert await harness.value("SELECT count(*) FROM tips.tips") == 1
        assert await harness.value("SELECT count(*) FROM mailroom.payment") == 1
        await harness.pay()
        assert len(harness.heard(ANN)) == 3

    stores = (clean_postgres_url, clean_redis_url)
    run_scenario("tips", killed, *stores, telegram=telegram, provider=provider)
    provider.create = create
    run_scenario("tips", started_again, *stores, telegram=telegram, provider=provider, epoch=2)
    assert list(provider.payments) == ["p-1"]


def test_a_crash_at_any_step_after_the_payment_thanks_once_and_counts_once(play, impatient, monkeypatch):
    faults = Faults()

    async def scenario(harness):
        faults.install(monkeypatch, harness.provider)
        await give(harness)
        most = faults.steps["yoomoney:p-1"]
        assert most > 10
        # What is lost is the answer: a crash before a step is one after the step before it.
        for step in range(1, most + 1):
            faults.plan[f"yoomoney:p-{step + 1}"] = (step, "after")
            await give(harness, ANN + step)
        # Steps of jobs that run side by side change places: a last one may not be reached.
        assert len(faults.struck) >= most - 2
        assert [len(harness.heard(ANN + number)) for number in range(most + 1)] == [3] * (most + 1)
        assert await total(harness) == PRICE_MINOR * (most + 1)
        assert await harness.dead() == []

    play(scenario)


def test_a_russian_telegram_is_answered_in_russian(play):
    async def scenario(harness):
        await harness.write(BORIS, "/start", language="ru")
        await harness.tap(BORIS, "300 ₽", language="ru")
        await harness.pay()
        assert harness.heard(BORIS) == [
            "Это копилка чаевых, сейчас в ней 0 ₽. Хотите добавить?",
            "Чаевые № 1",
            "💛 Спасибо! Ваши 300 ₽ уже в копилке (чаевые № 1), а всего в ней 300 ₽.",
        ]

    play(scenario)


def test_another_sum_goes_back_and_a_second_payment_too_and_neither_changes_the_jar(play):
    async def scenario(harness):
        await give(harness, money=Money(50, "RUB"))
        assert harness.heard(ANN)[2].startswith("We have returned 0.50 ₽")
        assert await total(harness) is None
        await give(harness, BORIS)

        async def open_again():
            return await open_payment(
                harness.database, bot="shop", provider="yoomoney", purpose="tips.tip", reference="2",
                amount_minor=PRICE_MINOR, currency="RUB",
            )  # fmt: skip

        again = await aio(open_again)
        harness.provider.put(f"p-{again.id}", "pending", Money(PRICE_MINOR, "RUB"), reference=again.ref)
        await harness.pay()
        assert [text[:12] for text in harness.heard(BORIS)[2:]] == ["💛 Thank you!", "We have retu"]
        assert await total(harness) == PRICE_MINOR

    play(scenario)


def test_money_that_the_provider_cannot_give_back_is_told_to_the_owners(play):
    async def scenario(harness):
        harness.provider.can_refund = False
        await give(harness)
        await harness.asks(OWNER, "POST", "/tips/1/return")
        assert "300 ₽ cannot be refunded through yoomoney" in harness.heard(OWNER)[-1]
        assert await total(harness) == 0

    play(scenario)


def test_a_provider_that_is_down_and_a_button_that_nobody_made_are_answered(play):
    async def scenario(harness):
        async def down(_order):
            raise ProviderUnavailableError("503")

        await harness.write(ANN, "/start")
        harness.button(ANN, "300 ₽")["callback_data"] = "tip:299"
        await harness.tap(ANN, "300 ₽")
        assert await harness.value("SELECT count(*) FROM tips.tips") == 0
        harness.provider.create = down
        await harness.tap(ANN, "500 ₽")
        popups = [args["text"] for name, args in harness.telegram.calls if name == "answerCallbackQuery"]
        assert popups == ["Paying does not work right now. Please try again a little later."] * 2
        assert len(harness.heard(ANN)) == 1

    play(scenario)


def test_the_page_of_the_jar_shows_it_and_takes_a_tip_once_however_often_its_button_is_pressed(play):
    async def scenario(harness):
        jar = await harness.asks(ANN, "GET", "/jar")
        assert jar["says"] == "This is a tip jar, with 0 ₽ in it. Would you like to add something?"
        go, again = [await harness.asks(ANN, "POST", "/tips", key="k" * 16, rub=300) for _ in range(2)]
        assert isinstance(go, Go)
        assert go == again
        await harness.pay()
        assert (await harness.asks(ANN, "POST", "/tips", key="k" * 16, rub=300)).url.endswith("/app/shop/")
        assert list(harness.provider.payments) == ["p-1"]
        assert harness.heard(ANN)[0].startswith("💛 Thank you!")
        with pytest.raises(Problem, match="not_now"):
            await harness.asks(ANN, "POST", "/tips", key="l" * 16, rub=299)

    play(scenario)


def test_the_section_of_the_jar_is_for_its_owners(play):
    async def scenario(harness):
        await give(harness)
        tips = await harness.asks(OWNER, "GET", "/tips")
        assert tips == [{"tip": 1, "amount": "300 ₽", "status": "paid"}]
        with pytest.raises(Problem, match="this is for owner"):
            await harness.asks(ANN, "GET", "/tips")
        with pytest.raises(Problem, match="There is no paid tip 2"):
            await harness.asks(OWNER, "POST", "/tips/2/return")

    play(scenario)


def test_the_settings_of_the_page_are_good_and_a_wrong_option_is_named(folder):
    settings = configuration.load(folder / "jar.toml", environment={})
    (options,) = options_of(settings).values()
    assert options.owners == {OWNER}
    services = SimpleNamespace(of=lambda bot: SimpleNamespace(bot=bot, database=None))
    assert list(brought(settings, services).purposes) == [("jar", "tips.tip")]
    wrong = folder / "wrong.toml"
    wrong.write_text('[bots.jar]\nroom = "tips"\noptions.amounts_rubel = [1]\noptions.owners = ["Ann"]')
    with pytest.raises(ConfigurationError, match=r"unknown option; did you mean amounts_rub"):
        configuration.load(wrong, environment={})


def test_the_bots_of_the_first_part_are_where_their_configuration_says(folder):
    settings = configuration.load(folder / "hello.toml", environment={})
    for one in settings.bots.values():
        assert from_disk(one.router, folder).message.handlers


def test_what_the_page_shows_is_written_as_the_rest_is(folder):
    files = [folder / name for name in BLOCKS if name.endswith(".py")]
    assert len(files) == sum(name.endswith(".py") for name in BLOCKS)
    ruff = [sys.executable, "-m", "ruff"]
    style = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    ours = [file for file in files if file.parent != folder]  # a reader's own file has a style of its own
    for command in (["format", "--check", *style, *files], ["check", *style, *ours]):
        done = subprocess.run([*ruff, *command], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:actors|ops|tests)/[a-z_/]+\.py)`", TEXT))))
def test_every_file_that_the_page_names_is_there(path):
    assert path in BLOCKS or ROOT.joinpath(path).exists()


def test_what_the_pages_import_of_mailroom_is_what_there_is_for_authors():
    pages = [ROOT / "ops" / "docs" / f"{name}.md" for name in ("add-a-bot", "bring-your-aiogram-bot")]
    lines = re.findall(r"^ *(?:from|import) mailroom.*", "".join(map(Path.read_text, pages)), re.MULTILINE)
    assert len(lines) > 10
    assert [
        line
        for line in lines
        if not re.match(r"from mailroom(\.(pages|payments|testing|texts))? import", line)
    ] == []
