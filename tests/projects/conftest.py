"""A project with a row of every kind."""

import datetime as dt
import uuid

import pytest

from projects import actions
from projects.models import Partnership, TeamMember
from tests import factories

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture
def programmes(db):
    """Erasmus+ with an action of an action, and a state budget."""
    erasmus = factories.ProgrammeFactory(slug="erasmus", name_en="Erasmus+", position=1)
    key = factories.ProgrammeFactory(slug="ka2", name_en="Key Action 2", parent=erasmus, position=1)
    alliances = factories.ProgrammeFactory(slug="alliances", name_en="Alliances", parent=key, position=1)
    budget = factories.ProgrammeFactory(slug="budget", name_en="State budget", position=2)
    return {p.slug: p for p in (erasmus, key, alliances, budget)}


@pytest.fixture
def project(ktu, aveiro, programmes, dainius):
    """S-NET-24-50 in short, published, made by its manager."""
    rows = {
        "websites": [{"url": "https://one.example/"}, {"url": "https://two.example/"}],
        "funding": [
            {
                "programme_id": programmes["alliances"].pk,
                "amount": 1000,
                "currency": "EUR",
                "contract_number": "A-1",
            },
            {"programme_id": programmes["budget"].pk},
        ],
        "team": [{"name": "Vida Vadovė", "part": TeamMember.Part.HEAD}],
        "departments": [{"unit_id": factories.UnitFactory(university=ktu, name_en="Invented Centre").pk}],
        "partners": [{"organisation_id": aveiro.organisation_id, "part": Partnership.Part.BENEFICIARY}],
        "milestones": [{"title_en": "Final report", "kind": "report", "due_on": dt.date(2026, 4, 30)}],
    }
    fields = {
        "code": "S-NET-24-50", "lead": ktu, "title_en": "Membership of a network", "title_lt": "Narystė tinkle",
        "acronym": "NET", "description_en": "What it is for.", "starts_on": dt.date(2024, 2, 22),
        "ends_on": dt.date(2026, 3, 1),
    }  # fmt: skip
    project = actions.create_project(by=dainius, token=uuid.uuid4(), fields=fields, rows=rows)
    return actions.change_publication(project, step="publish", by=dainius)
