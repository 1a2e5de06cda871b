"""Words of an open call: what can be corrected, and that nothing comes to ask what another one asks or asked."""

# ruff: noqa: F811 - fixtures of another module
import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import translation

from mobility import actions
from mobility.editing import content, wording
from mobility.models import (
    Call,
    CallChange,
    CallLanguage,
    Criterion,
    Place,
    Question,
    QuestionOption,
    RequiredDocument,
)
from notifications.models import Message
from tests.mobility.test_calling import (  # noqa: F401
    NO,
    YES,
    agreed,
    change,
    chosen,
    chosen_words,
    new,
    opened,
    to_choose,
    year,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("I ned a visa", "I need a visa", True), ("Yse", "Yes", True), ("taip", "Taip!", True),
        ("Reikai vizos", "Reikia vizos", True), ("Sutinku su salygomis", "Sutinku su sąlygomis", True),
        ("Yes", "No", False), ("Group B", "Group C", False), ("Room 12", "Room 13", False), ("esu", "nesu", False),
        ("I need a visa", "I need no visa", False), ("can", "can't", False), ("Able", "Unable", False),
        ("B1x", "B2x", False), ("Semester", "Semesters abroad", False), ("Nida", "Juodkrantė", False),
    ],
)  # fmt: skip
def test_slip_of_the_pen_is_one_letter_within_a_word(before, after, same):
    assert wording.slip(before, after) is same
    assert wording.slip(after, before) is same


def test_typing_error_in_an_answer_is_corrected_and_those_who_chose_it_are_told(chosen, opened, ruta, ana):
    chosen.options.filter(words_en="Yes").update(words_en="Yse")
    saved = change(opened, ruta, questions=to_choose(chosen, NO, YES))
    assert chosen_words(chosen) == [YES]
    told = Message.objects.get(kind="mobility.call_changed", recipient=f"user:{ana.uuid}")
    kept = saved.changes.get().corrections
    assert told.context["corrections"] == kept
    assert [(one["name"], one["was"], one["now"]) for one in kept] == [("words_en", "Yse", "Yes")]


def test_answers_are_not_exchanged_in_three_savings(chosen, opened, ruta):
    chosen.options.all().delete()
    ways = ("Bonn", "Born")
    for n, words in enumerate(ways, 1):
        chosen.options.create(words_en=words, position=n)
    answer = chosen.answers.get()
    answer.options = [chosen.options.get(words_en="Bonn").uuid]
    answer.save()
    change(opened, ruta, questions=to_choose(chosen, ("Bonnn", ""), ("Born", "")))
    for second in ("Bonn", "Borm"):
        now = Call.objects.get(pk=opened.pk)
        if second == "Bonn":  # what the first one said belongs to it
            with pytest.raises(actions.Refused):
                change(now, ruta, questions=to_choose(chosen, ("Bonnn", ""), (second, "")))
            with pytest.raises(actions.Refused):
                change(now, ruta, questions=to_choose(chosen, ("Bonnn", ""), ("Born", ""), (second, "")))
        else:
            now = change(now, ruta, questions=to_choose(chosen, ("Bonnn", ""), (second, "")))
            with pytest.raises(actions.Refused):
                change(now, ruta, questions=to_choose(chosen, ("Born", ""), (second, "")))
    back = change(
        Call.objects.get(pk=opened.pk), ruta, questions=to_choose(chosen, ("Bonn", ""), ("Born", ""))
    )
    assert [w for w, _lt in chosen_words(chosen)] == ["Bonn"]
    assert back.version == opened.version + 3


def test_many_slips_lead_nowhere(chosen, opened, ruta):
    chosen.options.filter(words_en="Yes").update(words_en="Nida", words_lt="")
    chosen.options.filter(words_en="No").update(words_lt="")
    now = change(opened, ruta, questions=to_choose(chosen, ("Nica", ""), ("No", "")))
    with pytest.raises(actions.Refused):
        change(now, ruta, questions=to_choose(chosen, ("Nice", ""), ("No", "")))


@pytest.mark.parametrize("kind", ["questions", "required_documents"])
def test_questions_and_documents_are_not_exchanged_in_three_savings(kind, opened, ruta):
    name, part = ("text_en", "questions") if kind == "questions" else ("name_en", "documents")
    for n, words in enumerate(("Passport", "Certificate"), 1):
        getattr(opened, kind).create(**{name: words}, position=n, is_required=False)

    def say(*words):
        rows = content.read(opened)[part]
        blank = {key: value for key, value in rows[0].items() if key != "key"} | {"key": ""}
        rows = [row | {name: one} for row, one in zip([*rows, blank], words, strict=False)]
        return change(Call.objects.get(pk=opened.pk), ruta, **{part: rows})

    say("A valid passport", "Certificate")
    for refused in (
        ("A valid passport", "passport"),
        ("A valid passport", "Certificate", "PASSPORT"),
        ("Certificate", "A transcript"),
        ("Certificate", "Passport"),
    ):
        with pytest.raises(actions.Refused) as told:
            say(*refused)
        assert "has or had" in told.value.places[part]
    say("Passport", "A certificate")
    with pytest.raises(actions.Refused):
        say("Certificate", "A certificate")
    assert [getattr(one, name) for one in getattr(opened, kind).all()] == ["Passport", "A certificate"]


def test_words_move_to_no_other_question_through_the_other_language(opened, ruta):
    opened.questions.create(text_en="Visa", kind="short", position=1, is_required=False)
    opened.questions.create(text_lt="Pasas", kind="short", position=2, is_required=False)
    first, second = content.read(opened)["questions"]
    with pytest.raises(actions.Refused):
        change(opened, ruta, questions=[first | {"text_lt": "Pasas"}, second])


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Do you need a visa now?"), ("lt", "Ar jau reikia vizos?")]
)
def test_page_of_the_call_tells_old_and_new_words_in_the_readers_language(
    language, said, chosen, opened, ruta, client
):
    [row] = content.read(opened)["questions"]
    change(
        opened, ruta,
        questions=[row | {"text_en": "Do you need a visa now?", "text_lt": "Ar jau reikia vizos?"}],
    )  # fmt: skip
    with translation.override(language):
        text = client.get(reverse("mobility:call", args=[opened.slug])).content.decode()
    assert f"<ins>{said}</ins>" in text
    assert text.count("<ins>") == 1


# The back office


CALL_RECORDS = (Call, CallChange, CallLanguage, Criterion, Place, Question, QuestionOption, RequiredDocument)


def test_nothing_of_a_call_is_written_in_the_back_office(laima, rf):
    """Every record that belongs to a call, as its own page and as rows of another: looked at, but for the projects."""
    request = rf.get("/")
    request.user = laima
    seen = []
    for model, page in admin.site._registry.items():
        parts = [(model, page)] + [(inline.model, inline(model, admin.site)) for inline in page.inlines]
        for record, one in parts:
            if record in CALL_RECORDS and record is not Call:
                seen.append(record)
                allowed = [one.has_add_permission(request), one.has_change_permission(request)]
                assert [*allowed, one.has_delete_permission(request)] == [False] * 3, one
    assert set(seen) == set(CALL_RECORDS) - {Call}
    page = admin.site._registry[Call]
    written = {field.name for field in Call._meta.get_fields() if getattr(field, "editable", False)}
    shown = set(page.get_fields(request)) - set(page.get_readonly_fields(request))
    assert shown & written == {"projects"}
    assert not page.has_add_permission(request)


@pytest.fixture
def office(client, laima):
    client.force_login(laima, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_what_is_sent_to_the_back_office_changes_nothing_of_a_call(office, opened):
    before = content.read(opened)
    address = reverse("admin:mobility_call_change", args=[opened.pk])
    place = opened.places.get()
    sent = {"title_en": "Other", "publication": "draft", "closes_at_0": "2026-01-01", "closes_at_1": "09:00",
            "minimum_ects": "400", "required_documents-TOTAL_FORMS": "1", "required_documents-INITIAL_FORMS": "0",
            "required_documents-0-name_en": "Needed", "required_documents-0-is_required": "on",
            "places-TOTAL_FORMS": "1", "places-INITIAL_FORMS": "1", "places-0-id": str(place.pk),
            "places-0-call": str(opened.pk), "places-0-capacity": "1"}  # fmt: skip
    office.post(address, sent)
    now = Call.objects.get(pk=opened.pk)
    assert content.read(now) == before
    assert now.publication == "published"
    for name, record in (("place", place), ("call", opened)):
        assert (
            office.post(
                reverse(f"admin:mobility_{name}_delete", args=[record.pk]), {"post": "yes"}
            ).status_code
            == 403
        )
    assert (
        office.post(reverse("admin:mobility_place_change", args=[place.pk]), {"capacity": "1"}).status_code
        == 403
    )
    assert office.post(reverse("admin:mobility_requireddocument_add"), {"name_en": "X"}).status_code == 403


def test_back_office_goes_back_to_no_earlier_version_of_a_call(office, opened, ruta):
    from reversion.models import Version

    change(opened, ruta, title_en="Later")
    version = Version.objects.get_for_object(opened).last()
    address = reverse("admin:mobility_call_revision", args=[opened.pk, version.pk])
    assert office.get(address).status_code == 200
    assert office.post(address, {}).status_code == 403
    assert Call.objects.get(pk=opened.pk).title_en == "Later"


def test_projects_of_a_call_are_chosen_and_a_draft_deleted_in_the_back_office(office, new):
    from tests import factories

    project = factories.ProjectFactory()
    address = reverse("admin:mobility_call_change", args=[new.pk])
    assert office.post(address, {"projects": [project.pk]}).status_code == 302
    assert list(new.projects.all()) == [project]
    assert (
        office.post(reverse("admin:mobility_call_delete", args=[new.pk]), {"post": "yes"}).status_code == 302
    )
    assert not Call.objects.filter(pk=new.pk).exists()
