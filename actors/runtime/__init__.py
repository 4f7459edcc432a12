"""Pykka on Trio: the host loop, the bridge between the two worlds, and the Trio actor."""
