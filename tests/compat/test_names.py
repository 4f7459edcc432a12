"""A bot's own files may have any name: those of our folders, of before and of now, are its own there."""

OWN = (
    "storage.py",
    "ops.py",
    "ingress.py",
    "supervisors/parts.py",
    "actors/__init__.py",
    "tests/__init__.py",
)


def test_a_bot_whose_storage_was_taken_for_ours_answers(on_both, tmp_path):
    for name in OWN:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"WORD = {name!r}\n")
    (tmp_path / "bot.py").write_text(
        "import asyncio, os\nfrom aiogram import Bot, Dispatcher\n"
        "import actors, ingress, tests\nfrom ops import WORD as ops\nfrom storage import WORD as storage\n"
        "from supervisors.parts import WORD as parts\n"
        "dp = Dispatcher()\n"
        "@dp.message()\nasync def answer(message):\n"
        "    await message.answer(' '.join((storage, ops, ingress.WORD, parts, actors.WORD, tests.WORD)))\n"
        "asyncio.run(dp.start_polling(Bot(os.environ['BOT_TOKEN'])))\n"
    )
    with on_both(tmp_path / "bot.py") as visitors:
        visitors.says("hello")
