"""Calls and applications as the room of mobility has them in its tests."""

from tests.mobility.conftest import call, draft, eligible, offered, place, submitted

__all__ = ["call", "draft", "eligible", "offered", "place", "submitted"]
