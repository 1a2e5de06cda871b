"""Two coordinators take an agreement from its draft into force, and through one change, as new users would."""

import pytest

from members.models import Agreement
from tests import factories

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
REGISTER = "/en/universities/agreements/"


@pytest.fixture
def both(ktu, aveiro):
    """Both are members of the alliance, and the field of software is known."""
    factories.FieldFactory()
    for university in (ktu, aveiro):
        factories.MembershipFactory(university=university)


def press(page, words):
    page.get_by_role("button", name=words, exact=True).first.click()
    page.wait_for_load_state()


def follow(page, words):
    page.locator("main").get_by_role("link", name=words, exact=True).first.click()
    page.wait_for_load_state()


def begin(page):
    """A new agreement with Aveiro."""
    page.goto(REGISTER)
    follow(page, "New agreement")
    page.get_by_label("Partner").select_option(label="University of Aveiro")
    press(page, "Begin the draft")


def write_studies(page):
    """Both directions of studies: one written, the other copied; nothing typed before is lost."""
    page.locator("[name=terms-remarks]").fill("Both sides name a contact.")
    press(page, "Add a condition")
    page.locator("[name=conditions-0-places]").fill("4")
    page.locator("[name=conditions-0-months]").fill("20")
    page.locator("[name=conditions-0-fields-0-code]").fill("0613")
    page.locator("[name=conditions-0-languages-0-language]").select_option("en")
    page.locator("[name=conditions-0-languages-0-level]").select_option("B2")
    page.locator("#condition-0").get_by_role("button", name="Copy to the other direction").click()
    page.locator("[name=conditions-1-places]").wait_for()
    assert page.locator("[name=conditions-1-places]").input_value() == "4"
    assert page.locator("[name=conditions-1-sends]").input_value() == "2"
    assert page.locator("[name=terms-remarks]").input_value() == "Both sides name a contact."


def name_people(page, before, names=("Viktorija Menamaitė", "Rūta Pavyzdytė")):
    """Who signs and whom to ask on one's side."""
    said = {
        "signatory_name": names[0], "signatory_position": "Vice-Rector", "contact_name": names[1],
        "contact_email": "desk@uni.example",
    }  # fmt: skip
    for name, words in said.items():
        page.locator(f"[name={before}{name}]").fill(words)


def approve(page, waiting):
    """From the list of what waits, through what is approved, to the approval."""
    page.goto(f"{REGISTER}?status=mine")
    page.locator("main tbody a", has_text=waiting).first.click()
    if not page.locator("[name=signatory_name]").input_value():
        press(page, "Approve this version")
        assert page.get_by_text("Name who signs.").count() == 2  # above, and beside the field
        name_people(page, "", ("Joana Exemplo", "Bruno Exemplo"))
    press(page, "Approve this version")


@pytest.mark.parametrize(("width", "scripts"), [(360, False), (1280, True)])
def test_an_agreement_goes_from_draft_into_force_and_through_one_change(
    browse, both, ruta, bruno, width, scripts
):
    ruta_page, bruno_page = (browse(p, width=width, scripts=scripts) for p in (ruta, bruno))
    begin(ruta_page)
    write_studies(ruta_page)
    name_people(ruta_page, "sides-1-")
    press(ruta_page, "Save and go on to sending")
    assert ruta_page.get_by_text("Choose a level of study.").count() == 2
    ruta_page.get_by_role("link", name="Choose a level of study.").first.click()
    ruta_page.locator("[name=conditions-0-levels][value='7']").check()
    ruta_page.locator("[name=conditions-1-levels][value='7']").check()
    press(ruta_page, "Save and go on to sending")
    ruta_page.locator("[name=approve]").uncheck()
    press(ruta_page, "Send to the partner")
    agreement = Agreement.objects.get()
    bruno_page.goto(agreement.get_absolute_url())
    follow(bruno_page, "Return with a comment")
    bruno_page.locator("[name=comment]").fill("Six places from Aveiro, please.")
    press(bruno_page, "Return it")

    ruta_page.goto(REGISTER)
    ruta_page.locator("main tbody a", has_text="Read the comment").click()
    assert ruta_page.get_by_text("Six places from Aveiro, please.").count() >= 1
    follow(ruta_page, "Write the next version")
    press(ruta_page, "Begin the draft")
    ruta_page.locator("[name=conditions-1-places]").fill("6")
    press(ruta_page, "Save and go on to sending")
    ruta_page.locator("[name=approve]").uncheck()
    press(ruta_page, "Send to the partner")
    approve(bruno_page, "Read and approve")
    agreement.refresh_from_db()
    assert agreement.status == "proposed"
    approve(ruta_page, "Read and approve")
    agreement.refresh_from_db()
    assert (agreement.status, agreement.current.number) == ("in_force", 2)

    bruno_page.goto(agreement.get_absolute_url())
    follow(bruno_page, "Propose a change")
    bruno_page.locator("[name=reason]").fill("One place more.")
    press(bruno_page, "Begin the draft")
    bruno_page.locator("[name=conditions-0-places]").fill("5")
    press(bruno_page, "Save and go on to sending")
    press(bruno_page, "Send to the partner")  # approved in the same step
    agreement.refresh_from_db()
    assert agreement.current.number == 2
    ruta_page.goto(f"{REGISTER}?status=mine")
    ruta_page.locator("main tbody a", has_text="Read and approve").click()
    assert "4" in ruta_page.locator("main del").all_inner_texts()
    assert "5" in ruta_page.locator("main ins").all_inner_texts()
    press(ruta_page, "Approve this version")
    agreement.refresh_from_db()
    assert (agreement.status, agreement.current.number) == ("in_force", 3)
    width_of = "document.documentElement.scrollWidth"
    assert ruta_page.evaluate(width_of) <= width if scripts else True


def test_a_step_takes_back_what_was_wrong_before_and_a_kind_shows_its_fields_at_once(browse, both, ruta):
    page = browse(ruta)
    begin(page)
    press(page, "Add a condition")
    page.locator("[name=conditions-0-places]").fill("0")
    page.locator("[name=sides-1-contact_email]").fill("nobody")
    press(page, "Save the draft")
    page.locator("main .problem").wait_for()
    assert page.title().startswith("Error")
    page.locator("#condition-0").get_by_role("button", name="Copy to the other direction").click()
    page.locator("[name=conditions-1-places]").wait_for()
    assert page.locator("main .problem, main .error, main .wrong, main [aria-invalid]").count() == 0
    assert not page.title().startswith("Error")
    assert page.locator("[name=sides-1-contact_email]").input_value() == "nobody"
    months, days = (page.locator(f"[name=conditions-1-{name}]") for name in ("months", "days"))
    assert (months.is_visible(), days.is_visible()) == (True, False)
    page.locator("[name=conditions-1-kind]").select_option("staff_teaching")
    assert (months.is_visible(), days.is_visible()) == (False, True)
    assert page.locator("[name=conditions-0-months]").is_visible()
    page.locator("[name=conditions-1-kind]").select_option("student_studies")
    assert (months.is_visible(), days.is_visible()) == (True, False)
