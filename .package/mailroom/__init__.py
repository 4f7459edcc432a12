"""Mailroom, whose folders lie at the top of its repository: installed, this is the one name it claims."""

from pathlib import Path

_here = Path(__file__).resolve().parent
if _here.parent.name == ".package":
    # A checkout: the folders at its top are the package. What runs finds them by their own paths, which
    # tracebacks and breakpoints then have; the links beside this file are for tools that only read.
    __path__.insert(0, str(_here.parents[1]))
