"""The ways to pay that a bot offers, as far as sums go: who takes which, and what a balance must leave. Pure.

A gateway refuses what is below its least and above its greatest sum, and what is between its steps. So a sum
is quoted, and a balance spent, such that somebody takes what remains; and only who takes it is offered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailroom.actors.providers.payments import PaymentProvider
from mailroom.actors.providers.sums import Sums


@dataclass(frozen=True, slots=True)
class Ways:
    """The accounts that a customer may choose from, in this order. None of them: a person is paid by hand,
    who takes any sum.
    """

    providers: Mapping[str, PaymentProvider] = field(default_factory=dict)

    def offered(self, amount_minor: int, currency: str) -> dict[str, str]:
        """The names of those who take this very sum, and of which kind each is: what customers know it by."""
        return {
            name: provider.kind
            for name, provider in self.providers.items()
            if (sums := provider.sums(currency)) is not None and sums.takes(amount_minor)
        }

    def kind(self, name: str) -> str:
        """Of which kind an account is; the name itself where it is not there any more."""
        return self.providers[name].kind if name in self.providers else name

    def least(self, currency: str) -> int:
        """The smallest sum that anybody takes; 0 if nobody takes this currency."""
        return min((sums.from_(1) or 0 for sums in self._sums(currency)), default=0)

    def left(self, total_minor: int, balance_minor: int, currency: str) -> int:
        """What remains to be paid of a total when as much as possible comes from a balance: nothing, or the
        smallest sum that somebody takes. All that the balance does not cover where nobody takes any.
        """
        uncovered = max(0, total_minor - max(0, balance_minor))
        if not uncovered:
            return 0
        takeable = [sums.from_(uncovered) for sums in self._sums(currency)]
        return min((one for one in takeable if one is not None and one <= total_minor), default=uncovered)

    def _sums(self, currency: str) -> list[Sums]:
        found = [provider.sums(currency) for provider in self.providers.values()]
        return [sums for sums in found if sums is not None]
