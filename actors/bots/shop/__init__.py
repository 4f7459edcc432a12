"""The bundled shop of digital goods: catalogue, cart and order form, in Russian and English."""

from actors.bots.shop.router import build

__all__ = ["build"]
