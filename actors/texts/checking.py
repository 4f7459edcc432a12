"""Whether the files of a language say all that is declared, with every value, in every form it needs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from fluent.syntax import ast

from mailroom.actors.texts.declared import Kind, Taking, Texts, Within, Words, declared_in
from mailroom.actors.texts.folders import Place
from mailroom.actors.texts.ftl import TextFault, TextFile
from mailroom.actors.texts.plurals import NoLanguageError, form_of, forms_of
from mailroom.actors.texts.saying import UnsayableError, by_count, key_of, placeables, saying, selects


def faults_of(
    declared: type[Texts], places: Iterable[Place], last_resort: Sequence[Place]
) -> Iterator[TextFault]:
    """All that is wrong with a class of texts in these languages, themes within it too. What is in none of
    the places of the last resort cannot be said at all.
    """
    for place in places:
        try:
            form_of(place.language)
        except NoLanguageError as error:
            words = f"{error}: a folder of texts is called by a tag such as `de` or `pt-BR`"
            yield TextFault(place.path.parent, 1, words, fatal=True)
            continue
        yield from _theme(declared, place, last_resort)


def _theme(declared: type[Texts], place: Place, last_resort: Sequence[Place]) -> Iterator[TextFault]:
    kinds = declared_in(declared)
    own = {name: kind for name, kind in kinds.items() if not isinstance(kind, Within)}
    for name, kind in kinds.items():
        if isinstance(kind, Within):
            yield from _theme(kind.declared, place.within(name), [one.within(name) for one in last_resort])
    if not own:
        return
    if not place.files:
        like = next((f" after {file.path}" for one in last_resort for file in one.files), "")
        yield TextFault(place.path, 1, f"the file is not there: write it{like}", fatal=not like)
    for file in place.files:
        yield from file.faults()
        yield from _unknown(file, own)
    for name, kind in own.items():
        yield from _text(name, kind, place, last_resort)


def _unknown(file: TextFile, own: Mapping[str, Kind]) -> Iterator[TextFault]:
    for name, message in file.messages.items():
        if name not in own:
            yield file.fault(message, f"{name}: no such text is declared; take it away, or declare it")


def _text(name: str, kind: Kind, place: Place, last_resort: Sequence[Place]) -> Iterator[TextFault]:
    found = [(file, file.messages[name]) for file in place.files if name in file.messages]
    if not found and place.files:
        fatal = not any(True for one in last_resort for _ in one.messages(name))
        yield TextFault(place.files[-1].path, 1, f"{name} is missing: write it", fatal=fatal)
    for file, message in found:
        if isinstance(kind, Words):
            yield from _words(file, message, _names(name, kind, last_resort))
        elif message.value is None or message.attributes:
            yield file.fault(
                message, f"{name} is a text and not words: write it after `{name} =`", fatal=True
            )
        else:
            takes = kind if isinstance(kind, Taking) else Taking((), frozenset(), {}, frozenset())
            yield from _said(file, message.value, name, takes, place)


def _names(name: str, kind: Words, last_resort: Sequence[Place]) -> frozenset[str]:
    if kind.names is not None:
        return kind.names
    messages = (message for place in last_resort for message in place.messages(name))
    return frozenset(one.id.name for message in messages for one in message.attributes)


def _words(file: TextFile, message: ast.Message, names: frozenset[str]) -> Iterator[TextFault]:
    key = message.id.name
    if message.value is not None:
        yield file.fault(
            message, f"{key} has words alone: begin each with `.name =` on a line of its own", fatal=True
        )
    there = {one.id.name: one for one in message.attributes}
    for name in sorted(names - there.keys()):
        yield file.fault(message, f"{key}.{name} is missing: write `.{name} = …` below {key}")
    for name, one in there.items():
        if name not in names:
            yield file.fault(one, f"{key}.{name}: there is nothing of this name; take it away")
        if any(
            isinstance(part, ast.Placeable) and list(placeables(one.value)) for part in one.value.elements
        ):
            yield file.fault(one, f"{key}.{name}: a word takes no values", fatal=True)


def _said(
    file: TextFile, pattern: ast.Pattern, name: str, takes: Taking, place: Place
) -> Iterator[TextFault]:
    try:
        saying(pattern, place.language)
    except UnsayableError as error:
        yield file.fault(pattern, f"{name}: {error}", fatal=True)
        return
    known = takes.required | takes.optional.keys()
    used = {one.id.name: one for one in placeables(pattern)}
    for value, where in used.items():
        if value not in known:
            has = f"it takes {', '.join(sorted(known))}" if known else "it takes none"
            yield file.fault(where, f"{name} is given no {{ ${value} }}: {has}", fatal=True)
    for value in sorted(takes.required - used.keys()):
        yield file.fault(pattern, f"{name} leaves out {{ ${value} }}, which it is given: say it")
    for select in selects(pattern):
        yield from _forms(file, select, name, takes, place)


def _forms(
    file: TextFile, select: ast.SelectExpression, name: str, takes: Taking, place: Place
) -> Iterator[TextFault]:
    if not by_count(select):
        return
    assert isinstance(select.selector, ast.VariableReference)
    value = select.selector.id.name
    if value not in takes.counts and value in takes.required | takes.optional.keys():
        yield file.fault(select, f"{name}: ${value} is no count; declare it as an int", fatal=True)
    there = {key_of(one) for one in select.variants}
    needed = forms_of(place.language)
    for form in sorted(needed - there):
        all_of_them = ", ".join(sorted(needed))
        words = f"{name} lacks the form [{form}] of ${value}: {place.language!r} needs {all_of_them}"
        yield file.fault(select, words)
    for form in sorted(there - needed - {"other"}):
        if not form.lstrip("-").isdigit():
            yield file.fault(
                select, f"{name}: {place.language!r} has no form [{form}] of a count; take it away"
            )
