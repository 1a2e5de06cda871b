"""Several lookups in one query give what each of them gives alone."""

import pytest
from django.db.models import Count

from ground.gathering import keep, together
from mobility.models import Answer, Application, Call, Place, Question, Review, Wish
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(ana, ktu, aveiro):
    call = factories.CallFactory(university=ktu, levels=[6, 7])
    place = factories.PlaceFactory(call=call, host=aveiro, field=factories.FieldFactory())
    made = factories.complete_application(ana, place, earlier_months="2.5")
    question = call.questions.create(text_en="Why?", kind="choice")
    made.answers.create(question=question, options=[question.options.create(words_en="So").uuid])
    return made


def lookups():
    return [
        Call.objects.all(),
        Application.objects.for_owner(),
        Wish.objects.select_related("place__host__organisation", "place__field"),
        Answer.objects.select_related("question"),
        Place.objects.order_by("-pk").annotate(n=Count("wishes")),
        Question.objects.values_list("text_en", flat=True),
        Call.objects.values_list("closes_at", "minimum_ects"),
        Review.objects.all(),
        Review.objects.none(),
    ]


def told(record):
    if not hasattr(record, "_meta"):
        return record
    return {name: value for name, value in vars(record).items() if name != "_state"} | {"_state": None}


def test_each_lookup_gives_the_rows_that_it_gives_alone(draft, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = together(*lookups())
    for rows, alone in zip(found, lookups(), strict=True):
        assert [told(one) for one in rows] == [told(one) for one in alone]
    with django_assert_num_queries(0):
        assert found[2][0].place.host.organisation.name
        assert found[1][0].applicant.email
        assert found[1][0].call.university.zone
    assert found[3][0].options == draft.answers.get().options


def test_nothing_to_ask_costs_nothing(draft, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert together(Call.objects.none(), Wish.objects.filter(pk__in=[])) == [[], []]


def test_kept_rows_are_what_the_relation_gives_and_a_filter_asks_anew(draft, django_assert_num_queries):
    rows = list(Wish.objects.all())
    keep(draft, wishes=rows)
    with django_assert_num_queries(0):
        assert list(draft.wishes.all()) == rows
    person = factories.AppointmentFactory(university=draft.call.university).user
    other = factories.complete_application(person, rows[0].place)
    assert list(draft.wishes.filter(rank=1)) == rows
    assert other.wishes.count() == 1
