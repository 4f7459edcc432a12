"""What `mailroom run` runs: a file, a folder or zip with `__main__.py`, or a module; each set up and started
as Python itself does it.
"""

import importlib.util
import runpy
import sys
from dataclasses import dataclass
from importlib.abc import InspectLoader
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import cast
from zipfile import is_zipfile

from mailroom.ops.faults import CannotStartError


@dataclass(frozen=True, slots=True)
class Script:
    """A program by its place on disk: `python bot.py`, `python folder`, `python bot.zip`."""

    given: str
    """As it was written: so the program finds it in `sys.argv`."""

    @property
    def path(self) -> Path:
        """The place itself."""
        return Path(self.given)

    def missing(self) -> str:
        """Why there is nothing to run here, or nothing."""
        if not self.path.exists():
            return f"{self.path} does not exist"
        if self.path.is_dir() and not (self.path / "__main__.py").is_file():
            return f"{self.path} is a folder without __main__.py, and so no program; for a package use -m"
        return ""

    def home(self) -> Path:
        """The folder of the program, where its data is kept."""
        absolute = self.path.absolute()
        return absolute if absolute.is_dir() else absolute.parent

    def prepare(self, arguments: list[str]) -> None:
        """Its arguments, and on the path the folder that it lies in, or itself if it is a folder."""
        sys.argv = [self.given, *arguments]
        whole = Path.cwd() / self.path
        sys.path.insert(0, str(whole if self._packed else whole.resolve().parent))

    def run(self) -> None:
        """Run it to its end."""
        main = ModuleType("__main__")
        if self._packed:
            spec = PathFinder.find_spec("__main__", [str(self.path.absolute())])
            if spec is None or spec.loader is None:
                raise CannotStartError(f"{self.path} holds no __main__.py, and so is no program.")
            code = cast(InspectLoader, spec.loader).get_code("__main__")
            assert code is not None, "__main__.py is source"
            vars(main).update(__file__=spec.origin, __loader__=spec.loader, __spec__=spec, __package__="")
        else:
            file = str(self.path.absolute())
            code = compile(self.path.read_bytes(), file, "exec", dont_inherit=True)
            vars(main).update(__file__=file, __loader__=SourceFileLoader("__main__", file), __package__=None)
        before = sys.modules["__main__"]
        sys.modules["__main__"] = main
        try:
            exec(code, vars(main))  # noqa: S102 - to run it is what we were asked for
        finally:
            sys.modules["__main__"] = before

    @property
    def _packed(self) -> bool:
        return self.path.is_dir() or is_zipfile(self.path)

    def __str__(self) -> str:
        return self.path.name


@dataclass(frozen=True, slots=True)
class Module:
    """A program by its name: `python -m bot`, with relative imports, of a module or of a package with
    `__main__`.
    """

    name: str

    def missing(self) -> str:
        """Why this can be no module; whether there is one is known only when its packages are imported."""
        if self.name.endswith(".py"):
            return f"-m takes the name of a module: {self.name.removesuffix('.py').replace('/', '.')}"
        return ""

    def home(self) -> Path:
        """The folder it is started from, where its data is kept."""
        return Path.cwd()

    def prepare(self, arguments: list[str]) -> None:
        """Its arguments (Python replaces the first once it has found the module), and this folder on the
        path.
        """
        sys.argv = ["-m", *arguments]
        sys.path.insert(0, str(Path.cwd()))

    def run(self) -> None:
        """Run it to its end."""
        self._require()
        runpy.run_module(self.name, run_name="__main__", alter_sys=True)

    def _require(self) -> None:
        """Say what is not there in one line. Packages around the module are imported, as Python does."""
        try:
            found = importlib.util.find_spec(self.name)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{self.name}.".startswith(f"{error.name}."):
                raise  # the package is there, and something that it imports is not
            found = None
        if found is None:
            raise CannotStartError(f"There is no module {self.name!r} to be found from {Path.cwd()}.")
        if found.submodule_search_locations is not None:
            main = f"{self.name}.__main__"
            if importlib.util.find_spec(main) is None:
                raise CannotStartError(f"{self.name!r} is a package without __main__.py, and so no program.")

    def __str__(self) -> str:
        return f"-m {self.name}"
