"""Two people write one call at once, or the session ends before it is sent: nothing typed is lost or saved unseen."""

import datetime as dt
import re

import pytest

from mobility import actions
from mobility.editing import content
from mobility.models import Call
from tests import factories
from tests.accounts.test_kept_forms import carried as typed_again
from tests.accounts.test_kept_forms import sign_in
from tests.mobility.test_pages_calling import begun, fields, signed_in, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, ruta):
    return signed_in(client, ruta)


@pytest.fixture
def draft(ktu):
    return begun(ktu)


@pytest.fixture
def seen(desk, draft):
    """What the form carries as its writer opens it, to be sent with what is typed."""

    def send(**changed):
        return fields(draft, **carried(desk.get(url(draft)))) | changed

    return send


def carried(page):
    names = ("version", "base", "typed_by")
    return {name: re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())[1] for name in names}


def save(call, by, **changed):
    now = Call.objects.get(pk=call.pk)
    return actions.edit_call(now, by=by, version=now.version, after=content.read(now) | changed)


def test_what_only_one_of_two_changed_is_kept_of_both(desk, draft, seen, ruta):
    mine = seen(title_en="Mine")
    save(draft, ruta, minimum_ects=90, criteria=[
        {"key": "", "name_en": "Grades", "name_lt": "", "hint_en": "", "hint_lt": "", "weight": 1, "most": 10},
    ])  # fmt: skip
    page = desk.post(url(draft), mine)
    text = page.content.decode()
    assert page.status_code == 409
    assert "You changed different things" in text
    for shown in ('value="Mine"', 'value="90"', 'value="Grades"'):
        assert shown in text
    assert Call.objects.get().title_en == "Studies"
    again = mine | carried(page) | {"minimum_ects": "90"}
    rows = {"criteria-total": "1", "criteria-0-key": str(Call.objects.get().criteria.get().uuid),
            "criteria-0-name_en": "Grades", "criteria-0-weight": "1", "criteria-0-most": "10"}  # fmt: skip
    assert desk.post(url(draft), again | rows).status_code == 302
    call = Call.objects.get()
    assert (call.title_en, call.minimum_ects, call.criteria.count()) == ("Mine", 90, 1)


def test_what_both_changed_is_shown_in_both_versions_and_chosen(desk, draft, seen, ruta):
    mine = seen(title_en="Mine", closes_at="2090-03-01T12:00", may_take_back="")
    del mine["may_take_back"]
    save(draft, ruta, title_en="Theirs", closes_at=dt.datetime(2090, 3, 9, 21, 59, tzinfo=dt.UTC))
    page = desk.post(url(draft), mine)
    assert page.status_code == 409
    told = {one.label: (one.theirs, one.yours) for one in page.context["clashes"]}
    assert told == {
        "Title in English": (["Theirs"], ["Mine"]),
        "Closes": (["9 March 2090, 23:59 (Vilnius time)"], ["1 March 2090, 12:00 (Vilnius time)"]),
    }
    assert 'value="Mine"' in page.content.decode()
    settled = mine | carried(page) | {"clash": ["title_en", "closes_at"], "theirs": "closes_at"}
    step = desk.post(url(draft), settled | {"step": "choose"})
    assert [one.name for one in step.context["clashes"]] == ["title_en"]
    assert 'value="2090-03-09T23:59"' in step.content.decode()
    assert desk.post(url(draft), settled).status_code == 302
    call = Call.objects.get()
    assert (call.title_en, call.closes_at.day, call.may_take_back) == ("Mine", 9, False)


def test_a_step_between_does_not_hide_what_somebody_saved_meanwhile(desk, draft, seen, ruta):
    mine = seen(title_en="Mine")
    save(draft, ruta, title_en="Theirs")
    step = desk.post(url(draft), mine | {"step": "add-criteria"})
    assert carried(step)["version"] == mine["version"]
    assert desk.post(url(draft), mine | carried(step)).status_code == 409
    assert Call.objects.get().title_en == "Theirs"


@pytest.mark.parametrize("base", ["", "x", ":", "title_en:", "\x00", "é" * 9000])
def test_a_form_that_lost_its_marks_asks_about_everything_that_differs(base, desk, draft, seen, ruta):
    mine = seen(title_en="Mine", base=base)
    save(draft, ruta, minimum_ects=90)
    page = desk.post(url(draft), mine)
    assert page.status_code == 409
    assert {one.name for one in page.context["clashes"]} == {"title_en", "minimum_ects"}


def test_rows_of_every_kind_are_told_in_words(desk, draft, seen, ruta, aveiro):
    mine = seen(**{
        "languages-total": "1", "languages-0-language": "de", "languages-0-level": "B1",
        "questions-total": "1", "questions-0-text_en": "Why?", "questions-0-kind": "choice",
        "questions-0-options_en": "One\nTwo",
    })  # fmt: skip
    question = {"key": "", "kind": "long", "text_en": "Where?", "text_lt": "", "hint_en": "", "hint_lt": "",
                "is_required": True, "options_en": [], "options_lt": []}  # fmt: skip
    save(draft, ruta, languages=[{"key": "", "language": "en", "level": "B2"}], questions=[question])
    factories.PlaceFactory(call=draft, host=aveiro)
    page = desk.post(url(draft), mine)
    told = {one.name: (one.theirs, one.yours) for one in page.context["clashes"]}
    assert told["languages"] == (["English · B2"], ["German · B1"])
    assert "One, Two" in told["questions"][1][0]
    assert told["questions"][0][0].endswith("Needed to submit")


# Signed out meanwhile


def test_what_was_typed_when_the_session_ended_is_found_after_signing_in(desk, draft, seen, ruta):
    mine = seen(title_en="Long work", **{"questions-total": "1", "questions-0-text_en": "Why?"})
    desk.logout()
    assert desk.post(url(draft), mine).status_code == 302
    sign_in(desk, ruta)
    page = desk.get(url(draft))
    assert "What you typed is still here" in page.content.decode()
    assert Call.objects.get().title_en == "Studies"
    again = typed_again(page)
    assert again["version"] == [mine["version"]]
    answer = desk.post(url(draft), again)
    assert answer.status_code == 422  # a question says how it is answered
    for shown in ('value="Long work"', 'value="Why?"'):
        assert shown in answer.content.decode()
    assert desk.post(url(draft), again | {"questions-0-kind": "long"}).status_code == 302
    assert Call.objects.get().title_en == "Long work"
    assert "kept_forms" not in desk.session


def test_a_step_that_was_sent_too_late_is_taken_after_signing_in(desk, draft, seen, ruta):
    mine = seen(title_en="Long work", step="add-criteria")
    desk.logout()
    desk.post(url(draft), mine)
    sign_in(desk, ruta)
    text = desk.post(url(draft), typed_again(desk.get(url(draft)))).content.decode()
    assert 'value="Long work"' in text
    assert 'name="criteria-0-name_en"' in text


@pytest.mark.parametrize("proof", ["", "made-up", "of another call", "too much"])
def test_without_a_proof_nothing_is_kept(proof, desk, draft, seen):
    data = seen(title_en="x" * 600_000 if proof == "too much" else "Mine")
    if proof == "of another call":
        other = factories.CallFactory(university=draft.university, publication="draft")
        data["typed_by"] = carried(desk.get(url(other)))["typed_by"]
    elif proof != "too much":
        data["typed_by"] = proof
    desk.logout()
    assert desk.post(url(draft), data).status_code == 302
    assert "kept_forms" not in desk.session


def test_nobody_else_finds_what_was_typed(desk, draft, seen, laima, ruta):
    data = seen(title_en="Mine alone")
    desk.logout()
    desk.post(url(draft), data)
    sign_in(desk, laima)
    page = desk.get(url(draft))
    assert page.status_code == 200
    assert "Mine alone" not in page.content.decode()
    assert "kept_forms" not in desk.session  # nor does the first one after them
