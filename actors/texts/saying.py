"""A text made ready to be said: its syntax tree as a function of the values it takes.

Values go in as they are, as `str.format` would put them: no number is regrouped, no mark is put around
anything. What is without plural forms costs one call of `str.format`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from fluent.syntax import ast

from mailroom.actors.texts.language import Language
from mailroom.actors.texts.plurals import CATEGORIES, form_of

Values: TypeAlias = Mapping[str, Any]
Say: TypeAlias = Callable[[Values], str]


class UnsayableError(ValueError):
    """A text is written with something of Fluent that is not used here; the message says what instead."""


def said(pattern: ast.Pattern) -> str:
    """A text that takes nothing, as it is said."""
    return "".join(literal(element) or "" for element in pattern.elements)


def saying(pattern: ast.Pattern, language: Language) -> Say:
    """A text that takes values, as what says it."""
    pieces = _pieces(pattern, language)
    if len(pieces) == 1:
        return pieces[0]
    return lambda values: "".join([piece(values) for piece in pieces])


def placeables(pattern: ast.Pattern) -> Iterator[ast.VariableReference]:
    """Every place where it names a value, those that choose a form too."""
    for element in pattern.elements:
        if isinstance(element, ast.Placeable):
            yield from _named(element.expression)


def selects(pattern: ast.Pattern) -> Iterator[ast.SelectExpression]:
    """Every place where a value chooses a form, those within forms too."""
    for element in pattern.elements:
        if isinstance(element, ast.Placeable) and isinstance(element.expression, ast.SelectExpression):
            yield element.expression
            for variant in element.expression.variants:
                yield from selects(variant.value)


def key_of(variant: ast.Variant) -> str:
    """For what a form is: a category of plurals, a number or a word."""
    return variant.key.name if isinstance(variant.key, ast.Identifier) else variant.key.value


def by_count(select: ast.SelectExpression) -> bool:
    """Whether it chooses by the forms that a count takes, rather than by words of its own."""
    return any(key_of(one) in CATEGORIES for one in select.variants)


def _named(expression: Any) -> Iterator[ast.VariableReference]:
    if isinstance(expression, ast.VariableReference):
        yield expression
    elif isinstance(expression, ast.SelectExpression):
        yield from _named(expression.selector)
        for variant in expression.variants:
            yield from placeables(variant.value)


def literal(element: ast.TextElement | ast.Placeable) -> str | None:
    """What is said whatever the values are; None: it depends on them."""
    if isinstance(element, ast.TextElement):
        return element.value
    if isinstance(element.expression, ast.StringLiteral | ast.NumberLiteral):
        given = element.expression
        return given.parse()["value"] if isinstance(given, ast.StringLiteral) else given.value
    return None


def _pieces(pattern: ast.Pattern, language: Language) -> list[Say]:
    pieces: list[Say] = []
    template = ""
    for element in pattern.elements:
        words = literal(element)
        expression = element.expression if isinstance(element, ast.Placeable) else None
        if words is not None:
            template += words.replace("{", "{{").replace("}", "}}")
        elif isinstance(expression, ast.VariableReference):
            template += f"{{{expression.id.name}}}"
        elif isinstance(expression, ast.SelectExpression):
            pieces += [template.format_map] if template else []
            pieces.append(_chosen(expression, language))
            template = ""
        else:
            raise UnsayableError('only { $name }, { "…" } and forms by `{ $name -> … }` are used here')
    return [*pieces, template.format_map] if template or not pieces else pieces


def _chosen(select: ast.SelectExpression, language: Language) -> Say:
    if not isinstance(select.selector, ast.VariableReference):
        raise UnsayableError("a form is chosen by a value: `{ $name -> … }`")
    name = select.selector.id.name
    forms = {key_of(one): saying(one.value, language) for one in select.variants}
    rest = next(saying(one.value, language) for one in select.variants if one.default)
    form = form_of(language) if by_count(select) else None

    def say(values: Values) -> str:
        value = values[name]
        exact = forms.get(str(value))
        if exact is None and form is not None:
            exact = forms.get(form(int(value)))
        return (exact or rest)(values)

    return say
