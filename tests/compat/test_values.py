"""What a bot offers to its handlers by name, and aiogram's own names beside it."""

from pathlib import Path

BOTS = Path(__file__).with_name("bots")


def test_a_bot_among_the_values_of_its_own_dispatcher(on_both):
    with on_both(BOTS / "values.py") as visitors:
        visitors.expect(1)
        visitors.says("/names")
        visitors.says("hello")


def test_a_value_that_stock_cannot_pass_on_is_refused_at_the_start(alone, tmp_path):
    script = tmp_path / "bot.py"
    script.write_text(
        "import asyncio, os\nfrom aiogram import Bot, Dispatcher\n"
        "dp = Dispatcher(event='mine')\n"
        "@dp.message()\nasync def answer(message): await message.answer('never')\n"
        "asyncio.run(dp.start_polling(Bot(os.environ['BOT_TOKEN'])))\n"
    )
    with alone(script, exit_code=1) as (_, variant):
        variant.process.join(20)
        assert "aiogram passes arguments of its own named event" in variant.output()
