"""The next version: what it begins with, and what its author reads before sending it; agreements found by code."""

from dataclasses import replace

import pytest
from django.urls import reverse

from members.actions import agreements as actions
from members.agreements.content import read
from members.models import AgreementVersion
from members.models.organisation import Identifier, Scheme
from tests import factories
from tests.members import agreeing
from tests.members.sending import client_of, fields_in
from tests.members.test_agreements_pages import REGISTER, at, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("autumn_2026")]


@pytest.fixture
def agreement(ktu, aveiro, ruta, bruno):
    return agreeing.agreed(ktu, aveiro, ruta, bruno)


def to_change(agreement):
    return reverse("members:agreement_change", args=[agreement.uuid])


def proposed(agreement, by, places, reason="More places."):
    """A change of the places of the first condition, sent."""
    draft = actions.change(agreement, by=by, reason=reason)
    first, *others = read(draft).conditions
    draft = agreeing.rewrite(draft, by, conditions=(replace(first, places=places), *others))
    return actions.send(draft, by=by)


def places_of(number):
    return read(AgreementVersion.objects.get(number=number)).conditions[0].places


@pytest.mark.parametrize(("begin", "places"), [("closed", 9), ("in_force", 4)])
def test_after_a_return_the_next_change_begins_with_it_or_with_what_is_in_force(
    agreement, ruta, bruno, begin, places
):
    actions.return_version(proposed(agreement, ruta, 9), comment="Eight.", by=bruno)
    page = words(client_of(ruta).get(to_change(agreement)))
    assert "Version 2, which was returned" in page
    assert "More places.</textarea>" in page  # nobody writes it twice
    answer = client_of(ruta).post(to_change(agreement), {"begin": begin, "reason": "Eight places."})
    assert answer.status_code == 302
    assert places_of(3) == places
    assert AgreementVersion.objects.get(number=3).reason == "Eight places."


def test_after_a_withdrawal_the_partner_too_can_go_on_from_what_was_sent(agreement, ruta, bruno):
    actions.withdraw(proposed(agreement, ruta, 9), note="", by=ruta)
    assert "Version 2, which was withdrawn" in words(client_of(bruno).get(to_change(agreement)))
    assert client_of(bruno).post(to_change(agreement), {"begin": "closed", "reason": "9"}).status_code == 302
    assert places_of(3) == 9


def test_a_draft_that_was_never_sent_is_offered_to_its_own_side_alone(agreement, ruta, bruno):
    actions.withdraw(actions.change(agreement, by=ruta, reason="Secret."), note="", by=ruta)
    assert "Version 2, which was withdrawn" in words(client_of(ruta).get(to_change(agreement)))
    page = words(client_of(bruno).get(to_change(agreement)))
    assert "Version 2" not in page
    assert "Secret." not in page
    assert client_of(bruno).post(to_change(agreement), {"begin": "closed", "reason": "9"}).status_code == 302
    assert places_of(3) == 4


def test_what_came_back_before_the_version_in_force_is_not_offered(agreement, ruta, bruno):
    actions.return_version(proposed(agreement, ruta, 9), comment="Eight.", by=bruno)
    version = proposed(agreement, ruta, 8)
    for person in (ruta, bruno):
        actions.approve(version, digest=version.digest, by=person)
    assert 'name="begin"' not in words(client_of(ruta).get(to_change(agreement)))


def test_who_sends_a_change_reads_first_what_it_changes(agreement, ruta):
    draft = actions.change(agreement, by=ruta, reason="More places.")
    first, *others = read(draft).conditions
    agreeing.rewrite(draft, ruta, conditions=(replace(first, places=9), *others))
    page = words(client_of(ruta).get(at("send", draft)))
    assert "What changes against version 1, which is in force" in page
    assert "<del>4</del>" in page
    assert "<ins>9</ins>" in page


@pytest.mark.parametrize(
    ("typed", "found"),
    [("P AVEIRO01", 1), ("aveiro01", 1), ("P  AVEIRO01", 1), ("P AVEIRO02", 0), ("veiro01", 0)],
)
def test_the_register_finds_a_partner_by_its_erasmus_code(agreement, aveiro, ruta, typed, found):
    codes = Identifier.objects.filter(organisation=aveiro.organisation, scheme=Scheme.ERASMUS)
    codes.delete()
    codes.create(organisation=aveiro.organisation, scheme=Scheme.ERASMUS, value="P  AVEIRO01")
    assert len(client_of(ruta).get(REGISTER, {"q": typed}).context["lines"]) == found


def test_partners_stand_in_the_order_of_their_names_in_the_language_in_use(ktu, aveiro, ruta):
    other = factories.UniversityFactory()
    for university, name in ((aveiro, "Zavero universitetas"), (other, "Abecelės universitetas")):
        university.organisation.lithuanian_name = name
        university.organisation.save()
        factories.MembershipFactory(university=university)
    factories.MembershipFactory(university=ktu)
    form = client_of(ruta).get("/lt/universities/agreements/new/").context["form"]
    names = [label for value, label in form.fields["partner"].choices if value]
    assert names == ["Abecelės universitetas", "Zavero universitetas"]


# What a draft can hold, and what is said where it can hold no more.


def edited(draft, number, languages=0, step=""):
    """What the form sends with `number` conditions of studies, each with so many languages."""
    data = fields_in(words(client_of(draft.created_by).get(at("edit", draft)))) | {
        "conditions-total": str(number)
    }
    for i in range(number):
        own = {"kind": "student_studies", "sends": "1", "places": "2", "languages-total": str(languages)}
        own |= {
            f"languages-{j}-{k}": v
            for j in range(languages)
            for k, v in (("language", "en"), ("level", "B2"))
        }
        data |= {f"conditions-{i}-{name}": value for name, value in own.items()}
    return client_of(draft.created_by).post(at("edit", draft), data | {"step": step} if step else data)


def test_where_no_condition_more_fits_the_page_says_so_instead_of_a_button_that_does_nothing(
    ktu, aveiro, ruta
):
    draft = agreeing.propose(ktu, aveiro, ruta)
    page = words(edited(draft, 39, step="copy-38"))
    assert "An agreement has at most 40 conditions." in page
    assert 'value="add"' not in page
    assert 'value="copy-' not in page
    page = words(edited(draft, 38, step="copy-37"))
    assert "An agreement has at most" not in page
    assert 'value="copy-38"' in page


def test_fields_and_languages_beyond_the_most_are_refused_and_none_is_dropped(ktu, aveiro, ruta):
    draft = agreeing.propose(ktu, aveiro, ruta)
    answer = edited(draft, 7, languages=24)
    assert answer.status_code == 422
    page = words(answer)
    assert "All conditions together have at most 160 fields and languages." in page
    assert 'name="conditions-6-languages-23-level"' in page
    assert 'value="language-0"' not in page
