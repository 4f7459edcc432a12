"""The payment accounts of a process: by the names they have, and by those they had."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mailroom.actors.providers.payments import PaymentProvider


class Accounts(Mapping[str, PaymentProvider]):
    """They are counted and gone through by the names they have; a former name finds its account, too: it
    stands in rows, in jobs, and on buttons of messages that were sent long ago.
    """

    def __init__(self, accounts: Iterable[PaymentProvider] = ()) -> None:
        self._accounts = {one.name: one for one in accounts}
        former = {name: one for one in self._accounts.values() for name in one.names}
        self._by_name = former | self._accounts

    def __getitem__(self, name: str) -> PaymentProvider:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._accounts)

    def __len__(self) -> int:
        return len(self._accounts)

    def chosen(self, names: Sequence[str] | None) -> "Accounts":
        """Those that a bot has chosen, in its order; all of them if it has not. Raises `KeyError` for one
        that is not there: settings with such a name are refused.
        """
        return self if names is None else Accounts(self[name] for name in names)

    def at_webhook(self, name: str) -> list[PaymentProvider]:
        """Whose notice may come to an address of this name: the account's, and all of a kind that is called
        so. A second account must not take the address away that was entered in a cabinet for the first.
        """
        own = self.get(name)
        others = [one for one in self.values() if one.kind == name and one is not own]
        return others if own is None else [own, *others]
