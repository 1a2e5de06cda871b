"""Editing a university, part by part: who may, what is refused beside the field, and two at once."""

import json
import threading

import pytest
import reversion
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from reversion.models import Revision, Version

from audit.models import Event
from ground import clock
from members import editing
from members.actions import universities as actions
from members.models import (
    FieldOfEducation,
    Figure,
    Identifier,
    Membership,
    OwnProfile,
    TeachingLanguage,
    University,
)
from tests.members.sending import client_of, filled, page, send

pytestmark = pytest.mark.django_db


def profile(ktu, by, **typed):
    part = editing.PARTS["profile"]
    stored = part.read(ktu, by)
    return {"part": part, "by": by, "typed": {**stored, **typed}, "seen": editing.marks(stored)}


def test_a_coordinator_edits_the_profile_and_it_shows_at_once(ktu, ruta):
    answer = send(ruta, "/en/universities/ktu/edit/profile/", priorities_en="1. Openness", own_language="")
    assert answer.status_code == 302, answer.content.decode()
    assert "Openness" in page(None, "/en/universities/ktu/")
    entry = Event.objects.get(verb="members.edit_university")
    assert entry.actor == ruta
    assert entry.details == {"part": "profile", "changed": ["priorities_en"]}


def test_one_save_is_one_revision_with_who_and_why(ktu, ruta):
    send(
        ruta,
        "/en/universities/ktu/edit/profile/",
        history_lt="Prisijungė 1999 m.",
        comment="The year was missing",
    )
    original, saved = Revision.objects.order_by("pk")
    assert original.comment == actions.ORIGINAL
    assert (saved.user, saved.comment) == (ruta, "The year was missing")
    assert Version.objects.get_for_object(ktu).count() == 2
    history = page(ruta, "/en/universities/ktu/edit/history/")
    assert "The year was missing" in history
    assert "Rūta Pavyzdytė" in history
    assert "<ins>Prisijungė 1999 m.</ins>" in history


def test_nothing_typed_anew_leaves_no_trace(ktu, ruta):
    assert send(ruta, "/en/universities/ktu/edit/profile/").status_code == 302
    assert not Event.objects.filter(verb="members.edit_university").exists()
    assert Version.objects.get_for_object(ktu).count() == 1  # as it was before


def test_texts_in_the_own_language_are_shown_as_such(aveiro, bruno):
    send(bruno, "/en/universities/aveiro/edit/profile/", own_language="pt", own_history="Fundada em 1973",
         strategy_en="Be open", own_strategy="Ser aberta")  # fmt: skip
    text = page(None, "/en/universities/aveiro/")
    assert '<div class="prose" lang="pt"><p>Fundada em 1973</p>' in text
    assert "In the university's own language: Portuguese" in text
    assert "Ser aberta" in text
    send(bruno, "/en/universities/aveiro/edit/profile/", own_language="", own_history="", own_strategy="")
    assert not OwnProfile.objects.exists()


def test_own_texts_need_their_language(aveiro, bruno):
    answer = send(bruno, "/en/universities/aveiro/edit/profile/", own_history="Fundada em 1973")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Say which language these texts are in." in text
    assert "Fundada em 1973" in text
    assert "<title>Error: " in text


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        (
            {"latitude": "91", "longitude": "10"},
            "latitude",
            "Latitude lies between −90 and 90, as in 54.8989.",
        ),
        (
            {"latitude": "54.9", "longitude": "-181"},
            "longitude",
            "Longitude lies between −180 and 180, as in 23",
        ),
        ({"latitude": "54.9"}, "longitude", "Give both coordinates, or none."),
        (
            {"latitude": "north", "longitude": "1"},
            "latitude",
            "Latitude lies between −90 and 90, as in 54.8989.",
        ),
        (
            {"latitude": "NaN", "longitude": "1"},
            "latitude",
            "Latitude lies between −90 and 90, as in 54.8989.",
        ),
        (
            {"latitude": "9" * 59, "longitude": "1"},
            "latitude",
            "Latitude lies between −90 and 90, as in 54.8989.",
        ),
        ({"website": "javascript:alert(1)"}, "website", "Enter a valid URL"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_stays_typed(ktu, ruta, typed, field, words):
    answer = send(ruta, "/en/universities/ktu/edit/facts/", **typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text[text.index(f'id="id_{field}_error"') :][:300]
    for value in typed.values():
        assert f'value="{value}"' in text
    ktu.refresh_from_db()
    assert ktu.latitude is None


def test_coordinates_place_the_university_on_the_map(ktu, ruta):
    assert (
        send(ruta, "/en/universities/ktu/edit/facts/", latitude="54.89896", longitude="23.91292").status_code
        == 302
    )
    assert "54.89896° N" in page(None, "/en/universities/ktu/")


@pytest.mark.parametrize("typed", ["54.898961234567", "54,898961234567", " +54.89896 "])
def test_coordinates_are_taken_as_they_are_copied_from_maps(ktu, ruta, typed):
    assert (
        send(ruta, "/en/universities/ktu/edit/facts/", latitude=typed, longitude="−23,5").status_code == 302
    )
    ktu.refresh_from_db()
    assert (str(ktu.latitude), str(ktu.longitude)) == ("54.89896", "-23.50000")


def test_the_back_office_says_the_same_of_coordinates(ktu, laima):
    client = client_of(laima)
    path = f"/admin/members/university/{ktu.pk}/change/"
    form = client.get(path).context["adminform"].form
    typed = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
    for inline in client.get(path).context["inline_admin_formsets"]:
        prefix = inline.formset.prefix
        typed |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    text = client.post(path, {**typed, "latitude": "91", "longitude": "1"}).content.decode()
    assert "Latitude lies between −90 and 90, as in 54.8989." in text
    assert "less than or equal" not in text
    text = client.post(path, {**typed, "latitude": "54.9", "longitude": ""}).content.decode()
    assert "Give both coordinates, or none." in text
    answer = client.post(path, {**typed, "latitude": "54,9", "longitude": "23.9"})
    assert answer.status_code == 302, (answer.context["errors"], answer.context["adminform"].form.errors)
    ktu.refresh_from_db()
    assert str(ktu.latitude) == "54.90000"


def codes(*rows):
    typed = {"identifiers-TOTAL_FORMS": str(len(rows)), "identifiers-INITIAL_FORMS": "0"}
    for i, (scheme, value) in enumerate(rows):
        typed |= {f"identifiers-{i}-scheme": scheme, f"identifiers-{i}-value": value}
    return typed


@pytest.mark.parametrize(
    ("scheme", "value", "says"),
    [
        ("erasmus", "LTKAUNAS02", "This is not an Erasmus code"),
        ("erasmus", "D HAMBURG03", "“D\u00a0\u00a0HAMBURG03”"),
        ("pic", "12345", "This is not a PIC. It has nine digits and nothing else, such as 999844961."),
        ("oid", "10208664", "This is not an OID. It is an E with eight digits, such as E10208664."),
        (
            "schac",
            "https://ktu.lt",
            "This is not a SCHAC domain. It is a domain in small letters, such as ktu.lt.",
        ),
        (
            "ror",
            "01me6gb93",
            "This is not a ROR id. It is a whole address, such as https://ror.org/01me6gb93.",
        ),
        ("ror", "https://ror.org/01me6gb94", "The check digits of this ROR id are wrong"),
    ],
)
def test_malformed_codes_are_refused_beside_the_field_with_the_right_form(ktu, egle, scheme, value, says):
    answer = send(egle, "/en/universities/ktu/edit/facts/", **codes((scheme, value)))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert says in text[text.index('id="id_identifiers-0-value_error"') :][:300]
    assert not Identifier.objects.exists()


def test_two_wrong_codes_each_say_their_own_beside_their_field(ktu, egle):
    answer = send(
        egle, "/en/universities/ktu/edit/facts/", **codes(("pic", "1"), ("schac", "ktu.lt"), ("oid", "2"))
    )
    text = answer.content.decode()
    first, second = (text.index(f'id="id_identifiers-{row}-value_error"') for row in (0, 2))
    assert "This is not a PIC" in text[first : first + 300]
    assert "This is not an OID" in text[second : second + 300]
    assert 'id="id_identifiers-1-value_error"' not in text
    assert text.count("This is not a PIC") == text.count("This is not an OID") == 2  # in the summary, too


def test_a_second_code_of_a_kind_is_refused_beside_it(ktu, egle):
    answer = send(
        egle, "/en/universities/ktu/edit/facts/", **codes(("pic", "111111111"), ("pic", "222222222"))
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert (
        "PIC: there is one already in a row above."
        in text[text.index('id="id_identifiers-1-scheme_error"') :][:200]
    )


def test_hints_speak_of_the_codes_that_one_may_change(ktu, egle, ruta):
    words = "The legal name, Erasmus code and PIC are changed by the alliance office."
    coordinator = page(ruta, "/en/universities/ktu/edit/facts/")
    assert words in coordinator
    assert "LT KAUNAS02" not in coordinator
    assert "nine digits" not in coordinator
    office = page(egle, "/en/universities/ktu/edit/facts/")
    assert words not in office
    assert "LT KAUNAS02" in office


def test_codes_of_the_kinds_of_the_office_are_refused_to_a_coordinator_in_the_form(ktu, ruta):
    answer = send(ruta, "/en/universities/ktu/edit/facts/", **codes(("pic", "999844961")))
    assert answer.status_code == 422
    assert not Identifier.objects.exists()


def test_the_office_keeps_name_erasmus_code_and_pic(ktu, egle, ruta):
    rows = codes(("erasmus", "LT KAUNAS02"), ("pic", "999844961"), ("schac", "ktu.lt"))
    assert send(egle, "/en/universities/ktu/edit/facts/", name="Kaunas Tech", **rows).status_code == 302
    ktu.organisation.refresh_from_db()
    assert ktu.organisation.name == "Kaunas Tech"
    form = page(ruta, "/en/universities/ktu/edit/facts/")
    assert 'value="LT KAUNAS02"' not in form
    assert 'name="name"' not in form
    refused = send(ruta, "/en/universities/ktu/edit/facts/", **codes(("erasmus", "LT KAUNAS99")))
    assert refused.status_code == 422
    changed = send(ruta, "/en/universities/ktu/edit/facts/", name="Mine", **codes(("schac", "ktu.edu")))
    assert changed.status_code == 302
    assert dict(Identifier.objects.values_list("scheme", "value")) == {
        "erasmus": "LT KAUNAS02", "pic": "999844961", "schac": "ktu.edu",
    }  # fmt: skip
    ktu.organisation.refresh_from_db()
    assert ktu.organisation.name == "Kaunas Tech"


def test_the_verb_itself_refuses_codes_that_are_the_offices(ktu, ruta):
    part = editing.PARTS["facts"]
    stored = part.read(ktu, ruta)
    forged = {**stored, "identifiers": [{"scheme": "pic", "value": "999844961"}]}
    with pytest.raises(PermissionDenied):
        actions.edit_university(ktu, part, by=ruta, typed=forged, seen=editing.marks(stored))
    assert not Identifier.objects.exists()


def test_a_code_of_another_organisation_is_refused_in_words(ktu, aveiro, egle):
    Identifier.objects.create(organisation=aveiro.organisation, scheme="pic", value="999844961")
    answer = send(egle, "/en/universities/ktu/edit/facts/", **codes(("pic", "999844961")))
    assert answer.status_code == 422
    assert "PIC: another organisation already has this code (" in answer.content.decode()


def figures(*rows):
    typed = {"figures-TOTAL_FORMS": str(len(rows)), "figures-INITIAL_FORMS": "0"}
    for i, row in enumerate(rows):
        typed |= {f"figures-{i}-{name}": value for name, value in row.items()}
    return typed


def test_figures_are_kept_by_year_and_rows_can_be_removed(ktu, ruta):
    one = {"kind": "students", "qualifier": "about", "value": "9 500", "year": "2025"}
    two = {"kind": "students", "qualifier": "exactly", "value": "9,100", "year": "2024"}
    assert send(ruta, "/en/universities/ktu/edit/figures/", **figures(one, two, {})).status_code == 302
    assert "about 9,500" in page(None, "/en/universities/ktu/")
    kept = Figure.objects.get(year=2025).pk
    assert (
        send(ruta, "/en/universities/ktu/edit/figures/", **figures(one, two | {"DELETE": "on"})).status_code
        == 302
    )
    assert list(Figure.objects.values_list("pk", "year")) == [(kept, 2025)]
    twice = send(ruta, "/en/universities/ktu/edit/figures/", **figures(one, one))
    assert twice.status_code == 422
    assert "A figure stands here twice for the same year." in twice.content.decode()


@pytest.mark.parametrize(("year", "status"), [(0, 302), (1, 422), (73, 422)])
def test_a_figure_holds_for_a_year_that_has_begun(ktu, ruta, year, status):
    this = clock.today(settings.TIME_ZONE).year
    one = {"kind": "students", "qualifier": "over", "value": "7000", "year": str(this + year)}
    answer = send(ruta, "/en/universities/ktu/edit/figures/", **figures(one))
    assert answer.status_code == status
    assert Figure.objects.count() == (status == 302)
    assert ("This year has not begun yet." in answer.content.decode()) == (status == 422)


@pytest.mark.parametrize("part", ["figures", "memberships"])
def test_a_list_of_choices_begins_with_words_and_not_with_dashes(ktu, egle, part):
    text = page(egle, f"/en/universities/ktu/edit/{part}/")
    assert '<option value="" selected>Choose</option>' in text
    assert "----" not in text


def test_fields_are_looked_for_without_losing_what_is_ticked(ktu, ruta):
    for code, name in (("06", "Information"), ("0613", "Software"), ("0711", "Chemical engineering")):
        FieldOfEducation.objects.create(code=code, name_en=name, name_lt=name)
    address = "/en/universities/ktu/edit/studies/"
    teaching = {"teaching-TOTAL_FORMS": "1", "teaching-INITIAL_FORMS": "0", "teaching-0-language": "en",
                "teaching-0-level": "7"}  # fmt: skip
    looked = send(ruta, address, find="1", sought="SOFT", fields=["0711"], **teaching)
    text = looked.content.decode()
    assert looked.status_code == 200
    assert 'value="0613"' in text
    assert 'value="06"' not in text
    assert 'value="0711" checked' in text
    assert not ktu.fields.exists()
    assert send(ruta, address, fields=["0711", "0613"], **teaching).status_code == 302
    assert sorted(ktu.fields.values_list("code", flat=True)) == ["0613", "0711"]
    assert list(TeachingLanguage.objects.values_list("language", "level")) == [("en", 7)]
    shown = page(None, "/lt/universities/ktu/")
    assert "Chemical engineering" in shown
    assert "Anglų" in shown
    assert send(ruta, address, fields=["9999"], **teaching).status_code == 422


def memberships(*rows):
    typed = {"memberships-TOTAL_FORMS": str(len(rows)), "memberships-INITIAL_FORMS": "0"}
    for i, (kind, first, last) in enumerate(rows):
        typed |= {f"memberships-{i}-kind": kind, f"memberships-{i}-valid_from": first,
                  f"memberships-{i}-valid_until": last}  # fmt: skip
    return typed


def test_memberships_are_kept_by_the_office_alone(ktu, egle, ruta):
    address = "/en/universities/ktu/edit/memberships/"
    assert client_of(ruta).get(address).status_code == 404
    assert client_of(ruta).post(address, memberships(("member", "", ""))).status_code == 404
    held = memberships(("associate", "2015-01-01", "2019-12-31"), ("member", "2020-01-01", ""))
    assert send(egle, address, **held).status_code == 302
    assert Membership.objects.count() == 2
    wrong = memberships(("associate", "2015-01-01", "2020-01-01"), ("member", "2020-01-01", ""))
    answer = send(egle, address, **wrong)
    assert answer.status_code == 422
    assert "Two memberships overlap." in answer.content.decode()
    answer = send(egle, address, **memberships(("member", "2020-01-02", "2020-01-01")))
    assert "The membership ends before it begins." in answer.content.decode()


def test_two_who_change_different_texts_both_keep_theirs(ktu, ruta, egle):
    address = "/en/universities/ktu/edit/profile/"
    begun = filled(ruta, address)
    send(egle, address, history_en="Hers")
    answer = client_of(ruta).post(address, begun | {"priorities_en": "Mine"})
    assert answer.status_code == 302
    ktu.refresh_from_db()
    assert (ktu.history_en, ktu.priorities_en) == ("Hers", "Mine")


def test_who_changes_the_same_text_sees_both_and_decides(ktu, ruta, egle):
    address = "/en/universities/ktu/edit/profile/"
    begun = filled(ruta, address)
    send(egle, address, history_en="Hers", strategy_en="Also hers")
    answer = client_of(ruta).post(address, begun | {"history_en": "Mine", "comment": "My reason"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody saved meanwhile" in text
    assert "<p>Mine</p>" in text
    assert "<p>Hers</p>" in text
    assert 'value="My reason"' in text
    ktu.refresh_from_db()
    assert ktu.history_en == "Hers"
    again = read_form(text)
    assert (again["history_en"], again["strategy_en"]) == ("Mine", "Also hers")
    assert client_of(ruta).post(address, again).status_code == 302
    ktu.refresh_from_db()
    assert (ktu.history_en, ktu.strategy_en) == ("Mine", "Also hers")


def read_form(text):
    from tests.members.sending import fields_in

    return fields_in(text)


def test_marks_that_cannot_be_read_take_nothing_for_unchanged(ktu, ruta):
    ktu.history_en = "Stored"
    ktu.save()
    address = "/en/universities/ktu/edit/profile/"
    for seen in ("", "[]", "{", json.dumps({"history_en": "made up"})):
        answer = client_of(ruta).post(address, filled(ruta, address) | {"seen": seen, "history_en": "Mine"})
        assert answer.status_code == 409
    ktu.refresh_from_db()
    assert ktu.history_en == "Stored"


def test_strangers_cannot_edit_through_the_verb_either(ktu, chiara, ana, dainius):
    for person in (chiara, ana, dainius):
        with pytest.raises(PermissionDenied):
            actions.edit_university(ktu, **profile(ktu, person, history_en="Theirs"))
    assert not Version.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_the_same_at_once_one_is_told(ktu, ruta, egle):
    outcomes, start = [], threading.Barrier(2)

    def save(person, words):
        try:
            asked = profile(University.objects.get(pk=ktu.pk), person, history_en=words)
            start.wait()
            actions.edit_university(ktu, **asked)
            outcomes.append(words)
        except editing.Clashing as clashing:
            outcomes.append(("told", clashing.clashes[0].theirs))
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=pair) for pair in ((ruta, "Hers"), (egle, "The office's"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = [one for one in outcomes if isinstance(one, str)]
    assert ("told", winner) in outcomes
    assert University.objects.get(pk=ktu.pk).history_en == winner
    connections.close_all()


def test_a_revision_holds_the_whole_of_the_university(ktu, ruta):
    Figure.objects.create(university=ktu, kind="students", value=1, year=2024)
    OwnProfile.objects.create(university=ktu, language="pt")
    send(ruta, "/en/universities/ktu/edit/profile/", history_en="New", own_language="pt")
    kept = {version.content_type.model for version in Revision.objects.latest("pk").version_set.all()}
    assert kept == {"university", "organisation", "figure", "ownprofile"}
    assert reversion.is_registered(TeachingLanguage)


def test_the_history_tells_numbers_as_people_read_them_and_years_as_years(ktu, ruta):
    address, row = (
        "/en/universities/ktu/edit/figures/",
        {"kind": "students", "qualifier": "exactly", "year": "2025"},
    )
    send(ruta, address, **figures(row | {"value": "8400"}))
    send(ruta, address, **figures(row | {"value": "9400"}))
    page = client_of(ruta).get("/en/universities/ktu/edit/history/").content.decode()
    assert "9,400" in page
    assert "2,025" not in page
