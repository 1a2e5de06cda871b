"""The history of factsheets, units and centres, for those who keep them: who, when, and each difference in words."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from reversion.models import Version

from members import past
from members.actions import factsheets as actions
from members.models import Centre, CentreNetwork, OrganisationalUnit
from tests import factories
from tests.members import facts
from tests.members.facts import AUTUMN, ENGLISH, SPRING, moved, said
from tests.members.sending import client_of, page, send

pytestmark = pytest.mark.django_db
DAY = dt.date
SHEET = "/en/universities/ktu/factsheets/2027-2028/history/"


def told(record):
    """The changes of a record as plain rows, the newest first."""
    return [
        [(line.of, line.label, line.before, line.after) for line in change.lines or ()]
        for change in past.changes(record)
    ]


@pytest.fixture
def factsheet(ktu, ruta):
    return facts.sheet(ktu, by=ruta, housing_en="A room in a hall.")


def test_a_factsheet_tells_what_changed_field_by_field(ktu, ruta, egle, factsheet):
    office = facts.contact(ktu, "Office of exchanges", public=False)
    languages = [ENGLISH, facts.LanguageContent("staff", "lt", "A1")]
    wanted = said(
        moved(AUTUMN, nomination_until=DAY(2027, 4, 20)), SPRING, languages=languages,
        contacts=[office], housing_en="A room in a hall, from 120 euros.", decision_weeks=4,
    )  # fmt: skip
    actions.write(factsheet, wanted, by=egle, seen=None)
    lines = set(told(factsheet)[0])
    assert ("Term (Autumn term)", "Nominations until", "15 April 2027", "20 April 2027") in lines
    assert ("", "Housing (English)", "A room in a hall.", "A room in a hall, from 120 euros.") in lines
    assert ("", "Contacts", "", "Office of exchanges") in lines
    assert ("", "Weeks until the decision on an application", "", "4") in lines
    came = {after for of, label, _before, after in lines if not label and of == "Term"}
    assert came == {"Spring term · 15 October 2027 · 15 November 2027 · 1 February 2028 · 30 June 2028"}
    assert ("Language requirement", "", "", "Staff · Lithuanian · A1") in lines
    assert len(lines) == 6
    newest = past.changes(factsheet)[0]
    assert newest.who == egle.name


def test_publishing_a_factsheet_stands_in_its_history(ktu, ruta, factsheet):
    assert ("", "Published", "No", "Yes") in told(factsheet)[0]
    assert past.changes(factsheet)[-1].lines is None


def test_the_history_of_a_factsheet_is_in_the_language_of_the_reader(ktu, ruta, factsheet):
    actions.write(
        factsheet,
        said(moved(AUTUMN, ends_on=DAY(2028, 2, 1)), housing_en="A room in a hall."),
        by=ruta,
        seen=None,
    )
    with translation.override("lt"):
        (line,) = told(factsheet)[0]
    assert line[0].endswith("(Rudens semestras)")
    assert line[2:] == ("2028\u00a0m. sausio 31\u00a0d.", "2028\u00a0m. vasario 1\u00a0d.")


def test_those_who_keep_it_see_the_history_on_the_page_and_others_find_none(
    ktu, ruta, egle, bruno, factsheet
):
    link = 'href="/en/universities/ktu/factsheets/2027-2028/history/"'
    assert link in page(ruta, "/en/universities/ktu/factsheets/2027-2028/")
    assert link not in page(None, "/en/universities/ktu/factsheets/2027-2028/")
    for person in (ruta, egle):
        text = page(person, SHEET)
        assert ruta.name in text
        assert "<strong>Published</strong>: <del>No</del> <ins>Yes</ins>" in text
    assert client_of(bruno).get(SHEET).status_code == 404


def test_a_unit_tells_only_the_saves_that_changed_it(ktu, ruta):
    unit = factories.UnitFactory(university=ktu, name_en="Faculty of Informatics")
    other = factories.UnitFactory(university=ktu, name_en="Faculty of Design")
    at = f"/en/universities/ktu/edit/units/{unit.uuid}/"
    send(ruta, at, name_en="Faculty of Computing", parent=str(other.pk), comment="It was renamed")
    send(ruta, "/en/universities/ktu/edit/profile/", history_en="Founded in 1922.", own_language="")
    send(ruta, f"/en/universities/ktu/edit/units/{other.uuid}/", website="https://design.ktu.example/")
    unit = OrganisationalUnit.objects.get(pk=unit.pk)
    (change, first) = past.changes(unit)
    assert (change.who, change.comment, first.lines) == (ruta.name, "It was renamed", None)
    assert set(told(unit)[0]) == {
        ("", "Part of", "", "Faculty of Design"),
        ("", "Name (English)", "Faculty of Informatics", "Faculty of Computing"),
    }
    text = page(ruta, f"{at}history/")
    assert "<del>Faculty of Informatics</del> <ins>Faculty of Computing</ins>" in text
    assert f'href="{at}history/"' in page(ruta, at)


def test_a_unit_that_is_gone_since_is_still_named(ktu, ruta):
    faculty = factories.UnitFactory(university=ktu, name_en="Faculty")
    unit = factories.UnitFactory(university=ktu, name_en="Department", parent=faculty)
    at = f"/en/universities/ktu/edit/units/{unit.uuid}/"
    send(ruta, at, parent="")
    client_of(ruta).post(f"/en/universities/ktu/edit/units/{faculty.uuid}/remove/")
    assert not OrganisationalUnit.objects.filter(pk=faculty.pk).exists()
    assert told(unit)[0] == [("", "Part of", "(removed)", "")]
    whole = [line for change in past.changes(ktu) for line in change.lines or ()]
    assert [line.before for line in whole if line.label == "Part of"] == ["Faculty"]


def test_a_centre_tells_its_host_and_network_by_their_names(aveiro, bruno, egle):
    centre = Centre.objects.create(host=aveiro.organisation, slug="hub", name_en="Hub", mission_en="To help.")
    network = CentreNetwork.objects.create(name_en="Hubs of the north")
    send(bruno, "/en/universities/centres/hub/edit/", network=str(network.pk), mission_en="To help all.")
    centre.refresh_from_db()
    change = past.changes(centre)[0]
    assert change.who == bruno.name
    assert set(told(centre)[0]) == {
        ("", "Network", "", "Hubs of the north"), ("", "Mission (English)", "To help.", "To help all."),
    }  # fmt: skip
    text = page(bruno, "/en/universities/centres/hub/history/")
    assert "<ins>Hubs of the north</ins>" in text
    assert 'href="/en/universities/centres/hub/history/"' in page(bruno, "/en/universities/centres/hub/edit/")


@pytest.mark.parametrize("saves", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_saves(ktu, ruta, factsheet, saves):
    office = facts.contact(ktu)
    for number in range(saves):
        actions.write(
            factsheet,
            said(contacts=[office] if number % 2 == 0 else [], housing_en=f"{number}"),
            by=ruta,
            seen=None,
        )
    with CaptureQueriesContext(connection) as asked:
        past.changes(factsheet)
    assert (
        len(asked) <= 4
    )  # saves with their people, what they kept, contacts (and kinds of records, once a process)


def test_texts_in_the_own_language_are_told_line_by_line(aveiro, bruno):
    at = "/en/universities/aveiro/edit/profile/"
    send(bruno, at, own_language="pt", own_history="Fundada em 1973")
    send(bruno, at, own_history="Fundada em 1974")
    (line,) = past.changes(aveiro)[0].lines
    assert (line.before, line.after) == ("Fundada em 1973", "Fundada em 1974")


def test_a_text_that_was_kept_without_a_language_before_has_not_changed(ktu, ruta, factsheet):
    """A column that came to be translated: what was kept of it before has the bare name."""
    wanted = said(languages=[facts.LanguageContent("students", "en", "C1")], housing_en="A room in a hall.")
    actions.write(factsheet, wanted, by=ruta, seen=None)
    assert ("Language requirement (Students, English)", "Level", "B2", "C1") in told(factsheet)[0]
    sheet = Version.objects.get_for_object(factsheet).order_by("-pk")[1]
    record = json.loads(sheet.serialized_data)
    del record[0]["fields"]["housing_en"]
    record[0]["fields"]["housing"] = "A room in a hall."
    sheet.serialized_data = json.dumps(record)
    sheet.save()
    assert not [label for _of, label, _before, _after in told(factsheet)[0] if label.startswith("Housing")]
