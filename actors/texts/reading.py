"""All texts of a kind, by language, read once when the service starts."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from mailroom.actors.texts.checking import faults_of
from mailroom.actors.texts.declared import Kind, Plain, Taking, Texts, Within, declared_in
from mailroom.actors.texts.folders import Folders, Place
from mailroom.actors.texts.ftl import TextFault
from mailroom.actors.texts.language import Language, nearest
from mailroom.actors.texts.saying import Say, said, saying

T = TypeVar("T", bound=Texts)


class TextsError(Exception):
    """Files of texts cannot be read or said; the message has a line for each place, with what to do."""

    def __init__(self, faults: list[TextFault]) -> None:
        super().__init__("\n".join(["texts cannot be read:", *map(str, faults)]))
        self.faults = faults


class Spoken(Generic[T]):
    """The same texts in each language that there are files for."""

    def __init__(self, declared: type[T], folders: Folders, theme: str, default: Language) -> None:
        self.declared = declared
        self.folders = folders
        self.theme = theme
        self.default = default
        self.languages: tuple[Language, ...] = folders.languages(default)
        self._last_resort = folders.last_resort(default)
        fatal = [fault for fault in self.faults() if fault.fatal]
        if fatal:
            raise TextsError(fatal)
        self._texts = {language: self._read(language) for language in self.languages}

    def __getitem__(self, language: str | None) -> T:
        """The texts in a language, else in the one that it is a kind of, else in the default one."""
        found = self._texts.get(cast("Language", language))
        return found if found is not None else self._texts[self.choose(language)]

    def __iter__(self) -> Iterator[T]:
        return iter(self._texts.values())

    def choose(self, *wanted: object) -> Language:
        """The first of what a person wants that there is: what they chose, what Telegram or the browser says;
        else the default one.
        """
        for one in wanted:
            found = nearest(one, self.languages) if isinstance(one, str) else None
            if found is not None:
                return found
        return self.default

    def faults(self) -> list[TextFault]:
        """All that is wrong with the files; those that are fatal are refused when they are read."""
        places = [Place(self.folders, language, self.theme) for language in self.languages]
        last_resort = [Place(self.folders, language, self.theme) for language in self._last_resort]
        return sorted(set(faults_of(self.declared, places, last_resort)))

    def places(self, language: Language, theme: str = "") -> list[Place]:
        """Where a theme within is said in a language, and where what it lacks there."""
        at = "/".join(filter(None, (self.theme, theme)))
        tags = dict.fromkeys((language, nearest(language.rpartition("-")[0], self.languages)))
        tags |= dict.fromkeys(self._last_resort)
        return [Place(self.folders, tag, at) for tag in tags if tag]

    def _read(self, language: Language) -> T:
        return cast(T, _filled(self.declared, self.places(language)))


def read_texts(
    declared: Callable[..., T],
    folder: Path,
    *,
    default: str,
    theme: str = "",
    over: Path | None = None,
) -> Spoken[T]:
    """Read a class of texts from a folder that has a folder for each language.

    `theme`: the file or folder within that of a language; empty where the class names all that is in it.
    `default`: the language that says what another one lacks. `over`: a folder of the same kind, of whoever
    says texts of somebody else's: it comes first, and its languages are spoken; what it lacks is said as
    `folder` does. Raises `TextsError` with all that cannot be read or said.
    """
    folders = Folders(tuple(one for one in (over, folder) if one is not None))
    # Asked for as what is called: type checkers let no class with methods without a body pass as a type.
    return Spoken(cast(type[T], declared), folders, theme, Language(default))


def _filled(declared: type[Texts], places: list[Place]) -> Texts:
    said_of: dict[str, Any] = {"language": places[0].language, "__doc__": declared.__doc__}
    for name, kind in declared_in(declared).items():
        if isinstance(kind, Within):
            said_of[name] = _filled(kind.declared, [place.within(name) for place in places])
        else:
            said_of[name] = _text(name, kind, places)
    return cast(Texts, type(declared.__name__, (declared,), said_of)())


def _text(name: str, kind: Kind, places: list[Place]) -> Any:
    found = [(place.language, message) for place in places for message in place.messages(name)]
    if isinstance(kind, Plain | Taking):
        language, pattern = next((spoken, one.value) for spoken, one in found if one.value is not None)
        return said(pattern) if isinstance(kind, Plain) else _method(saying(pattern, language), kind.optional)
    words: dict[str, str] = {}
    for _, message in reversed(found):
        words |= {one.id.name: said(one.value) for one in message.attributes}
    return words


def _method(say: Say, optional: Mapping[str, Any]) -> Callable[..., str]:
    if optional:
        return lambda _self, **values: say({**optional, **values})
    return lambda _self, **values: say(values)
