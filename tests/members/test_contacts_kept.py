"""The internal contact of a university is on no page for others: every address of the portal is read for it."""

import pytest
from django.db import transaction
from django.urls import reverse

from members.models import Contact
from tests import factories
from tests.access_table import TABLE
from tests.members.sending import client_of, page

pytestmark = pytest.mark.django_db
CANARY = "canarytrentofig"
READERS = ("nobody", "ana", "ruta")


@pytest.fixture
def hidden(trento):
    """An internal contact of Trento that is named in every way that a contact can be."""
    unit = factories.UnitFactory(university=trento)
    words = {"subject_en": CANARY, "subject_lt": CANARY, "given_name": CANARY, "family_name": CANARY}
    return Contact.objects.create(
        university=trento, unit=unit, name=CANARY, email=f"{CANARY}@unitn.example", phone=CANARY, duty="agreements",
        is_public=False, **words,
    )  # fmt: skip


def addresses(records):
    rows = {reverse(row.name, kwargs=row.args(records)) for row in TABLE if row.method == "get"}
    return sorted({*rows, "/en/universities/trento/", "/en/universities/compare/?u=trento&u=ktu",
                   f"/en/search/?q={CANARY[:10]}", "/en/universities/trento/edit/contacts/"})  # fmt: skip


def test_no_page_shows_it_to_strangers(cast, records, hidden):
    read = 0
    for persona in READERS:
        client = client_of(cast[persona])
        for address in addresses(records):
            with transaction.atomic():  # what a page does when it is read is undone
                answer = client.get(address)
                content = b"".join(answer.streaming_content) if answer.streaming else answer.content
                transaction.set_rollback(True)
            shown = content.decode(errors="replace").replace(f'value="{CANARY[:10]}"', "")
            assert CANARY not in shown, f"{persona} at {address}"
            read += answer.status_code == 200
    assert read > 150


@pytest.mark.parametrize("persona", ["chiara", "egle", "laima"])
def test_the_staff_of_the_university_and_the_office_see_it(cast, hidden, persona):
    assert CANARY in page(cast[persona], "/en/universities/trento/")
    assert CANARY in page(cast[persona], "/en/universities/trento/edit/contacts/")


@pytest.mark.parametrize("persona", ["ruta", "bruno", "ana", "dainius", "ieva", "former", "nobody"])
def test_others_do_not_find_it_by_asking(cast, hidden, persona):
    user = cast[persona]
    assert hidden not in Contact.objects.visible_to(user)
    assert client_of(user).get(f"/en/universities/trento/edit/contacts/{hidden.uuid}/").status_code in (
        302,
        404,
    )
