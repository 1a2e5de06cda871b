"""Factsheets in the back office: saving counts as an edit, and only contacts of the university itself are offered."""

import pytest
from django.urls import reverse
from reversion.models import Version

from members.models import Factsheet
from tests.members import facts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("autumn_2026")]


def address(made):
    return reverse("admin:members_factsheet_change", args=[made.pk])


def sent(made, **more):
    """What the page of the back office sends for a factsheet with one term."""
    term = made.terms.get()
    rows = {
        f"terms-0-{name}": getattr(term, name) or ""
        for name in ("term", "nomination_until", "application_until", "starts_on", "ends_on")
    }
    counts = {
        f"{rows}-{name}_FORMS": number
        for rows, there in (("terms", 1), ("languages", 0))
        for name, number in (("TOTAL", there), ("INITIAL", there), ("MIN_NUM", 0), ("MAX_NUM", 1000))
    }
    kept = {"university": made.university_id, "year": made.year, "is_published": "on"}
    return {**counts, **rows, "terms-0-id": term.pk, "terms-0-factsheet": made.pk, **kept, **more}


def test_each_saving_counts_and_is_kept_in_the_history(client, laima, ktu):
    made = facts.sheet(ktu)
    client.force_login(laima, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(address(made), sent(made, housing_en="A room.")).status_code == 302
    saved = Factsheet.objects.get()
    assert (saved.housing_en, saved.version) == ("A room.", 2)
    assert Version.objects.get_for_object(saved).exists()


def test_dates_that_nobody_has_checked_are_not_published_here_either(client, laima, ktu):
    made = facts.sheet(ktu)
    client.force_login(laima, backend="allauth.account.auth_backends.AuthenticationBackend")
    refused = client.post(address(made), sent(made, **{"terms-0-to_check": "on"}))
    assert refused.status_code == 200
    assert "What is published has its dates checked." in refused.content.decode()
    assert not made.terms.get().to_check


def test_contacts_of_another_university_are_not_offered(client, laima, ktu, aveiro):
    made = facts.sheet(ktu)
    facts.contact(ktu, "The desk at home")
    facts.contact(aveiro, "The desk elsewhere")
    client.force_login(laima, backend="allauth.account.auth_backends.AuthenticationBackend")
    shown = client.get(address(made)).content.decode()
    assert "The desk at home" in shown
    assert "The desk elsewhere" not in shown
    assert "The desk" not in client.get(reverse("admin:members_factsheet_add")).content.decode()
