"""The accounts that the simulated gateways know, whose secrets are no secret: one each; at YooKassa as many
shops as somebody has names for, `demo-candles` with the key `test_demo-candles`.
"""

import re

YOOKASSA_SHOP_ID = "demo"
YOOKASSA_SECRET_KEY = "test_demo"
YOOKASSA_SHOPS = re.compile(rf"({YOOKASSA_SHOP_ID}(?:-[a-z0-9-]{{1,40}})?):test_\1")
"""The id of a merchant and its key, as they are sent."""
AAIO_MERCHANT_ID = "00000000-0000-4000-8000-000000000001"
AAIO_SECRET_1 = "demo-1"
AAIO_SECRET_2 = "demo-2"
AAIO_API_KEY = "demo"
STRIPE_SECRET_KEY = "sk_test_demo"
STRIPE_WEBHOOK_SECRET = "whsec_demo"
