"""What tests of news share: a draft, and another editor."""

import pytest

from members.models import Role
from tests import factories


@pytest.fixture
def draft(ktu, ieva):
    return factories.NewsItemFactory(
        slug="draft", university=ktu, publication="draft", published_at=None, author=ieva, title_en="A draft"
    )


@pytest.fixture
def other(ktu):
    """Another editor of KTU."""
    person = factories.UserFactory(name="Kita Redaktorė")
    factories.AppointmentFactory(user=person, role=Role.EDITOR, university=ktu)
    return person
