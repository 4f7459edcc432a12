"""The files that `ops/docs/add-a-bot.md` shows, as whoever follows the page has them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = ROOT.joinpath("ops/docs/add-a-bot.md").read_text(encoding="utf-8")


def blocks_of(page: str) -> dict[str, str]:
    """What is in each file that a page shows, by its name."""
    return dict(re.findall(r"^\*\*`(\S+)`\*\*\n\n```\w+\n(.*?)^```", page, re.DOTALL | re.MULTILINE))


BLOCKS = blocks_of(TEXT)


def write_out(folder: Path) -> Path:
    """Put all of them into a folder."""
    for name, content in BLOCKS.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return folder
