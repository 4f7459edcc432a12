from .start import router

__all__ = ["router"]
