import pytest
from django.contrib import admin
from django.urls import reverse

from notifications import tokens
from notifications.models import Message, ReminderRule, SecretToken
from tests.notifications.conftest import say

pytestmark = pytest.mark.django_db
MODELS = ["message", "inboxitem", "preference", "reminderrule", "reminderplan", "trackeddate", "secrettoken"]


@pytest.fixture
def office(client, laima):
    client.force_login(laima, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("model", MODELS)
def test_every_model_has_a_list(office, dainius, model):
    say(dainius)
    assert office.get(reverse(f"admin:notifications_{model}_changelist"), {"q": "x"}).status_code == 200


def test_every_model_of_the_room_is_in_the_back_office():
    names = {
        model._meta.model_name for model in admin.site._registry if model._meta.app_label == "notifications"
    }
    assert names == set(MODELS)


def run(office, model, action, *rows):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return office.post(reverse(f"admin:notifications_{model}_changelist"), data, follow=True)


def test_failed_messages_can_be_tried_again_and_uncertain_ones_never(office, dainius):
    failed, uncertain = say(dainius), say(dainius)
    Message.objects.filter(pk=failed.pk).update(state="failed", attempts=12, error="550")
    Message.objects.filter(pk=uncertain.pk).update(state="uncertain")
    assert "1 message is due again." in run(office, "message", "retry", failed, uncertain).content.decode()
    failed.refresh_from_db()
    uncertain.refresh_from_db()
    assert (failed.state, failed.attempts, failed.error) == ("due", 0, "")
    assert uncertain.state == "uncertain"
    assert "Only failed messages" in run(office, "message", "retry", uncertain).content.decode()


def test_what_needs_a_look_is_found(office, dainius):
    failed, sent = say(dainius, subject=("x", dainius.uuid, "LOOK-1")), say(dainius)
    Message.objects.filter(pk=failed.pk).update(state="failed")
    for value in ("failed", "any"):
        page = office.get(
            reverse("admin:notifications_message_changelist"), {"trouble": value}
        ).content.decode()
        assert "LOOK-1" in page
        assert str(sent.subject_name) not in page


def test_messages_show_no_codes(office, dainius):
    message = say(dainius)
    Message.objects.filter(pk=message.pk).update(context={"text": "secret-code-123"})
    page = office.get(reverse("admin:notifications_message_change", args=[message.pk])).content.decode()
    assert "secret-code-123" not in page


def test_addresses_can_be_withdrawn_and_show_no_digest(office, ana):
    token = tokens.issue(ana, "calendar")
    row = SecretToken.objects.get()
    page = office.get(reverse("admin:notifications_secrettoken_change", args=[row.pk])).content.decode()
    assert row.digest not in page
    assert "1 address was withdrawn." in run(office, "secrettoken", "withdraw", row).content.decode()
    assert tokens.owner_of(token, "calendar") is None


def test_the_office_adds_a_rule_for_a_kind_that_exists(office):
    form = {
        "kind": "projects.period_ends",
        "days_before": "14",
        "hour": "09:00",
        "zone_source": "subject",
        "active": "on",
    }
    address = reverse("admin:notifications_reminderrule_add")
    assert office.post(address, form | {"kind": "no.such"}).status_code == 200
    assert not ReminderRule.objects.exists()
    assert office.post(address, form).status_code == 302
    assert ReminderRule.objects.get().days_before == 14


@pytest.mark.parametrize("days", ["-1", "731", "x", ""])
def test_a_rule_with_odd_days_is_refused(office, days):
    form = {"kind": "projects.period_ends", "days_before": days, "hour": "09:00", "zone_source": "subject"}
    assert office.post(reverse("admin:notifications_reminderrule_add"), form).status_code == 200
    assert not ReminderRule.objects.exists()
