"""The form of a draft shows what the kind of each condition has, and leaves out the rest with a word."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from members.agreements.content import read
from members.forms.agreement_editor import Editor
from tests.members import agreeing
from tests.members.sending import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("autumn_2026")]


def at(version):
    return reverse("members:agreement_edit", args=[version.agreement.uuid, version.number])


def typed(version, **changed):
    """What the form of the draft sends, with some answers of its first condition changed."""
    data = Editor(version).data.copy()
    data["seen"] = version.changed_at.isoformat()
    for name, value in changed.items():
        if isinstance(value, list):
            data.setlist(f"conditions-0-{name}", value)
        else:
            data[name if name == "step" else f"conditions-0-{name}"] = value
    return data


def shown(page, number=0):
    """Which parts of a condition are shown: those of students, those of staff."""
    box = page[page.index(f'id="condition-{number}"') :]
    return [
        of
        for of, hidden in re.findall(r'<div class="fields" data-of="(\w+)"( hidden)?>', box)[:2]
        if not hidden
    ]


def test_each_kind_shows_its_own_fields(ktu, aveiro, ruta):
    version = agreeing.propose(ktu, aveiro, ruta, agreeing.STUDIES, agreeing.TEACHING)
    page = client_of(ruta).get(at(version)).content.decode()
    assert shown(page) == ["students"]
    assert shown(page, 1) == ["staff"]


def test_another_kind_shows_its_fields_without_scripts_and_keeps_what_was_typed(ktu, aveiro, ruta):
    version = agreeing.propose(ktu, aveiro, ruta, replace(agreeing.STUDIES, months=Decimal(20)))
    answer = client_of(ruta).post(at(version), typed(version, kind="staff_teaching", step="look"))
    page = answer.content.decode()
    assert shown(page) == ["staff"]
    assert '<noscript><p><button class="link-button" name="step" value="look"' in page
    assert 'name="conditions-0-months" value="20"' in page  # it comes back with the kind
    assert read(version).conditions[0].months == 20  # a step saves nothing


def test_a_new_condition_of_another_kind_stays_when_its_fields_are_fitted(ktu, aveiro, ruta):
    version = agreeing.propose(ktu, aveiro, ruta)
    data = typed(version, step="look")
    data["conditions-total"] = "2"
    data |= {"conditions-1-kind": "staff_training", "conditions-1-sends": "1"}
    assert shown(client_of(ruta).post(at(version), data).content.decode(), 1) == ["staff"]


@pytest.mark.parametrize(
    ("condition", "changed", "says"),
    [
        (
            replace(agreeing.STUDIES, months=Decimal(20), levels=(6, 7), blended=True),
            {"kind": "staff_training"},
            "Months a year in all (students), Levels (students), Blended exchanges too (students)",
        ),
        (
            replace(agreeing.TEACHING, days=Decimal(10)),
            {"kind": "student_traineeship"},
            "Days a year in all (staff)",
        ),
    ],
)
def test_what_the_kind_does_not_have_is_left_out_with_a_word(ktu, aveiro, ruta, condition, changed, says):
    version = agreeing.propose(ktu, aveiro, ruta, condition)
    answer = client_of(ruta).post(at(version), typed(version, **changed), follow=True)
    assert answer.redirect_chain
    assert f"Condition 1: left out what its kind does not have ({says})." in answer.content.decode()
    (stored,) = read(version).conditions
    assert stored.kind == changed["kind"]
    assert (stored.months, stored.days, stored.levels, stored.blended) == (None, None, (), False)


def test_what_is_left_out_is_not_wrong_either(ktu, aveiro, ruta):
    version = agreeing.propose(ktu, aveiro, ruta, agreeing.TEACHING)
    answer = client_of(ruta).post(at(version), typed(version, months="many", levels=["99"]), follow=True)
    assert answer.redirect_chain
    assert "left out what its kind does not have" in answer.content.decode()


def test_nothing_is_said_where_nothing_was_left_out(ktu, aveiro, ruta):
    version = agreeing.propose(ktu, aveiro, ruta, agreeing.STUDIES, agreeing.TEACHING)
    answer = client_of(ruta).post(at(version), typed(version, places="9"), follow=True)
    assert "left out" not in answer.content.decode()
    assert read(version).conditions[0].places == 9


def test_the_page_of_a_step_says_nothing_of_what_was_wrong_before(ktu, aveiro, ruta):
    version = agreeing.propose(ktu, aveiro, ruta)
    client = client_of(ruta)
    refused = client.post(at(version), typed(version, places="0"))
    assert refused.status_code == 422
    assert 'class="problem"' in refused.content.decode()
    page = client.post(at(version), typed(version, places="0", step="copy-0")).content.decode()
    assert 'class="problem"' not in page
    assert "<title>Error" not in page
    assert page.count('value="0"') >= 2
