"""What a bot needs that is paid: what its payments are for, how one is opened and given back.

`ops/docs/from-mailroom.md` says what each name is for. Nothing within imports from here.
"""

from mailroom.actors.paying.link import made_at
from mailroom.actors.paying.purpose import Follows, GivenBack, NotPayableError, Purpose, Trouble
from mailroom.actors.paying.refund import begin_giving_back
from mailroom.actors.paying.restored import Restored
from mailroom.actors.providers.payments import PaymentProvider, PaymentProviderError
from mailroom.storage.postgres.payments import Payment, open_payment, payments_of

__all__ = [
    "Follows", "GivenBack", "NotPayableError", "Payment", "PaymentProvider",
    "PaymentProviderError", "Purpose", "Restored", "Trouble", "begin_giving_back", "made_at",
    "open_payment", "payments_of",
]  # fmt: skip
