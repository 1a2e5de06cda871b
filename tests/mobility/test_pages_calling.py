"""The pages on which calls are written: rows without JavaScript, what is refused, nothing lost."""

import datetime as dt

import pytest
from django.urls import reverse

from audit.models import Event
from ground import clock
from mobility.editing.editor import Editor
from mobility.models import Call, Place
from tests import factories
from tests.mobility.test_calling import agree

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, ruta):
    return signed_in(client, ruta)


def signed_in(client, person):
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def draft(ktu):
    return begun(ktu)


def begun(university):
    """A call with nothing but its title and dates."""
    return factories.CallFactory(
        university=university, slug="draft", publication="draft", title_en="Studies", academic_year="2027/2028",
        opens_at=dt.datetime(2090, 1, 1, 7, tzinfo=dt.UTC), closes_at=dt.datetime(2090, 2, 1, 21, 59, tzinfo=dt.UTC),
    )  # fmt: skip


def url(call, name="call_edit", **more):
    return reverse(f"mobility:{name}", kwargs={"slug": call.slug, **more})


def fields(call, **changed):
    """What the form of a call without rows sends."""
    return {
        "version": call.version, "title_en": "Studies", "title_lt": "", "summary_en": "", "summary_lt": "",
        "kind": call.kind, "mode": "physical", "academic_year": call.academic_year,
        "opens_at": "2090-01-01T09:00", "closes_at": "2090-02-01T23:59", "decision_on": "", "appeal_days": "7",
        "max_wishes": "3", "minimum_ects": "", "most_earlier_months": "", "may_take_back": "on",
        "reviewers_wanted": "1", "offer_days": "7", "tie_break_en": "", "tie_break_lt": "",
        "fields_of_education": "", **{f"{kind}-total": "0" for kind in ("places", "languages", "documents", "questions",
                                                                       "criteria")},
    } | changed  # fmt: skip


def test_a_draft_is_begun_once_however_often_it_is_sent(desk, ktu):
    data = {"title_en": "Studies", "title_lt": "", "university": ktu.pk, "kind": "student_studies",
            "academic_year": "2027/2028"}  # fmt: skip
    first, second = (desk.post(reverse("mobility:call_new"), data) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"] == url(Call.objects.get())


@pytest.mark.parametrize(
    "wrong", [{"title_en": ""}, {"kind": "holiday"}, {"academic_year": "1999/2000"}, {"university": "x"}]
)
def test_what_begins_no_call_is_told_beside_the_field(wrong, desk, ktu):
    data = {
        "title_en": "Studies",
        "university": ktu.pk,
        "kind": "student_studies",
        "academic_year": "2027/2028",
    }
    page = desk.post(reverse("mobility:call_new"), data | wrong)
    assert page.status_code == 422
    assert next(iter(wrong)) in page.context["form"].errors
    assert not Call.objects.exists()


def test_rows_come_and_go_without_javascript_and_nothing_is_lost(desk, draft):
    typed = fields(draft, title_en="Typed", **{"questions-total": "1", "questions-0-text_en": "Why?",
                                               "questions-0-kind": "long"})  # fmt: skip
    page = desk.post(url(draft), typed | {"step": "add-criteria"})
    text = page.content.decode()
    assert 'value="Typed"' in text
    assert 'name="criteria-0-name_en"' in text
    assert 'value="Why?"' in text
    gone = desk.post(url(draft), typed | {"step": "remove-questions-0"}).content.decode()
    assert "Why?" not in gone
    assert Call.objects.get().title_en == "Studies"


def test_a_saved_call_says_what_was_typed(desk, draft):
    factories.FieldFactory(code="06")
    rows = {
        "languages-total": "1", "languages-0-language": "en", "languages-0-level": "B2",
        "documents-total": "2", "documents-0-name_en": "CV", "documents-0-is_required": "on",
        "questions-total": "1", "questions-0-text_lt": "Kodėl?", "questions-0-kind": "choice",
        "questions-0-options_en": "One\n\nTwo", "questions-0-options_lt": "Vienas\nDu",
        "criteria-total": "1", "criteria-0-name_en": "Motivation", "criteria-0-weight": "3", "criteria-0-most": "20",
    }  # fmt: skip
    sent = fields(
        draft, terms=["autumn"], levels=["6", "7"], fields_of_education="06", minimum_ects="60", **rows
    )
    assert desk.post(url(draft), sent).status_code == 302
    call = Call.objects.get()
    assert (call.terms, call.levels, call.minimum_ects, call.version) == (["autumn"], [6, 7], 60, 2)
    assert call.opens_at == dt.datetime(2090, 1, 1, 7, tzinfo=dt.UTC)  # nine o'clock in Vilnius
    assert [str(one) for one in call.languages.all()] == ["en B2"]
    assert [one.name_en for one in call.required_documents.all()] == ["CV"]
    assert [(o.words_en, o.words_lt) for o in call.questions.get().options.all()] == [
        ("One", "Vienas"),
        ("Two", "Du"),
    ]
    assert (call.criteria.get().weight, call.criteria.get().most) == (3, 20)
    assert desk.post(url(draft), sent | {"version": 2}).status_code == 302
    assert Call.objects.get().questions.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"closes_at": "2089-12-31T23:59"}, "closes_at"),
        ({"opens_at": "2026-03-29T03:30"}, "opens_at"),  # an hour that the clocks skip
        ({"closes_at": "2026-10-25T03:30"}, "closes_at"),  # an hour that they have twice
        ({"closes_at": "2090-02-30T23:59"}, "closes_at"), ({"max_wishes": "0"}, "max_wishes"),
        ({"max_wishes": "-5"}, "max_wishes"), ({"appeal_days": "9" * 30}, "appeal_days"),
        ({"minimum_ects": "many"}, "minimum_ects"), ({"levels": ["9"]}, "levels"), ({"terms": ["winter"]}, "terms"),
        ({"kind": "holiday"}, "kind"), ({"title_en": ""}, "title_en"), ({"title_en": "a\x00b"}, "title_en"),
        ({"title_en": "x" * 201}, "title_en"), ({"title_en": "a\u202eb"}, "title_en"),
        ({"fields_of_education": "9999"}, "fields_of_education"),
        ({"fields_of_education": "0" * 1801}, "fields_of_education"),
        ({"mode": "intensive", "programme_starts_on": "2090-03-01"}, "programme_ends_on"),
        ({"mode": "intensive", "programme_starts_on": "2090-03-02", "programme_ends_on": "2090-03-01"},
         "programme_ends_on"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_beside_the_field_and_nothing_is_stored(wrong, field, desk, draft):
    page = desk.post(url(draft), fields(draft) | wrong)
    assert page.status_code == 422
    assert field in page.context["editor"].form.errors
    assert Call.objects.get().version == 1


@pytest.mark.parametrize(
    "rows",
    [
        {"questions-total": "1", "questions-0-text_en": "?", "questions-0-kind": "choice"},
        {"questions-total": "1", "questions-0-text_en": "?", "questions-0-kind": "telepathy"},
        {"criteria-total": "1", "criteria-0-name_en": "M", "criteria-0-weight": "0", "criteria-0-most": "10"},
        {"criteria-total": "1", "criteria-0-name_en": "M", "criteria-0-weight": "1", "criteria-0-most": ""},
        {"languages-total": "1", "languages-0-language": "klingon", "languages-0-level": "B2"},
        {"places-total": "1", "places-0-capacity": "3", "places-0-language": "en", "places-0-language_level": "B2"},
        {"places-total": "1", "places-0-key": "7f0c5a1e-3d8c-4a57-9a55-0d7b8f1f2a10", "places-0-capacity": "3",
         "places-0-language": "en", "places-0-language_level": "B2"},
    ],
)  # fmt: skip
def test_a_wrong_row_is_refused(rows, desk, draft):
    assert desk.post(url(draft), fields(draft, **rows)).status_code == 422
    assert not Place.objects.exists()
    assert Call.objects.get().version == 1


@pytest.mark.parametrize(
    ("seats", "answer"), [(["2"], 302), (["3"], 422), (["1", "2"], 422), (["1", "1"], 302)]
)
def test_more_seats_than_the_agreement_leaves_are_refused_with_numbers(
    seats, answer, desk, draft, ktu, aveiro, ruta, bruno
):
    agree(ktu, aveiro, ruta, bruno, draft.academic_year, places=2)
    origin = next(iter(Editor(draft).sources))
    rows = {"places-total": str(len(seats))}
    for n, number in enumerate(seats):
        rows |= {f"places-{n}-origin": origin, f"places-{n}-capacity": number, f"places-{n}-language": "en",
                 f"places-{n}-language_level": "B2", f"places-{n}-is_offered": "on"}  # fmt: skip
    page = desk.post(url(draft), fields(draft, **rows))
    assert page.status_code == answer
    if answer == 422:
        assert "2 seats a year, and 2 are left for this call: it offers 3." in page.content.decode()
        assert not Place.objects.exists()


@pytest.mark.parametrize("moment", ["2026-03-29T03:30", "2026-10-25T03:30"])
def test_an_hour_in_which_the_clocks_change_is_refused_in_words(moment, desk, draft):
    page = desk.post(url(draft), fields(draft, opens_at=moment))
    assert "The clocks are changed in this hour" in page.content.decode()
    assert f'value="{moment}"' in page.content.decode()
    assert desk.post(url(draft), fields(draft, opens_at=moment.replace("T03", "T04"))).status_code == 302


@pytest.mark.parametrize("total", ["-1", "x", "99999999999", "", "\x00"])
def test_numbers_of_rows_that_make_no_sense_count_as_none(total, desk, draft):
    assert desk.post(url(draft), fields(draft, **{"questions-total": total})).status_code == 302


def test_harm_to_an_open_call_is_told_beside_the_field(desk, call):
    opened = fields(call, title_en="Studies abroad", title_lt="Studijos užsienyje", minimum_ects="90",
                    levels=["6", "7"],
                    opens_at="2020-01-01T02:00", closes_at="2090-01-01T02:00", appeal_days="7")  # fmt: skip
    page = desk.post(url(call), opened)
    assert page.status_code == 422
    assert list(page.context["editor"].form.errors) == ["minimum_ects"]
    assert "let in more people" in page.content.decode()


def test_preview_tells_what_is_missing_and_what_is_asked(desk, draft):
    factories.QuestionFactory(call=draft, text_en="Why there?")
    text = desk.get(url(draft, "call_preview")).content.decode()
    for words in (
        "Why there?",
        "Offer one place at least.",
        "Say by when you decide.",
        "Reviewers need criteria",
    ):
        assert words in text
    assert "Publish the call" not in text
    answer = desk.post(url(draft, "call_step", step="publish"))
    assert answer["Location"] == url(draft, "call_preview")
    assert Call.objects.get().publication == "draft"


def test_publishing_twice_gets_the_same_answer(desk, draft, aveiro):
    factories.PlaceFactory(call=draft, host=aveiro)
    Call.objects.update(decision_on=dt.date(2090, 3, 1), reviewers_wanted=0)
    answers = [desk.post(url(draft, "call_step", step="publish")) for _ in range(2)]
    assert {answer["Location"] for answer in answers} == {url(draft, "call")}
    text = desk.get(url(draft, "call_history")).content.decode()
    assert "The call was published." in text
    assert Event.objects.filter(verb="mobility.publish").count() == 1


def test_a_copy_is_made_once(desk, call):
    answers = [desk.post(url(call, "call_copy")) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Call.objects.filter(copied_from=call).count() == 1


def test_a_copy_says_which_places_it_could_not_take_along(desk, call, place):
    answer = desk.post(url(call, "call_copy"), follow=True)
    assert "Places that came along: 0 of 1." in answer.content.decode()


def test_visitors_read_the_rules_and_what_changed(client, call):
    factories.CriterionFactory(call=call, name_en="Motivation", weight=3)
    call.languages.create(language="en", level="B2")
    call.changes.create(changed_at=clock.now(), parts=["closes_at"], note_en="A week more.")
    Call.objects.update(most_earlier_months=12, terms=["autumn"])
    text = client.get(url(call, "call")).content.decode()
    for words in (
        "Motivation",
        "weight 3",
        "English B2 or better",
        "A week more.",
        "at most 12 months",
        "Autumn term",
    ):
        assert words in text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_form_costs_the_same_for_one_row_and_three(rows, desk, draft, django_assert_num_queries):
    for _ in range(rows):
        factories.PlaceFactory(call=draft, field=factories.FieldFactory())
        factories.QuestionOptionFactory(question=factories.QuestionFactory(call=draft))
        factories.CriterionFactory(call=draft)
    with django_assert_num_queries(8):
        assert desk.get(url(draft)).status_code == 200


@pytest.mark.parametrize(
    ("rows", "place", "words"),
    [
        ({"languages-total": "2", "languages-0-language": "en", "languages-0-level": "B1", "languages-1-language": "en",
          "languages-1-level": "B2"}, "languages-1-language", "This language is already given."),
        ({"questions-total": "1", "questions-0-text_en": "Which?", "questions-0-kind": "choice",
          "questions-0-options_en": "A\nB\nA"}, "questions-0-options_en", "The answer “A” stands there twice."),
        ({"criteria-total": "1", "criteria-0-name_en": "Grades", "criteria-0-weight": "0", "criteria-0-most": "10"},
         "criteria-0-weight", "Weight: Ensure this value is greater than or equal to 1."),
        ({"criteria-total": "1", "criteria-0-name_en": "Grades", "criteria-0-weight": "1", "criteria-0-most": "-10"},
         "criteria-0-most", "Points at most: Ensure this value is greater than or equal to 1."),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_row_is_told_with_its_field_and_the_row_is_open(rows, place, words, desk, draft):
    page = desk.post(url(draft), fields(draft) | rows)
    assert page.status_code == 422
    assert [one for one in page.context["problems"] if one["href"] == f"id_{place}" and words in one["words"]]
    prefix = place.rpartition("-")[0]
    assert f'id="{prefix}-fold" open>' in page.content.decode()


def test_rows_are_folded_to_a_line_and_what_was_added_is_open(desk, draft):
    rows = {"criteria-total": "1", "criteria-0-name_en": "Grades", "criteria-0-weight": "3", "criteria-0-most": "20",
            "documents-total": "1", "documents-0-name_lt": "Pažyma", "languages-total": "1",
            "languages-0-language": "en", "languages-0-level": "B2", "questions-total": "1",
            "questions-0-text_en": "Why?", "questions-0-kind": "long"}  # fmt: skip
    text = desk.post(url(draft), fields(draft) | rows | {"step": "add-criteria"}).content.decode()
    for words in ("Grades · weight 3, up to 20 points", "Pažyma", "English B2", "Why? · Long answer"):
        assert f"<summary><span>{words}</span>" in text
    assert 'id="criteria-0-fold">' in text
    assert 'id="criteria-1-fold" open>' in text


def test_a_title_that_is_too_long_is_not_said_to_be_missing(desk, draft):
    page = desk.post(url(draft), fields(draft, title_en="x" * 10_240))
    assert list(page.context["form"].errors) == ["title_en"]
    assert len(page.context["form"].errors["title_en"]) == 1


def test_as_many_fields_as_there_are_can_be_named(desk, draft):
    codes = [factories.FieldFactory(code=f"{n:04d}").code for n in range(120)]
    assert desk.post(url(draft), fields(draft, fields_of_education=", ".join(codes))).status_code == 302
    assert Call.objects.get().fields_of_education.count() == 120
