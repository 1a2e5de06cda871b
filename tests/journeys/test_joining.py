"""From sign-up to the first application: a new person asks for a role, the coordinator grants it, both on phones."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from members.models import Appointment, AppointmentRequest, EmailDomain
from tests import factories

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SECRET = "long-and-invented-1"


def fits(page):
    """Nothing is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("language", ["en", "lt"])
def test_a_new_person_comes_from_a_call_asks_for_a_role_and_applies(browse, ktu, aveiro, ruta, language):
    EmailDomain.objects.create(university=ktu, domain="ktu.example")
    call = factories.CallFactory(university=ktu, slug="studies", title_en="Studies", title_lt="Studijos")
    factories.PlaceFactory(call=call, host=aveiro)
    here = f"/{language}/mobility/calls/studies/"

    phone = browse(width=360, scripts=False)
    phone.goto(f"/{language}/accounts/signup/?next={here}")
    for name, value in {
        "email": "nauja@stud.ktu.example",
        "name": "Nauja Pavyzdė",
        "password1": SECRET,
    }.items():
        phone.locator(f"main [name={name}]").fill(value)
    phone.locator("main [name=password2]").fill(SECRET)
    phone.locator("main form button[type=submit]").first.click()
    code = re.search(r"^\s*([A-Z0-9]{4}-?[A-Z0-9]{4})\s*$", mail.outbox[-1].body, re.M)[1]
    phone.locator("main [name=code]").fill(code)
    phone.locator("main form button[type=submit]").first.click()
    assert f"/{language}/universities/join/" in phone.url
    assert fits(phone)
    assert phone.locator("main [name=university]").input_value() == "ktu"
    phone.locator("main [name=role][value=student]").check()
    phone.locator("main [name=note]").fill("Informatics, second year.")
    phone.locator("main form button[type=submit]").first.click()
    assert phone.url.endswith(here)
    made = AppointmentRequest.objects.get()
    assert (made.university, made.role) == (ktu, "student")

    office = browse(ruta, width=360, scripts=False)
    office.goto(f"/{language}/my-work/")
    office.locator("main a[href*='/universities/requests/?university=ktu']").click()
    assert fits(office)
    office.get_by_role("link", name="Nauja Pavyzdė").click()
    assert "nauja@stud.ktu.example" in office.locator("main").inner_text()
    assert fits(office)
    office.locator("main details.way summary").first.click()
    assert fits(office)
    office.locator("main details.way form button[type=submit]").first.click()
    assert Appointment.objects.filter(user=made.user, role="student", university=ktu).exists()

    phone.goto(here)
    phone.locator("main .actions a.button").first.click()
    phone.locator("main form button[type=submit]").first.click()
    assert "/mobility/applications/" in phone.url
    assert EmailAddress.objects.get(user=made.user).verified
