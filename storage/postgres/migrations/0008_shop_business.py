"""The shop as a business: stock, discounts, customers, payment and delivery of orders, the cost of models."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0008_shop_business"
down_revision = "0007_payments"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
