"""A small room's texts in two languages, which tests break or add to."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

ENGLISH = {
    "cart": """
        title = <b>Cart</b>
        page =
            <b>Order { $number }</b>

              { "[" }braces { "{" } and brackets, set in{ " " }
        items =
            { $count ->
                [one] { $count } item
               *[other] { $count } items
            }
        states =
            .paid = paid
            .canceled = cancelled
    """,
    "help/ways": "how = Ask.",
}
RUSSIAN = {
    "cart": """
        title = <b>Корзина</b>
        page = Заказ { $number }
        items =
            { $count ->
                [one] { $count } товар
                [few] { $count } товара
               *[many] { $count } товаров
            }
        states =
            .paid = оплачен
            .canceled = отменён
    """,
    "help/ways": "how = Спросите.",
}


def write(folder: Path, theme: str, words: str) -> Path:
    path = folder / f"{theme}.ftl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(words).lstrip("\n"), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for language, themes in (("en", ENGLISH), ("ru", RUSSIAN)):
        for theme, words in themes.items():
            write(tmp_path / language, theme, words)
    return tmp_path


@pytest.fixture
def add(folder: Path) -> Callable[[str, str, str], Path]:
    """Adds or replaces a file: language, theme, words."""
    return lambda language, theme, words: write(folder / language, theme, words)
