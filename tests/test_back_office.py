"""The back office as an administrator uses it: clean under the strict policy, cheap lists, the same verbs."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Event as Line
from ground import clock
from members.models import Appointment, Identifier, Role
from news.models import Attachment, NewsItem
from tests import factories
from tests.world import PDF

pytestmark = pytest.mark.django_db
SCRIPT = rb'<script(?![^>]*\ssrc=)(?![^>]*type="application/(?:ld\+)?json")[^>]*>'
INLINE = re.compile(rb"<style|\son[a-z]+=|\sstyle=|" + SCRIPT)


@pytest.fixture
def client(laima):
    client = Client()
    client.force_login(laima, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def pages():
    for model in admin.site._registry:
        for page in ("changelist", "add"):
            yield f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"


@pytest.mark.parametrize("name", ["admin:index", "admin:password_change", *pages()])
def test_no_page_has_inline_script_or_style(client, name):
    response = client.get(reverse(name))
    assert response.status_code in (200, 403)
    assert not INLINE.search(response.content), INLINE.search(response.content)
    assert "script-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("members_organisation", factories.OrganisationFactory), ("members_university", factories.UniversityFactory),
        ("members_appointment", factories.AppointmentFactory), ("members_organisationalunit", factories.UnitFactory),
        ("members_membership", factories.MembershipFactory), ("accounts_user", factories.UserFactory),
        ("news_newsitem", factories.NewsItemFactory), ("news_event", factories.EventFactory),
    ],
)  # fmt: skip
def test_a_list_costs_the_same_with_one_row_and_with_three(client, name, make, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    url = reverse(f"admin:{name}_changelist")
    counts = []
    make()
    client.get(url)
    for more in (0, 2):
        for _n in range(more):
            make()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_organisation_is_found_by_its_codes(client, ktu, aveiro):
    Identifier.objects.create(organisation=ktu.organisation, scheme="erasmus", value="LT KAUNAS02")
    Identifier.objects.create(organisation=aveiro.organisation, scheme="pic", value="999865331")
    url = reverse("admin:members_organisation_changelist")
    assert "Kaunas" in client.get(url, {"q": "KAUNAS02"}).content.decode()
    text = client.get(url, {"q": "999865331"}).content.decode()
    assert "Aveiro" in text
    assert "Kaunas University" not in text


def test_an_appointment_granted_here_goes_through_the_verb(client, laima, ktu):
    person = factories.UserFactory()
    data = {"user": person.pk, "role": Role.EDITOR, "university": ktu.pk, "valid_from_0": "2026-01-01",
            "valid_from_1": "09:00", "valid_until_0": "", "valid_until_1": ""}  # fmt: skip
    response = client.post(reverse("admin:members_appointment_add"), data)
    assert response.status_code == 302
    assert Appointment.objects.get(user=person).granted_by == laima
    assert Line.objects.filter(verb="members.appoint").count() == 1


def test_an_appointment_that_ends_before_it_begins_is_refused_in_words(client, ktu):
    person = factories.UserFactory()
    data = {"user": person.pk, "role": Role.EDITOR, "university": ktu.pk, "valid_from_0": "2026-01-02",
            "valid_from_1": "09:00", "valid_until_0": "2026-01-01", "valid_until_1": "09:00"}  # fmt: skip
    response = client.post(reverse("admin:members_appointment_add"), data)
    assert "ends before it begins" in response.content.decode()
    assert not Appointment.objects.filter(user=person).exists()


def test_appointments_end_by_an_action_and_are_never_deleted(client, dainius):
    appointment = dainius.appointments.get()
    url = reverse("admin:members_appointment_changelist")
    response = client.post(url, {"action": "end_now", "_selected_action": [appointment.pk]}, follow=True)
    assert "1 appointment was ended." in response.content.decode()
    appointment.refresh_from_db()
    assert appointment.valid_until is not None
    assert (
        "ended already"
        in client.post(
            url, {"action": "end_now", "_selected_action": [appointment.pk]}, follow=True
        ).content.decode()
    )
    assert client.get(reverse("admin:members_appointment_delete", args=[appointment.pk])).status_code == 403


def test_appointments_are_granted_and_changed_on_the_page_of_the_person(client, laima, ktu):
    person = factories.UserFactory()
    url = reverse("admin:accounts_user_change", args=[person.pk])
    data = {
        "email": person.email, "name": person.name, "language": "lt", "is_active": "on",
        "appointments-TOTAL_FORMS": 1, "appointments-INITIAL_FORMS": 0, "appointments-0-role": Role.REVIEWER,
        "appointments-0-university": ktu.pk, "appointments-0-valid_from_0": "2026-01-01",
        "appointments-0-valid_from_1": "09:00", "appointments-0-user": person.pk,
    }  # fmt: skip
    assert client.post(url, data).status_code == 302
    appointment = Appointment.objects.get(user=person)
    assert (appointment.role, appointment.granted_by) == (Role.REVIEWER, laima)
    later = (clock.now() + timedelta(days=9)).date().isoformat()
    data |= {"appointments-INITIAL_FORMS": 1, "appointments-0-id": appointment.pk,
             "appointments-0-valid_until_0": later, "appointments-0-valid_until_1": "09:00"}  # fmt: skip
    assert client.post(url, data).status_code == 302
    assert {line.verb for line in Line.objects.all()} == {"members.appoint", "members.change_appointment"}


def test_a_person_is_created_found_and_deactivated(client):
    data = {"email": "New.Person@people.example", "name": "New", "language": "lt", "usable_password": "true",
            "password1": "long-and-invented-1", "password2": "long-and-invented-1",
            "appointments-TOTAL_FORMS": 0, "appointments-INITIAL_FORMS": 0}  # fmt: skip
    assert client.post(reverse("admin:accounts_user_add"), data).status_code == 302
    again = client.post(reverse("admin:accounts_user_add"), data | {"email": "new.person@PEOPLE.example"})
    assert "already an account" in again.content.decode()
    person = User.objects.get(email="New.Person@people.example")
    client.post(
        reverse("admin:accounts_user_changelist"), {"action": "deactivate", "_selected_action": [person.pk]}
    )
    person.refresh_from_db()
    assert not person.is_active
    assert client.get(reverse("admin:auth_user_password_change", args=[person.pk])).status_code == 200


def test_the_flags_of_django_cannot_be_set_here(client):
    person = factories.UserFactory()
    data = {"email": person.email, "name": "X", "language": "en", "is_active": "on", "is_superuser": "on",
            "appointments-TOTAL_FORMS": 0, "appointments-INITIAL_FORMS": 0}  # fmt: skip
    client.post(reverse("admin:accounts_user_change", args=[person.pk]), data)
    person.refresh_from_db()
    assert (person.name, person.is_superuser) == ("X", False)


def test_a_text_changes_its_state_by_the_verbs_only(client, laima, ieva, ktu):
    item = factories.NewsItemFactory(university=ktu, publication="in_review", author=ieva, published_at=None)
    url = reverse("admin:news_newsitem_changelist")
    client.post(url, {"action": "step_publish", "_selected_action": [item.pk]})
    item.refresh_from_db()
    assert item.publication == "published"
    assert Line.objects.get(verb="news.publish").actor == laima
    text = client.post(
        url, {"action": "step_publish", "_selected_action": [item.pk]}, follow=True
    ).content.decode()
    assert "not possible in the present state" in text


def news_form(**more):
    return {
        "slug": "told-here", "title_en": "Told here", "attachments-TOTAL_FORMS": 1, "attachments-INITIAL_FORMS": 0,
    } | more  # fmt: skip


def test_a_news_item_with_a_paper_is_written_here(client, laima):
    upload = SimpleUploadedFile("paper.pdf", PDF)
    data = news_form(**{"attachments-0-title_en": "Paper", "attachments-0-upload": upload})
    response = client.post(reverse("admin:news_newsitem_add"), data)
    assert response.status_code == 302, response.context["errors"]
    item = NewsItem.objects.get()
    assert (item.author, item.publication) == (laima, "draft")
    assert Attachment.objects.get().document.name == "paper.pdf"
    history = client.get(reverse("admin:news_newsitem_history", args=[item.pk]))
    assert history.status_code == 200
    assert not INLINE.search(history.content)


def test_a_news_item_in_lithuanian_alone_is_enough_and_none_at_all_is_refused(client):
    form = {"attachments-TOTAL_FORMS": 0, "attachments-INITIAL_FORMS": 0, "title_en": "", "slug": "tik-lt"}
    response = client.post(reverse("admin:news_newsitem_add"), form)
    assert "Give the title in at least one language." in response.content.decode()
    assert (
        client.post(reverse("admin:news_newsitem_add"), form | {"title_lt": "Tik lietuviškai"}).status_code
        == 302
    )


def test_a_paper_of_the_wrong_kind_is_refused_here_too(client):
    upload = SimpleUploadedFile("paper.pdf", b"MZ program")
    data = news_form(**{"attachments-0-title_en": "Paper", "attachments-0-upload": upload})
    assert client.post(reverse("admin:news_newsitem_add"), data).status_code == 200
    data = news_form(**{"attachments-0-title_en": "Paper"})
    assert "Choose a file." in client.post(reverse("admin:news_newsitem_add"), data).content.decode()
    assert not NewsItem.objects.exists()


def test_the_trail_is_read_and_never_written_here(client, laima, dainius, ktu):
    factories.AppointmentFactory(university=ktu)
    line = Line.objects.create(
        at=clock.now(), verb="x", subject_kind="y", subject_uuid=ktu.uuid, subject_name="z"
    )
    assert client.get(reverse("admin:audit_event_change", args=[line.pk])).status_code == 200
    assert client.get(reverse("admin:audit_event_changelist"), {"q": "z"}).status_code == 200
    assert client.get(reverse("admin:audit_event_add")).status_code == 403
    assert (
        client.post(reverse("admin:audit_event_delete", args=[line.pk]), {"post": "yes"}).status_code == 403
    )
