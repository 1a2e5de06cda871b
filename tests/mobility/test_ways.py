"""The ways to the working pages, and what of review and selection waits in "My work"."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from ground import clock
from mobility import actions
from mobility.actions import bulk, reviewing
from mobility.models import BulkDecision, Call, Review
from mobility.work import waiting_for
from tests import factories
from tests.mobility.test_pages_deciding import table

pytestmark = pytest.mark.django_db


def waits(user, *kinds):
    return [(item.reason, item.url) for item in waiting_for(user) if item.kind in kinds]


def review_of(application):
    return reverse("mobility:application_review", args=[application.uuid])


@pytest.mark.parametrize(
    ("who", "scores", "numbers", "leads"),
    [
        ("ruta", False, True, True), ("bruno", False, True, False), ("egle", False, True, True),
        ("laima", False, True, True), ("jonas", True, False, False), ("ana", False, False, False),
        ("dainius", False, False, False),
    ],
)  # fmt: skip
def test_pages_lead_those_who_may_to_their_working_pages(who, scores, numbers, leads, client, call, request):
    client.force_login(request.getfixturevalue(who))
    for name in ("mobility:index", "mobility:calls", "pages:my_work"):
        text = client.get(reverse(name)).content.decode()
        assert (f'href="{reverse("mobility:my_reviews")}"' in text) is scores
        assert (f'href="{reverse("mobility:office_numbers")}"' in text) is numbers
        if name != "pages:my_work":
            assert (f'href="{table(call).rstrip("?")}"' in text) is leads


def test_visitors_see_no_working_page(client, call):
    text = client.get(reverse("mobility:calls")).content.decode()
    assert call.title in text
    assert "/applications/" not in text


def test_applications_to_score_wait_with_the_day_of_the_decision(call, many, jonas, ruta):
    Call.objects.update(decision_on=dt.date(2027, 3, 1))
    made = [reviewing.assign_reviewer(one, jonas, by=ruta) for one in many(2)]
    (item,) = waiting_for(jonas)
    assert (item.kind, item.reason, item.due) == ("score", "2 applications to score", dt.date(2027, 3, 1))
    assert item.due_words == "Decision by: 1 March 2027"
    Review.objects.filter(pk=made[0].pk).update(done_at=clock.now(), total=50)
    assert waits(jonas, "score") == [("1 application to score", reverse("mobility:my_reviews"))]
    actions.decide(made[1].application, "find_ineligible", by=ruta, note="No.")
    assert waits(jonas, "score") == []


def test_appeal_waits_for_the_coordinators_until_it_is_answered(in_state, ana, ruta, bruno, egle):
    application = in_state("ineligible")
    actions.appeal(application, "Look again.", by=ana)
    assert waits(ruta, "appeal") == [("Appeal. By: Ana Bandomoji", review_of(application) + "#appeal")]
    assert [waits(one, "appeal") for one in (ana, bruno, egle)] == [[], [], []]


def test_many_appeals_of_a_call_are_one_line_and_a_facet(desk, call, many, ruta):
    made = many(5)
    for one in made[1:]:
        actions.decide(one, "find_ineligible", by=ruta, note="No.")
        actions.appeal(one, "Look again.", by=one.applicant)
    ((words, address),) = waits(ruta, "appeals")
    assert words == "4 appeals wait"
    found = desk.get(address).context["table"].lines
    assert {line.application for line in found} == set(made[1:])


def test_bulk_decision_waits_while_it_can_be_undone(call, many, ruta, bruno):
    made = bulk.make_bulk(call, "find_eligible", many(1), by=ruta, token=uuid.uuid4())
    page = reverse("mobility:bulk_decision", args=[made.uuid])
    assert waits(ruta, "bulk") == [("Decision for many that waits: Mark as eligible", page)]
    assert waits(bruno, "bulk") == []
    earlier = made.made_at - dt.timedelta(minutes=11)
    BulkDecision.objects.update(made_at=earlier, takes_effect_at=earlier + bulk.WAIT)
    assert waits(ruta, "bulk") == []


@pytest.mark.parametrize("rows", [1, 3])
def test_working_pages_cost_the_same_for_one_and_three(
    rows, desk, call, many, ruta, django_assert_num_queries
):
    for _ in range(rows):
        factories.PlaceFactory(call=call, field=factories.FieldFactory())
        factories.CriterionFactory(call=call)
        factories.AppointmentFactory(university=call.university, role="reviewer")
    reviewing.assign_evenly(call, many(rows), by=ruta)
    for name, queries in (
        ("call", 6), ("call_edit", 8), ("call_preview", 5), ("call_applications", 8), ("call_reviewers", 6),
        ("call_numbers", 8), ("call_history", 5), ("bulk_decisions", 5),
    ):  # fmt: skip
        with django_assert_num_queries(queries):
            desk.get(reverse(f"mobility:{name}", args=[call.slug]))
