"""Agreements in the back office: everything to read, nothing to change but through the verbs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.models import Agreement, AgreementVersion
from tests.members import agreeing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("autumn_2026")]


@pytest.fixture
def client(laima):
    client = Client()
    client.force_login(laima, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def run(client, name, row, action):
    url = reverse(f"admin:members_{name}_changelist")
    return client.post(url, {"action": action, "_selected_action": [row.pk]}, follow=True).content.decode()


@pytest.mark.parametrize("name", ["agreement", "agreementversion", "condition"])
def test_records_are_shown_and_can_not_be_added_changed_or_deleted(name, client, ktu, aveiro, ruta, bruno):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    row = {"agreement": agreement, "agreementversion": agreement.current}.get(
        name, agreement.current.conditions.first()
    )
    page = client.get(reverse(f"admin:members_{name}_change", args=[row.pk]))
    assert page.status_code == 200
    assert str(row.uuid) in page.content.decode()
    before = Agreement.objects.values().get(), AgreementVersion.objects.values().get()
    assert (
        client.post(reverse(f"admin:members_{name}_change", args=[row.pk]), {"status": "draft"}).status_code
        == 403
    )
    assert client.get(reverse(f"admin:members_{name}_add")).status_code == 403
    assert (
        client.post(reverse(f"admin:members_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code
        == 403
    )
    assert before == (Agreement.objects.values().get(), AgreementVersion.objects.values().get())


def test_steps_are_the_verbs(client, ktu, aveiro, ruta):
    version = agreeing.propose(ktu, aveiro, ruta)
    assert "Done for 1 record." in run(client, "agreementversion", version, "send")
    version.refresh_from_db()
    assert version.status == "sent"
    assert "not possible in the present state" in run(client, "agreementversion", version, "send")
    assert "Done for 1 record." in run(client, "agreementversion", version, "withdraw")
    assert "Done for 1 record." in run(client, "agreement", version.agreement, "abandon")
    version.refresh_from_db()
    assert (version.status, Agreement.objects.get().status) == ("withdrawn", "abandoned")


def test_an_incomplete_draft_is_not_sent_and_the_reason_is_told(client, ktu, aveiro, ruta):
    version = agreeing.propose(ktu, aveiro, ruta)
    agreeing.rewrite(version, ruta, conditions=())
    assert "Add a condition" in run(client, "agreementversion", version, "send")
    assert AgreementVersion.objects.get().status == "draft"


@pytest.mark.parametrize("name", ["agreement", "agreementversion", "condition"])
def test_a_list_costs_the_same_with_one_row_and_with_three(name, client, ktu, aveiro, ruta, bruno):
    url = reverse(f"admin:members_{name}_changelist")
    counts = []
    client.get(url)
    for more in (1, 2):
        for _n in range(more):
            agreeing.agreed(ktu, aveiro, ruta, bruno)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
