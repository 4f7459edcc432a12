"""What the scripts of a page say, as a module that they import: there before the first of them runs, so that
no page shows the name of a text, and kept by a browser for as long as nothing in it is another.
"""

import json
from collections.abc import Mapping
from typing import Any

from mailroom.actors.pages.page import Page

NAME = "texts.js"


def written(page: Page[Any]) -> Mapping[str, bytes]:
    """The files of a page that are in no folder."""
    if not page.texts:
        return {}
    data = json.dumps(page.texts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return {NAME: f"export const TEXTS = {data};\n".encode()}
