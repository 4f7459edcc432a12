"""Money and rows in the hands of a test: payments come about, notices are told, tables are read."""

from functools import partial
from typing import Any

from mailroom.actors.providers.payments import Money, PaymentState
from mailroom.ops.testing.errors import NothingThereError
from mailroom.ops.testing.opened.payments import MemoryAccount
from mailroom.ops.testing.service import Service


class Payments:
    """The account at which the people of a room pay."""

    def __init__(self, service: Service) -> None:
        self._service = service

    @property
    def account(self) -> MemoryAccount:
        """The account itself, for what is not here."""
        return self._service.account

    @property
    def ids(self) -> list[str]:
        """The payments that were asked for, as the account calls them, in order."""
        return list(self.account.payments)

    def pay(self, id_: str | None = None, *, money: Money | None = None, notices: int = 1) -> None:
        """The newest payment is paid, or this one, of another sum if need be; its provider tells of it so
        many times. Raises `NothingThereError` where nobody was asked to pay.
        """
        self.become("paid", id_, money=money, notices=notices)

    def become(
        self,
        state: PaymentState,
        id_: str | None = None,
        *,
        money: Money | None = None,
        notices: int = 1,
    ) -> None:
        """Something else becomes of a payment: it is canceled, say."""
        if not self.ids:
            raise NothingThereError("nobody was asked to pay anything")
        told = self._service.under_test.notices
        self._service.run_trio(partial(told, state, payment=id_, money=money, times=notices))
        self._service.settle()


class Database:
    """The tables of a room, over which `{schema}.` leads to its own."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def value(self, statement: str, *values: Any) -> Any:
        """One value."""
        return self._service.run(self._service.room.database.fetchval(statement, *values))

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows."""
        found = self._service.run(self._service.room.database.fetch(statement, *values))
        return [tuple(row) for row in found]

    def execute(self, statement: str, *values: Any) -> None:
        """Change something, behind the room's back."""
        self._service.run(self._service.room.database.execute(statement, *values))
