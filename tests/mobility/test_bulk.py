"""Decisions about many: invisible for ten minutes, undone or carried out once, whoever dies on the way."""

import datetime as dt
import re
import uuid

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.urls import reverse

from audit.models import Event
from ground.workflow import NotPossible
from members.models import Appointment
from mobility import actions
from mobility.actions import bulk
from mobility.models import Application, BulkDecision, PendingDecision, Place
from mobility.tasks import carry_out_decisions
from mobility.workflow import Status
from notifications.models import InboxItem, Message
from tests import factories
from tests.mobility.test_actions_applying import run_at_once

pytestmark = pytest.mark.django_db


def make(call, applications, by, step="find_eligible", **more):
    return bulk.make_bulk(call, step, applications, by=by, token=uuid.uuid4(), **more)


def pass_time(made):
    """The ten minutes are over."""
    earlier = made.made_at - dt.timedelta(minutes=11)
    BulkDecision.objects.filter(pk=made.pk).update(made_at=earlier, takes_effect_at=earlier + bulk.WAIT)
    made.refresh_from_db()
    return made


def told(kind="mobility.decided"):
    return Message.objects.filter(kind=kind).count()


def states():
    return list(Application.objects.order_by("pk").values_list("status", flat=True))


def test_nothing_of_it_is_seen_before_the_ten_minutes_are_over(client, call, many, ruta):
    applications = many(2)
    before = list(Application.objects.order_by("pk").values())
    events = Event.objects.about("mobility.application", applications[0].uuid).count()
    make(call, applications, ruta)
    assert carry_out_decisions() == 0
    assert list(Application.objects.order_by("pk").values()) == before
    assert Event.objects.about("mobility.application", applications[0].uuid).count() == events
    assert told() == 0
    owner = applications[0].applicant
    assert not InboxItem.objects.filter(user=owner, kind="mobility.decided").exists()
    client.force_login(owner)
    for name in ("application", "my_applications"):
        args = [applications[0].uuid] if name == "application" else []
        assert "ligible" not in client.get(reverse(f"mobility:{name}", args=args)).content.decode()


def test_decision_that_waits_is_shown_to_coordinators_only(client, call, many, ruta, egle):
    make(call, many(1), ruta)
    for person, seen in ((ruta, True), (egle, False)):
        client.force_login(person)
        text = client.get(reverse("mobility:call_applications", args=[call.slug])).content.decode()
        assert ("A decision waits" in text) is seen
        application = Application.objects.get()
        page = client.get(reverse("mobility:application_review", args=[application.uuid])).content.decode()
        assert ("A decision waits" in page) is seen


def test_after_the_ten_minutes_each_is_decided_and_told_once(call, many, ruta):
    made = pass_time(make(call, many(3), ruta, note="Welcome."))
    assert carry_out_decisions() == 3
    assert states() == ["eligible"] * 3
    assert told() == 3
    made.refresh_from_db()
    assert (made.status, made.settled_at is not None) == ("done", True)
    call_command("carry_out_decisions", verbosity=0)
    assert told() == 3
    assert Application.objects.filter(decision_note="Welcome.").count() == 3


def test_undone_is_as_if_it_never_was(call, many, ruta, place):
    Place.objects.update(capacity=2)
    applications = [actions.decide(one, "find_eligible", by=ruta) for one in many(2)]
    made = make(call, applications, ruta, "offer", days=5)
    assert Place.objects.get().taken == 2
    bulk.undo_bulk(made, by=ruta)
    bulk.undo_bulk(made, by=ruta)
    assert Place.objects.get().taken == 0
    pass_time(made)
    assert carry_out_decisions() == 0
    assert states() == ["eligible"] * 2
    assert told("mobility.place_offered") == 0


def test_sent_is_not_undone(call, many, ruta):
    made = pass_time(make(call, many(1), ruta))
    with pytest.raises(NotPossible):
        bulk.undo_bulk(made, by=ruta)
    carry_out_decisions()
    with pytest.raises(NotPossible):
        bulk.undo_bulk(made, by=ruta)


def test_seats_that_a_waiting_offer_holds_count_as_free_for_everybody_else(
    client, call, many, ruta, place, trento
):
    (one,) = many(1)
    actions.decide(one, "find_eligible", by=ruta)
    pages = [
        reverse("mobility:call", args=[call.slug]), reverse("mobility:calls"), reverse("pages:home"),
        reverse("members:detail", args=[place.host.slug]),
        f"{reverse('members:compare')}?u={place.host.slug}&u={trento.slug}",
    ]  # fmt: skip
    before = [seats(client, page) for page in pages]
    made = make(call, Application.objects.all(), ruta, "offer", days=5)
    assert Place.objects.values_list("taken", "waiting").get() == (1, 1)
    assert [seats(client, page) for page in pages] == before
    bulk.undo_bulk(made, by=ruta)
    assert Place.objects.values_list("taken", "waiting").get() == (0, 0)
    pass_time(make(call, Application.objects.all(), ruta, "offer", days=5))
    assert carry_out_decisions() == 1
    assert Place.objects.values_list("taken", "waiting").get() == (1, 0)
    changed = {page: seats(client, page) != told for page, told in zip(pages, before, strict=True)}
    assert changed == dict.fromkeys(pages, True)


def test_seat_of_an_offer_that_could_not_be_made_is_free_again(call, many, ruta, place):
    (one,) = many(1)
    actions.decide(one, "find_eligible", by=ruta)
    made = make(call, Application.objects.all(), ruta, "offer", days=5)
    actions.withdraw_application(one, by=one.applicant)
    pass_time(made)
    assert carry_out_decisions() == 0
    assert Place.objects.values_list("taken", "waiting").get() == (0, 0)


def test_database_refuses_more_waiting_seats_than_taken_ones(place):
    with pytest.raises(IntegrityError, match="mobility_place_waiting"):
        Place.objects.update(waiting=1)


def seats(client, page):
    """The page as a visitor reads it, without what differs from one drawing to the next."""
    shown = client.get(page).content.decode()
    return re.sub(r"<[^>]*>", " ", shown[shown.index("<main") : shown.index("</main")])


def test_offers_give_the_best_scored_their_best_wish_and_hold_the_seat(call, many, ruta, place):
    Place.objects.update(capacity=1)
    first, second = (actions.decide(one, "find_eligible", by=ruta) for one in many(2))
    Application.objects.filter(pk=second.pk).update(score=90, spread=0, reviews_done=1)
    planned = bulk.plan(call, "offer", list(Application.objects.order_by("pk")), by=ruta)
    assert [(one.application, one.place) for one in planned] == [(second, place), (first, None)]
    made = make(call, list(Application.objects.all()), ruta, "offer", days=5)
    assert [one.application for one in made.decisions.all()] == [second]
    with pytest.raises(actions.PlaceTaken):
        actions.offer_place(first, place=place, by=ruta)
    pass_time(made)
    carry_out_decisions()
    assert states() == ["eligible", "offered"]
    assert Place.objects.get().taken == 1


def test_withdrawn_meanwhile_is_told_to_the_coordinators_and_the_others_go(call, many, ruta, place):
    applications = [actions.decide(one, "find_eligible", by=ruta) for one in many(2)]
    made = make(call, applications, ruta, "offer", days=5)
    actions.withdraw_application(applications[0], by=applications[0].applicant)
    pass_time(made)
    assert carry_out_decisions() == 1
    assert states() == ["withdrawn", "offered"]
    assert Place.objects.get().taken == 1
    refused = PendingDecision.objects.exclude(refusal="").get()
    assert refused.application == applications[0]
    assert InboxItem.objects.filter(user=ruta, kind="mobility.bulk_refused").count() == 1


def test_right_that_ended_meanwhile_decides_nothing(call, many, ruta):
    made = pass_time(make(call, many(1), ruta))
    Appointment.objects.filter(user=ruta).update(valid_until=made.made_at)
    assert carry_out_decisions() == 0
    assert states() == ["submitted"]
    assert PendingDecision.objects.get().refusal


def test_worker_that_died_in_the_middle_is_followed_by_one_that_goes_on(call, many, ruta, monkeypatch):
    pass_time(make(call, many(3), ruta))
    whole, calls = bulk._take, []

    def die(*args):
        calls.append(args)
        if len(calls) == 2:
            whole(*args)
            raise KeyboardInterrupt  # after the decision was written, before it was committed
        whole(*args)

    monkeypatch.setattr(bulk, "_take", die)
    with pytest.raises(KeyboardInterrupt):
        carry_out_decisions()
    assert told() == 1
    monkeypatch.setattr(bulk, "_take", whole)
    assert carry_out_decisions() == 2
    assert states() == ["eligible"] * 3
    assert told() == 3


def test_same_sending_twice_is_one_decision(call, many, ruta):
    applications, token = many(1), uuid.uuid4()
    both = [bulk.make_bulk(call, "find_eligible", applications, by=ruta, token=token) for _ in range(2)]
    assert both[0] == both[1]
    assert PendingDecision.objects.count() == 1


def test_application_waits_for_one_decision_and_reasons_are_needed(call, many, ruta, egle):
    from django.core.exceptions import PermissionDenied

    applications = many(1)
    with pytest.raises(NotPossible):
        make(call, applications, ruta, "find_ineligible", note=" ")
    with pytest.raises(PermissionDenied):
        make(call, applications, egle)
    with pytest.raises(NotPossible):
        make(call, applications, ruta, "accept")
    make(call, applications, ruta)
    with pytest.raises(NotPossible):
        make(call, applications, ruta)
    assert PendingDecision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_take_each_decision_once(call, many, ruta):
    pass_time(make(call, many(6), ruta))
    assert sum(run_at_once([carry_out_decisions] * 4)) == 6
    assert told() == 6
    assert Event.objects.filter(verb="mobility.find_eligible").count() == 6
    assert Event.objects.filter(verb="mobility.carry_out_bulk").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_make_one_decision_of_each_application(call, many, ruta, laima):
    applications = many(4)
    made = run_at_once([lambda by=by: make(call, applications, by) for by in (ruta, laima, ruta, laima)])
    assert sum(isinstance(one, BulkDecision) for one in made) == 1
    assert sum(isinstance(one, NotPossible) for one in made) == 3
    assert PendingDecision.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_undo_against_carrying_out_is_all_or_nothing(call, many, ruta, monkeypatch):
    applications = many(4)
    made = pass_time(make(call, applications, ruta))
    # A person whose clock was read before the end: time alone does not decide.
    monkeypatch.setattr(bulk, "_is_over", lambda locked: False)
    found = run_at_once([carry_out_decisions, lambda: bulk.undo_bulk(made, by=ruta)])
    made.refresh_from_db()
    if isinstance(found[1], NotPossible):
        assert (found[0], set(states()), made.status) == (4, {Status.ELIGIBLE}, "done")
    else:
        assert (found[0], set(states()), made.status) == (0, {Status.SUBMITTED}, "undone")
    assert told() == (4 if made.status == "done" else 0)


# Pages


def post(client, call, applications, step, **data):
    sent = {"step": step, "application": [str(one.uuid) for one in applications], **data}
    return client.post(reverse("mobility:call_bulk", args=[call.slug]), sent)


def test_from_ticks_over_the_mails_to_undo(desk, call, many, ruta):
    applications = many(2)
    page = post(desk, call, applications, "find_eligible")
    assert [mail.application for mail in page.context["mails"]] == applications
    assert applications[0].reference in page.content.decode()
    assert BulkDecision.objects.count() == 0
    token = page.context["form"]["token"].value()
    answers = [post(desk, call, applications, "find_eligible", confirm="1", token=token) for _ in range(3)]
    assert len({one.url for one in answers}) == 1
    made = BulkDecision.objects.get()
    assert "Undo" in desk.get(answers[0].url).content.decode()
    assert desk.post(reverse("mobility:bulk_undo", args=[made.uuid])).status_code == 302
    assert "Undone" in desk.get(answers[0].url).content.decode()
    assert desk.get(reverse("mobility:bulk_decisions", args=[call.slug])).status_code == 200
    pass_time(made)
    assert desk.post(reverse("mobility:bulk_undo", args=[made.uuid])).status_code == 302


def test_mails_are_previewed_in_the_language_of_each_with_the_note(desk, call, many):
    one = many(1)[0]
    type(one.applicant).objects.filter(pk=one.applicant_id).update(language="lt")
    page = post(desk, call, [one], "return", again="1", note="Trūksta antro lapo.", token=uuid.uuid4())
    mail = page.context["mails"][0]
    assert mail.language == "lt"
    assert any("Trūksta antro lapo." in words for words in mail.paragraphs)


def test_everything_that_matches_is_chosen_at_once_and_what_cannot_go_says_why(desk, call, many, ruta):
    first, second = many(2)
    actions.decide(second, "find_eligible", by=ruta)
    page = post(desk, call, [], "find_eligible", everything="1")
    assert [mail.application for mail in page.context["mails"]] == [first]
    assert [one.application for one in page.context["will_not"]] == [second]
    narrowed = post(desk, call, [], "find_eligible", everything="1", status="eligible")
    assert narrowed.context["mails"] == []


@pytest.mark.parametrize("data", [{}, {"note": " "}, {"note": "x" * 2001}, {"note": "x", "token": "y"}])
def test_wrong_sending_is_shown_again_and_nothing_waits(data, desk, call, many):
    sent = {"token": uuid.uuid4(), **data}
    assert post(desk, call, many(1), "find_ineligible", confirm="1", **sent).status_code == 422
    assert not BulkDecision.objects.exists()


@pytest.mark.parametrize("step", ["", "accept", "withdraw", "x\x00", "uphold_appeal_offer"])
def test_unknown_step_is_refused(step, desk, call, many):
    assert post(desk, call, many(1), step).status_code == 409


def test_application_of_another_call_is_not_chosen(desk, call, many, aveiro):
    other = factories.CallFactory(university=aveiro)
    place = factories.PlaceFactory(call=other, host=aveiro)
    person = factories.AppointmentFactory(university=aveiro).user
    foreign = actions.submit_application(factories.complete_application(person, place), by=person)
    page = post(desk, call, [foreign], "find_eligible")
    assert (page.context["mails"], page.context["will_not"]) == ([], [])


@pytest.mark.parametrize("rows", [1, 3])
def test_preview_costs_the_same_for_one_row_and_three(rows, desk, call, many, django_assert_num_queries):
    applications = many(rows)
    with django_assert_num_queries(6):
        post(desk, call, applications, "find_eligible")


@pytest.mark.parametrize("rows", [1, 3])
def test_page_of_a_decision_costs_the_same_for_one_row_and_three(
    rows, desk, call, many, ruta, django_assert_num_queries
):
    made = make(call, many(rows), ruta)
    with django_assert_num_queries(7):
        desk.get(reverse("mobility:bulk_decision", args=[made.uuid]))
