"""Whose code a line of a traceback is: that of a bot's author, a library's, or ours.

An author looks for the line that he wrote; between it and the failure lie dozens of aiogram's and of ours,
which he can neither read nor mend.
"""

import sysconfig
import traceback
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_OURS = tuple(f"{_ROOT / name}/" for name in ("actors", "ingress", "ops", "storage", "supervisors"))
_OUR_BOTS = (f"{_ROOT / 'actors' / 'bots'}/", f"{_ROOT / 'ops' / 'flood'}/")
"""Bundled bots are bots: their lines are what is looked for."""
_LIBRARIES = tuple(
    f"{sysconfig.get_paths()[kind]}/" for kind in ("stdlib", "platstdlib", "purelib", "platlib")
)
_INSTALLED = ("/site-packages/", "/dist-packages/")


def is_authors(file: str) -> bool:
    """Whether a file of a traceback is of somebody's bot: neither installed, nor Python's, nor ours."""
    if not file.startswith("/"):
        return not file.startswith("<") and is_authors(str(Path(file).absolute()))
    if file.startswith(_OUR_BOTS):
        return True
    installed = any(part in file for part in _INSTALLED)
    return not (installed or file.startswith(_LIBRARIES) or file.startswith(_OURS))


def authors_line(error: BaseException) -> tuple[str, int] | None:
    """The author's line that an error came through last, as file and number; of an error of syntax the faulty
    line itself. None where no code of his had a part in it.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return error.filename, error.lineno or 1
    found = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if is_authors(frame.f_code.co_filename)
    ]
    return found[-1] if found else None
