"""The forms in which a bot is started: a package, a folder."""

import asyncio
import shutil
from pathlib import Path

import asyncpg

BOTS = Path(__file__).with_name("bots")


def test_a_package_is_run_by_its_name_and_all_that_follows_is_its_own(on_both, tmp_path):
    shutil.copytree(BOTS / "packaged", tmp_path / "packaged")
    program = ["-m", "packaged", "--port", "5", "--config", "mine.toml", "one"]
    with on_both(program) as visitors:
        visitors.expect(1)
        visitors.says("hello")


def test_a_script_gets_options_that_are_called_as_ours(on_both, tmp_path):
    shutil.copytree(BOTS / "packaged", tmp_path / "packaged")
    (tmp_path / "start.py").write_text("import runpy\nrunpy.run_module('packaged', run_name='__main__')\n")
    with on_both(["start.py", "one", "--config", "mine.toml", "--port", "0"]) as visitors:
        visitors.expect(1)
        visitors.says("hello")


def test_a_folder_is_a_program(on_both):
    with on_both(BOTS / "folder") as visitors:
        visitors.says("hello")


def test_a_module_that_is_not_there_is_said_in_one_line(alone):
    with alone(["-m", "there.is.none"], exit_code=1) as (_, variant):
        variant.process.join(20)
        assert variant.output().startswith("There is no module 'there.is.none'")


def test_what_a_package_cannot_import_is_its_own_error(alone, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "__init__.py").write_text("import not_installed\n")
    (tmp_path / "broken" / "__main__.py").write_text("")
    with alone(["-m", "broken"], exit_code=1) as (_, variant):
        variant.process.join(20)
        shown = variant.output()
        assert shown.startswith("Traceback"), shown
        assert "import not_installed" in shown
        assert "ops/" not in shown, "our own frames say nothing to its author"


def test_a_database_url_and_a_dotenv_of_the_bots_own(alone, postgres_url, redis_url, tmp_path):
    (tmp_path / "bot.py").write_text(
        "import asyncio, os\nfrom aiogram import Bot, Dispatcher\n"
        "os.environ.update(DATABASE_URL='mysql://late', REDIS_URL='late', MAILROOM_LOG='late', PORT='late',\n"
        "    PGHOST='late', PGPORT='1', PGUSER='late', PGPASSWORD='late', PGSSLMODE='verify-full')\n"
        "dp = Dispatcher()\n"
        "@dp.message()\nasync def answer(message): await message.answer(before)\n"
        "before = os.environ['BOT_DATABASE'] + ' ' + os.environ['MAILROOM_REDIS_URL'].partition(':')[0]\n"
        "asyncio.run(dp.start_polling(Bot(os.environ['BOT_TOKEN'])))\n"
    )
    environment = {
        "DATABASE_URL": "sqlite+aiosqlite:///bot.db",
        "REDIS_URL": "valkey://nowhere",
        "PORT": "not a number",
        "BOT_DATABASE": "sqlite",
        "MAILROOM_DATABASE_URL": postgres_url,
        "MAILROOM_REDIS_URL": redis_url,
    }
    with alone(tmp_path / "bot.py", environment=environment) as (visitors, variant):
        visitors.says("hello")
        assert variant.calls()[0]["args"]["text"] == f"sqlite {redis_url.partition(':')[0]}"


def test_a_database_full_of_the_bots_own_tables_is_left_to_it(alone, clean_postgres_url, tmp_path):
    async def work(*statements):
        connection = await asyncpg.connect(clean_postgres_url)
        try:
            for statement in statements:
                await connection.execute(statement)
            return await connection.fetch(
                "select relname from pg_class where relkind = 'r' and relname ~ '^[ap]'"
                " and relnamespace = 'public'::regnamespace order by 1"
            )
        finally:
            await connection.close()

    asyncio.run(work("create table payment (mine int)", "create table alembic_version (version_num text)"))
    (tmp_path / "bot.py").write_text(
        "import asyncio, os\nfrom aiogram import Bot, Dispatcher\ndp = Dispatcher()\n"
        "@dp.message()\nasync def answer(message): await message.answer('here')\n"
        "asyncio.run(dp.start_polling(Bot(os.environ['BOT_TOKEN'])))\n"
    )
    with alone(tmp_path / "bot.py", environment={"DATABASE_URL": clean_postgres_url}) as (visitors, variant):
        visitors.says("hello")
        assert "database_left_to_the_program" in variant.output()
    assert [row["relname"] for row in asyncio.run(work())] == ["alembic_version", "payment"]
