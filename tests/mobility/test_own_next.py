"""The next step of each of one's applications, with its date and its button, in every state."""

import datetime as dt

import pytest
from django.urls import reverse

from ground import clock
from mobility import actions, progress
from mobility.models import Application
from mobility.work import waiting_for
from mobility.workflow import Status
from tests.mobility.test_pages_applying import url

pytestmark = pytest.mark.django_db
CALLS = "/en/mobility/calls/"
# State: the end of where its button leads, and what is told besides.
NEXT = {
    "draft": ("", "Until: 1 January 2090"), "submitted": (None, "Decision planned by: 1 February 2090"),
    "returned": ("", "Returned on: "), "eligible": (None, "Decision planned by: 1 February 2090"),
    "ineligible": ("appeal/", "Until: "), "offered": ("", "Until: "),
    "waitlisted": (None, "Decision planned by: 1 February 2090"), "not_selected": ("appeal/", "Until: "),
    "accepted": (None, "nominates you"), "declined": (CALLS, "ends here"), "expired": (CALLS, "ends here"),
    "withdrawn": (CALLS, "ends here"),
}  # fmt: skip


@pytest.fixture
def site(client, ana):
    client.force_login(ana)
    return client


@pytest.fixture
def planned(call):
    call.decision_on = dt.date(2090, 2, 1)
    call.save()


def listed(site):
    return site.get(reverse("mobility:my_applications")).content.decode()


@pytest.mark.parametrize("status", list(Status))
def test_every_state_has_its_step_its_date_and_its_button(status, site, planned, in_state):
    application = in_state(status)
    step = progress.next_step(application, clock.now())
    where, told = NEXT[status]
    leads = where if where is None or where == CALLS else application.get_absolute_url() + where
    assert (step.url or None) == leads
    assert bool(step.button) == bool(step.url)
    text = listed(site)
    assert told in text
    if step.url:
        assert f'href="{step.url}"' in text
        assert site.get(step.url).status_code == 200


def test_appeal_that_waits_is_told_and_a_refused_one_is_over(site, in_state, ana, ruta):
    application = in_state("not_selected")
    actions.appeal(application, "My credits were overlooked.", by=ana)
    assert "Your appeal waits for an answer" in listed(site)
    application.appeals.update(status="refused", settled_at=clock.now())
    step = progress.next_step(Application.objects.get(), clock.now())
    assert step.url == reverse("mobility:calls")


def test_appeal_is_not_offered_after_its_days(in_state):
    application = in_state("ineligible")
    late = clock.now() + dt.timedelta(days=application.call.appeal_days + 2)
    assert progress.next_step(application, late).url == reverse("mobility:calls")


def test_unread_message_stands_in_the_list_and_in_my_work_until_it_is_read(site, submitted, ana, ruta):
    assert waiting_for(ana) == []
    actions.send_message(submitted, "Bring your passport.", by=ruta)
    page = url(submitted, "application_messages")
    (item,) = waiting_for(ana)
    assert (item.kind, item.url, item.reason) == ("message", page, "Message from Rūta Pavyzdytė")
    assert "(1 new)" in listed(site)
    assert page in site.get(reverse("pages:my_work")).content.decode()
    site.get(page)
    assert waiting_for(ana) == []
    assert "new)" not in listed(site)


def test_ones_own_message_waits_for_nobody_here(submitted, ana):
    actions.send_message(submitted, "When is the decision?", by=ana)
    assert waiting_for(ana) == []


def test_my_work_says_until_when_a_draft_goes_in_and_since_when_one_is_returned(site, in_state):
    in_state("draft")
    assert "Submit by: 1 January 2090" in site.get(reverse("pages:my_work")).content.decode()


def test_my_work_says_since_when_an_application_is_returned(site, in_state):
    in_state("returned")
    assert "Returned on: " in site.get(reverse("pages:my_work")).content.decode()
