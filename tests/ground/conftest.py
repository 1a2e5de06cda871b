from types import SimpleNamespace

import pytest

from ground import finished_front
from tests.finished import emptied


@pytest.fixture
def pages_are_kept(request, settings, monkeypatch):
    """Finished pages are kept, and none is there yet.

    They are not in the middle of a transaction. A test that needs no commit runs in one, and that is passed over.
    """
    settings.FINISHED_PAGES = True
    settings.REDIS_URL = ""  # the table; the shelf in Redis has tests and a server of its own
    marker = request.node.get_closest_marker("django_db")
    if not marker.kwargs.get("transaction"):
        alone = SimpleNamespace(in_atomic_block=False, close_if_unusable_or_obsolete=lambda: None)
        monkeypatch.setattr(finished_front, "connection", alone)
    emptied()
