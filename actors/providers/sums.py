"""Which sums a provider takes: the least, the greatest, and the step between them, by currency.

What stands here is known before anybody is asked, so that a customer is never led to a page that refuses. All
in minor units, as everywhere.
"""

from dataclasses import dataclass

STEPS_MINOR = {**dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 10), "MGA": 100}
"""In currencies of three decimals the last one is always 0: card networks settle in two, and Stripe refuses
anything else; the ariary, which ISO 4217 gives two decimals, is paid whole. What is not listed goes by single
units.
"""


def step_of(currency: str) -> int:
    """What every sum of a currency is a multiple of."""
    return STEPS_MINOR.get(currency, 1)


def stepped(amount_minor: int, currency: str) -> int:
    """A sum as it can be asked for: rounded up to the currency's step, as discounts are to a whole unit."""
    step = step_of(currency)
    return -(-amount_minor // step) * step


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums that somebody takes in one currency: multiples of the step from the least to the greatest."""

    least_minor: int
    most_minor: int
    step_minor: int = 1

    def takes(self, amount_minor: int) -> bool:
        """Whether this very sum can be paid."""
        return self.least_minor <= amount_minor <= self.most_minor and amount_minor % self.step_minor == 0

    def from_(self, amount_minor: int) -> int | None:
        """The smallest sum that can be paid and is not below this one; None if there is none."""
        wanted = max(amount_minor, self.least_minor)
        found = -(-wanted // self.step_minor) * self.step_minor
        return found if found <= self.most_minor else None

    def within(self, least_minor: int | None, most_minor: int | None) -> "Sums":
        """The same for an account whose contract says otherwise."""
        return Sums(
            self.least_minor if least_minor is None else least_minor,
            self.most_minor if most_minor is None else most_minor,
            self.step_minor,
        )
