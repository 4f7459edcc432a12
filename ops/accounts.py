"""Accounts at outside systems as they are set, `[payments.NAME]` and its like: read by their kinds.

What is wrong with them is found in one pass with all other faults. They are refused where two could be taken
for one: by their names, by their former names, or because both are the same account over there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from mailroom.actors.account_kinds import kinds_of
from mailroom.actors.providers.account import (
    CHANNELS,
    NAME,
    NAME_ADVICE,
    SECTIONS,
    AccountSettings,
    Family,
    Kind,
    variable_of,
)
from mailroom.ops.faults import nearest
from mailroom.ops.relations import Fault, tables_in
from mailroom.ops.wrong_values import said_plainly

OURS = frozenset(AccountSettings.model_fields)
"""What is set of every account, and is no secret."""


def account_variables(values: Mapping[str, Any]) -> dict[str, tuple[str, str, str]]:
    """All such variables, and which setting of which account in which table each is. A kind's name needs no
    table of its own to be set by them.
    """
    found: dict[str, tuple[str, str, str]] = {}
    for family, section in SECTIONS.items():
        kinds = kinds_of(family)
        tables: dict[str, dict[str, Any]] = {name: {} for name in kinds} | tables_in(values.get(section))
        for name, table in tables.items():
            if (kind := kinds.get(str(table.get("kind", name)))) is not None:
                for key in kind.settings.model_fields.keys() - OURS:
                    found[variable_of(section, name, key)] = section, name, key
    return found


def read_accounts(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """The tables of accounts with their settings read, those that can be, in the order of their kinds; and
    all that is wrong.
    """
    read: dict[str, Any] = {}
    faults: list[Fault] = []
    for family, section in SECTIONS.items():
        if isinstance(values.get(section), dict) and kinds_of(family):
            accounts: dict[str, AccountSettings] = {}
            for name, table in values[section].items():
                account, wrong = _read(family, section, str(name), table)
                faults += wrong
                if account is not None:
                    accounts[name] = account
            faults += _taken_for_another(family, section, accounts)
            order = list(kinds_of(family))
            read[section] = dict(sorted(accounts.items(), key=lambda item: order.index(item[1].kind)))
    return read, faults


def wrong_choices(values: Mapping[str, Any]) -> Iterator[Fault]:
    """Bots that choose payment accounts which are not there. A demo without any has one of each kind."""
    section = SECTIONS["payment"]
    tables, bots = tables_in(values.get(section)), tables_in(values.get("bots"))
    known = [name for own, table in tables.items() for name in (own, *_texts(table.get("formerly")))]
    if not tables and not any(bot.get("token") for bot in bots.values()):
        known = list(kinds_of("payment"))
    for bot, table in bots.items():
        options = table.get("options")
        for name in _texts(options.get("payments") if isinstance(options, dict) else None):
            if name not in known:
                near = nearest(name, known) if known else f"; set it in [{section}.{name}]"
                yield ("bots", bot, "options", "payments"), f"there is no account [{section}.{name}]{near}"


def _read(
    family: Family, section: str, name: str, table: object
) -> tuple[AccountSettings | None, list[Fault]]:
    where, kinds = (section, name), kinds_of(family)
    if not isinstance(table, dict):
        return None, [(where, f"must be a table: a line [{section}.{name}] and its settings below it")]
    said = table.get("kind", name)
    faults = list(_wrong_name(where, said, kinds))
    if said not in kinds:
        words = f"there is no kind {said!r}" if "kind" in table else "has no kind, and its name is none"
        said_at = (*where, "kind") if "kind" in table else where
        return None, [*faults, (said_at, f"{words}{nearest(str(said), kinds)}")]
    try:
        account = kinds[said].settings.model_validate({**table, "kind": said})
    except ValidationError as invalid:
        wrong = [
            ((*where, *map(str, error["loc"])), said_plainly(error, kinds[said].settings, where))
            for error in invalid.errors()
        ]
        return None, faults + wrong
    return account, faults


def _wrong_name(where: tuple[str, str], kind: object, kinds: Mapping[str, Kind[Any, Any]]) -> Iterator[Fault]:
    name = where[1]
    if not NAME.fullmatch(name):
        yield where, NAME_ADVICE
    if name.lower() in CHANNELS:
        yield where, "is a channel's name; call the account otherwise"
    if name.lower() in kinds and name != kind and kind in kinds:
        yield where, f"is the name of another kind than {kind}; call the account otherwise"


def _taken_for_another(
    family: Family, section: str, accounts: Mapping[str, AccountSettings]
) -> Iterator[Fault]:
    kinds = kinds_of(family)
    by_variable: dict[str, str] = {}
    by_name = {name: name for name in accounts}
    by_id: dict[tuple[str, str, str], str] = {}
    for name, account in accounts.items():
        other = by_variable.setdefault(variable_of(section, name), name)
        if other != name:
            yield (section, name), f"is the same as {section}.{other} in variables; call one otherwise"
        for former in account.formerly:
            at = (section, name, "formerly")
            if former.lower() in kinds and former != account.kind:
                yield at, f"{former} is the name of another kind than {account.kind}"
            elif by_name.setdefault(former, name) != name or former in accounts:
                whose = "its own name" if former == name else f"{section}.{by_name[former]}'s"
                yield at, f"{former} is {whose}: rows and notices of that name have one account"
        for key in kinds[account.kind].unique:
            other = by_id.setdefault((account.kind, key, getattr(account, key)), name)
            if other != name:
                yield (section, name, key), f"is that of {section}.{other} too: they are one account"


def _texts(value: object) -> Sequence[str]:
    """The texts in a list that nobody has checked yet."""
    return (
        [one for one in value if isinstance(one, str)]
        if isinstance(value, Iterable) and not isinstance(value, str)
        else []
    )
