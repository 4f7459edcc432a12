"""The stand-in for the payment gateways in demo mode. Payments last as long as the orders they pay for."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mailroom.actors.providers.aaio import AaioSettings
from mailroom.actors.providers.account import AccountSettings
from mailroom.actors.providers.stripe import StripeSettings
from mailroom.actors.providers.yookassa import YooKassaSettings
from mailroom.ops.embedded.simulator import DemoSimulator
from mailroom.ops.simulators.payments import credentials

STATE = "payments.sqlite"
RECEIPT_EMAIL = "receipts@demo.example"


class DemoPayments(DemoSimulator):
    """The simulator of the gateways, each under a path of its own below the address."""

    name = "the payment simulator"
    module = "mailroom.ops.simulators.payments"
    label = "payments"

    def __init__(self, data: Path, *, port_wanted: int, notify: str, return_url: str) -> None:
        """`notify` is the address of the service, which gets the notices; payers go back to
        `return_url` where the merchant does not tell its gateway.
        """
        super().__init__(data, port_wanted=port_wanted)
        self._notify = notify
        self._return_url = return_url

    def settings(self) -> Mapping[str, AccountSettings]:
        """How the service reaches the gateways here, with credentials that open nothing else."""
        return {
            "yookassa": YooKassaSettings(
                kind="yookassa",
                shop_id=credentials.YOOKASSA_SHOP_ID,
                secret_key=credentials.YOOKASSA_SECRET_KEY,
                base_url=f"{self.url}/yookassa/v3",
                receipt_email=RECEIPT_EMAIL,
            ),
            "aaio": AaioSettings(
                kind="aaio",
                merchant_id=credentials.AAIO_MERCHANT_ID,
                secret_1=credentials.AAIO_SECRET_1,
                secret_2=credentials.AAIO_SECRET_2,
                api_key=credentials.AAIO_API_KEY,
                base_url=f"{self.url}/aaio",
            ),
            "stripe": StripeSettings(
                kind="stripe",
                secret_key=credentials.STRIPE_SECRET_KEY,
                webhook_secret=credentials.STRIPE_WEBHOOK_SECRET,
                base_url=f"{self.url}/stripe/v1",
            ),
        }

    def options(self) -> Sequence[str]:
        """Where it keeps what it knows."""
        return ("--state", str(self.data / STATE))

    def prepare(self) -> None:
        """Tell it where the service is, which may have another port than in an earlier run."""
        self.control("/sim/notify", {"base": self._notify, "return_url": self._return_url})
