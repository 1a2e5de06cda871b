import pytest
from django.contrib import admin
from django.urls import reverse

from notifications import kinds, planner, tokens
from notifications.models import Message, ReminderRule, SecretToken
from tests.notifications.conftest import say

pytestmark = pytest.mark.django_db
MODELS = [
    "message", "inboxitem", "preference", "reminderrule", "reminderplan", "reminderoverride", "reminderround",
    "trackeddate", "secrettoken", "mailtimes", "beat", "brake", "troubledaddress", "deliveryreport",
]  # fmt: skip


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


def test_rules_are_changed_elsewhere(office):
    planner.store_default_rules()
    rule = ReminderRule.objects.first()
    assert office.get(reverse("admin:notifications_reminderrule_add")).status_code == 403
    address = reverse("admin:notifications_reminderrule_change", args=[rule.pk])
    assert office.get(address).status_code == 200
    assert office.post(address, {"days_before": "5"}).status_code == 403
    assert ReminderRule.objects.get(pk=rule.pk).days_before == rule.days_before


def test_every_kind_is_shown_with_its_sample_in_both_languages(office):
    page = office.get(reverse("admin:notifications_kinds")).content.decode()
    for kind in kinds.all_kinds():
        address = reverse("admin:notifications_kind", args=[kind.name])
        assert address in page
        shown = office.get(address)
        assert shown.status_code == 200, kind.name
        assert "style=" not in shown.content.decode()
        for language in ("en", "lt") if not kind.verbatim else ():
            html = office.get(reverse("admin:notifications_kind_html", args=[kind.name, language]))
            assert f'<html lang="{language}">' in html.content.decode()


def test_the_html_of_a_kind_stands_in_a_frame_of_the_portal_and_can_do_nothing(office):
    response = office.get(reverse("admin:notifications_kind_html", args=["portal.daily_digest", "en"]))
    policy = response["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response.content.decode().count("<h2") == 2
    page = office.get(reverse("admin:notifications_kind", args=["portal.daily_digest"]))
    assert "style-src 'self'" in page["Content-Security-Policy"]


def test_the_samples_are_for_administrators_and_no_others(client, egle):
    client.force_login(egle, backend="allauth.account.auth_backends.AuthenticationBackend")
    for name, args in (
        ("kinds", []),
        ("kind", ["projects.changed"]),
        ("kind_html", ["projects.changed", "en"]),
    ):
        assert client.get(reverse(f"admin:notifications_{name}", args=args)).status_code in (302, 404)


@pytest.mark.parametrize("args", [["no.such"], ["\x00"]])
def test_there_is_no_sample_of_what_is_no_kind(office, args):
    assert office.get(reverse("admin:notifications_kind", args=args)).status_code == 404
    assert (
        office.get(reverse("admin:notifications_kind_html", args=["projects.changed", "xx"])).status_code
        == 404
    )
