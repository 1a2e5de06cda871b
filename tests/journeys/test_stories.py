"""Whole stories in a real browser: an exchange from its call to the accepted place, and a project that is edited."""

import pytest
from django.urls import reverse

from mobility.models import Application, RequiredDocument
from notifications.models import Message
from projects.models import Project
from tests import factories
from tests.world import PDF

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def call(ktu, aveiro, trento):
    """KTU's call for studies abroad with places at two hosts and one paper asked for."""
    call = factories.CallFactory(university=ktu, title_en="Studies abroad", title_lt="Studijos svetur")
    factories.PlaceFactory(call=call, host=aveiro, capacity=1, field=factories.FieldFactory())
    factories.PlaceFactory(call=call, host=trento, capacity=2, field=factories.FieldFactory())
    RequiredDocument.objects.create(call=call, name_en="Transcript of records", name_lt="Studijų pažyma")
    return call


def save(page, part, **answers):
    """Fill one part and save it."""
    page.locator(f".tasks a[href$='/{part}/']").click()
    for name, value in answers.items():
        field = page.locator(f"main [name={name}]")
        kind = field.evaluate("e => e.tagName + ' ' + e.type")
        if kind.startswith("SELECT"):
            field.select_option(value)
        elif "checkbox" in kind:
            field.check()
        else:
            field.fill(value)
    page.locator("main form button[type=submit]").first.click()
    if not page.locator(".tasks").count():
        page.goto(
            page.url.split("/applications/")[0] + f"/applications/{page.url.split('/applications/')[1][:36]}/"
        )


@pytest.mark.parametrize("language", ["en", "lt"])
def test_a_student_applies_on_a_phone_without_scripts_and_gets_a_place(browse, call, ana, ruta, language):
    phone = browse(ana, width=360, scripts=False)
    phone.goto(f"/{language}/mobility/calls/{call.slug}/")
    phone.locator("main .actions a.button").first.click()
    phone.locator("main form button[type=submit]").first.click()
    save(
        phone,
        "personal",
        given_name="Ana",
        family_name="Bandomoji",
        birth_date="2004-05-31",
        nationality="LT",
    )
    save(phone, "studies", study_programme="Informatics", level="6", field="0613", ects="120")
    save(phone, "languages", **{"form-0-language": "en", "form-0-level": "C1"})
    place = call.places.get(host__slug="aveiro")
    phone.locator(".tasks a[href$='/wishes/']").click()
    chosen = phone.locator("main [name=wish_1] option", has_text="Aveiro").first.get_attribute("value")
    phone.locator("main [name=wish_1]").select_option(chosen)
    phone.locator("main form button[type=submit]").last.click()
    application = Application.objects.get(applicant=ana)
    home = f"/{language}/mobility/applications/{application.uuid}/"
    phone.goto(home)
    save(phone, "motivation", motivation="I want to learn how others teach machines to see.")
    phone.goto(f"{home}documents/")
    phone.locator("main input[type=file]").first.set_input_files(
        {"name": "transcript.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    phone.locator("main form button[type=submit]").first.click()
    phone.goto(home)
    save(phone, "declarations", declared_true=True, declared_privacy=True)
    phone.goto(f"{home}check/")
    phone.locator("main form button[type=submit]").last.click()
    application.refresh_from_db()
    assert application.status == "submitted"
    assert phone.url.endswith("/receipt/")
    assert application.reference in phone.locator("main").inner_text()
    assert application.snapshot_sha256 in phone.locator("main").inner_text().replace(" ", "").replace(
        "\n", ""
    )

    desk = browse(ruta)
    decide(desk, application, "find_eligible")
    decide(desk, application, "offer", place=place)
    application.refresh_from_db()
    place.refresh_from_db()
    assert (application.status, application.offered_place, place.taken) == ("offered", place, 1)

    phone.goto(home)
    phone.locator("main form:has([value=accept]) button, main button[value=accept]").first.click()
    application.refresh_from_db()
    assert application.status == "accepted"
    told = set(Message.objects.filter(recipient=f"user:{ana.uuid}").values_list("kind", flat=True))
    assert {"mobility.received", "mobility.offered"} <= told or len(told) >= 2


def decide(page, application, step, place=None):
    """Take one step on the review page."""
    page.goto(f"/en/mobility/applications/{application.uuid}/review/")
    way = page.locator(f"details.way:has(input[name=step][value={step}])")
    if way.get_attribute("open") is None:
        way.locator("summary").click()
    if place is not None:
        way.locator("[name=place]").first.check()
    way.locator("button[type=submit]").click()


def test_a_manager_edits_a_project_and_everybody_reads_it(browse, ktu, dainius):
    project = factories.ProjectFactory(
        code="S-1", lead=ktu, title_en="Old title", title_lt="Senas pavadinimas"
    )
    desk = browse(dainius)
    desk.goto(f"/en/projects/{project.key}/edit/")
    desk.locator("[name=title_en]").fill("New title")
    desk.locator("[name=title_lt]").fill("Naujas pavadinimas")
    desk.locator("main form button[type=submit]").last.click()
    reader = browse(width=360)
    for language, title in (("en", "New title"), ("lt", "Naujas pavadinimas")):
        reader.goto(f"/{language}/projects/{project.key}/")
        assert reader.locator("h1").inner_text() == title
    desk.goto(f"/en/projects/{project.key}/history/")
    assert desk.locator("main del", has_text="Old").count() == 1


def test_an_end_before_the_start_is_told_beside_the_field_and_nothing_typed_is_lost(browse, ktu, dainius):
    project = factories.ProjectFactory(code="S-2", lead=ktu, title_en="Title")
    desk = browse(dainius)
    desk.goto(f"/en/projects/{project.key}/edit/")
    desk.locator("[name=title_en]").fill("What I typed")
    desk.locator("[name=ends_on]").fill("2001-01-01")
    desk.locator("main form button[type=submit]").last.click()
    assert desk.title().startswith("Error:")
    assert desk.locator("[name=title_en]").input_value() == "What I typed"
    assert desk.locator(".problem a[href*=ends_on]").count() == 1
    assert Project.objects.get(pk=project.pk).title_en == "Title"


def test_the_language_switch_keeps_the_page_and_its_query(browse, ktu):
    factories.ProjectFactory(lead=ktu, title_en="Hydrogen", title_lt="Vandenilis")
    page = browse()
    page.goto(reverse("projects:list") + "?q=hydrogen")
    page.locator(".utility a[hreflang=lt]").click()
    assert page.url.endswith("/lt/projects/?q=hydrogen")
    assert page.locator("html").get_attribute("lang") == "lt"
