"""Texts as plain data, for whoever says them in another language of programming: the scripts of a page."""

import re
from typing import Any

from fluent.syntax import ast

from mailroom.actors.texts.declared import Plain, Taking, Texts, Within, declared_in
from mailroom.actors.texts.folders import Place
from mailroom.actors.texts.reading import Spoken
from mailroom.actors.texts.saying import by_count, key_of, literal, said

_WORD = re.compile(r"_([a-z0-9])")


def camel(name: str) -> str:
    """A name as scripts write it: `nothing_found` is `nothingFound`."""
    return _WORD.sub(lambda found: found[1].upper(), name)


def as_data(spoken: Spoken[Any], theme: str = "") -> dict[str, dict[str, Any]]:
    """All texts of a theme by language, then by name: a string, an object of words, or
    `{takes: [names], says: [pieces]}`. What a language lacks is as the default language says it.

    A piece is a string, `{value: name}`, or `{by: name, forms: {…: pieces}, rest: form, counts: bool}`: of
    the forms that for the value itself, else, where it `counts`, that of its plural, else the rest.
    """
    declared = spoken.declared
    for name in filter(None, theme.split("/")):
        kind = declared_in(declared)[name]
        assert isinstance(kind, Within), f"{name} is no theme"
        declared = kind.declared
    return {language: _theme(declared, spoken.places(language, theme)) for language in spoken.languages}


def _theme(declared: type[Texts], places: list[Place]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind in declared_in(declared).items():
        messages = [message for place in places for message in place.messages(name)]
        if isinstance(kind, Plain | Taking):
            pattern = next(one.value for one in messages if one.value is not None)
            found[camel(name)] = said(pattern) if isinstance(kind, Plain) else _taking(pattern, kind)
        elif not isinstance(kind, Within):
            words = {
                one.id.name: said(one.value) for message in reversed(messages) for one in message.attributes
            }
            found[camel(name)] = words
    return found


def _taking(pattern: ast.Pattern, kind: Taking) -> dict[str, Any]:
    return {"takes": list(kind.takes), "says": _pieces(pattern)}


def _pieces(pattern: ast.Pattern) -> list[Any]:
    return [_piece(element) for element in pattern.elements]


def _piece(element: ast.TextElement | ast.Placeable) -> Any:
    words = literal(element)
    if words is not None:
        return words
    assert isinstance(element, ast.Placeable)
    expression = element.expression
    if isinstance(expression, ast.VariableReference):
        return {"value": expression.id.name}
    assert isinstance(expression, ast.SelectExpression)
    assert isinstance(expression.selector, ast.VariableReference)
    return {
        "by": expression.selector.id.name,
        "forms": {key_of(one): _pieces(one.value) for one in expression.variants},
        "rest": next(key_of(one) for one in expression.variants if one.default),
        "counts": by_count(expression),
    }
