"""The pages of agreements: what each side sees, what is told, what is refused."""

import csv
import io
from dataclasses import replace

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from members.actions import agreements as actions
from members.agreements.content import read
from members.forms.agreement_editor import Editor
from members.models import Agreement, AgreementVersion
from tests import factories
from tests.members import agreeing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("autumn_2026")]
REGISTER = "/en/universities/agreements/"


@pytest.fixture
def as_(client):
    """`as_(person)` is a client that is signed in as that person."""

    def sign_in(person):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def at(name, version):
    return reverse(f"members:agreement_{name}", args=[version.agreement.uuid, version.number])


def words(response):
    return response.content.decode()


def typed(version, **changed):
    """What the form of the draft sends, with some answers changed."""
    data = Editor(version).data.copy()
    data["seen"] = version.changed_at.isoformat()
    for name, value in changed.items():
        data[name.replace("__", "-")] = value
    return data


# The register


@pytest.mark.parametrize("number", [1, 3])
def test_the_register_takes_the_same_queries_for_one_row_and_three(
    as_, ktu, aveiro, ruta, bruno, number, django_assert_num_queries
):
    for _ in range(number):
        agreeing.agreed(ktu, aveiro, ruta, bruno)
    reader = as_(ruta)
    with django_assert_num_queries(8):
        response = reader.get(REGISTER)
    assert words(response).count('<th scope="row">') == number


@pytest.mark.parametrize("number", [1, 3])
def test_an_agreement_takes_the_same_queries_for_one_condition_and_three(
    as_, ktu, aveiro, ruta, bruno, number, django_assert_num_queries
):
    flows = [agreeing.STUDIES, agreeing.TEACHING, replace(agreeing.STUDIES, sends=2)][:number]
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno, *flows)
    reader = as_(ruta)
    with django_assert_num_queries(8):
        reader.get(agreement.get_absolute_url())


@pytest.mark.parametrize("number", [1, 3])
def test_every_page_of_an_agreement_takes_the_same_queries_for_one_version_and_three(
    as_, ktu, aveiro, ruta, bruno, number, django_assert_num_queries
):
    unit = ktu.units.create(name_en="Informatics").uuid
    flows = [replace(agreeing.STUDIES, sending_unit=unit, places=n) for n in range(1, number + 1)]
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno, *flows)
    for _ in range(number - 1):
        actions.withdraw(actions.change(agreement, by=ruta, reason="Tried."), note="", by=ruta)
    draft = actions.change(agreement, by=ruta, reason="More places.")
    reader, compared = as_(ruta), [agreement.uuid, draft.number, 1]

    def takes(queries, address):
        with django_assert_num_queries(queries):
            assert reader.get(address).status_code == 200

    takes(8, agreement.get_absolute_url())
    takes(9, at("edit", draft))
    takes(12, at("send", draft))
    actions.send(agreeing.rewrite(draft, ruta, remarks="More."), by=ruta)
    takes(8, agreement.get_absolute_url())
    takes(7, at("approve", draft))
    takes(7, at("version", draft))
    takes(7, reverse("members:agreement_compare", args=compared))


def test_what_waits_for_me_comes_first_and_says_so(as_, ktu, aveiro, ruta, bruno):
    agreeing.agreed(ktu, aveiro, ruta, bruno)
    waiting = agreeing.sent(ktu, aveiro, ruta)
    page = words(as_(bruno).get(REGISTER))
    assert page.index("It waits for your approval.") < page.index("In force. Nothing waits.")
    assert at("approve", waiting) in page
    assert "In force. Nothing waits." not in words(as_(bruno).get(f"{REGISTER}?status=mine"))


def test_a_proposal_that_was_not_sent_is_not_in_the_partners_register(as_, ktu, aveiro, ruta, bruno):
    agreeing.propose(ktu, aveiro, ruta, remarks="canarydraft")
    assert "No agreements yet" in words(as_(bruno).get(REGISTER))
    assert "canarydraft" not in words(as_(bruno).get(f"{REGISTER}agreements.csv"))


def test_the_register_is_narrowed_by_partner_code_kind_and_year(as_, ktu, aveiro, trento, ruta, bruno):
    coded = agreeing.agreed(ktu, aveiro, ruta, bruno)
    actions.set_code(coded.sides.get(university=ktu), "KTU-77", by=ruta)
    agreeing.sent(ktu, trento, ruta, replace(agreeing.TEACHING))
    reader = as_(ruta)

    def found(query):
        return words(reader.get(f"{REGISTER}?{query}")).count('<th scope="row">')

    assert [found(q) for q in ("", "q=trent", "q=ktu-77", "q=nobody", "partner=trento")] == [2, 1, 1, 0, 1]
    assert [found(q) for q in ("kind=student_studies", "kind=staff_teaching", "year=2028/2029")] == [1, 2, 2]
    assert [found(q) for q in ("status=in_force", "status=proposed", "status=made-up")] == [1, 1, 2]
    assert "was left out" in words(reader.get(f"{REGISTER}?status=made-up"))


def test_a_long_register_goes_on_by_cursors_and_a_made_up_one_leads_to_its_beginning(as_, ktu, ruta):
    for _ in range(26):
        agreeing.propose(ktu, factories.UniversityFactory(), ruta)
    reader = as_(ruta)
    first = words(reader.get(REGISTER))
    assert first.count('<th scope="row">') == 25
    cursor = first.split("?after=")[1].split('"')[0].replace("&amp;", "&")
    assert words(reader.get(f"{REGISTER}?after={cursor}")).count('<th scope="row">') == 1
    assert "no longer there" in words(reader.get(f"{REGISTER}?after=nonsense"))


def test_the_export_has_a_row_for_each_flow_and_runs_no_formula(as_, ktu, aveiro, ruta, bruno):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    actions.set_code(agreement.sides.get(university=ktu), "=1+1", by=ruta)
    reader = as_(ruta)
    rows = list(
        csv.DictReader(io.StringIO(reader.get(f"{REGISTER}agreements.csv").content.decode("utf-8-sig")))
    )
    assert [(row["kind"], row["sending"], row["places_a_year"]) for row in rows] == [
        ("student_studies", "KTU", "4"), ("staff_teaching", "UA", "2"),
    ]  # fmt: skip
    assert rows[0]["proposed_by_code"] == "'=1+1"
    book = load_workbook(io.BytesIO(reader.get(f"{REGISTER}agreements.xlsx").content))
    sheet = book.active
    assert (sheet.max_row, sheet["E2"].value, sheet["E2"].data_type) == (3, "=1+1", "s")


# The page


def test_the_partners_reader_never_sees_the_draft_of_a_change(as_, ktu, aveiro, ruta, bruno):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    draft = actions.change(agreement, by=ruta, reason="canaryreason")
    for address in (agreement.get_absolute_url(), REGISTER):
        assert "canaryreason" not in words(as_(bruno).get(address))
    for name in ("version", "edit", "send", "pdf"):
        assert as_(bruno).get(at(name, draft)).status_code == 404
    assert "canaryreason" in words(as_(ruta).get(agreement.get_absolute_url()))


def test_each_side_keeps_its_own_code_alone(as_, ktu, aveiro, ruta, bruno):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    own, other = (reverse("members:agreement_code", args=[agreement.uuid, place]) for place in (1, 2))
    assert as_(ruta).post(own, {"side-1-code": "KTU-1"}).status_code == 302
    assert as_(ruta).post(other, {"side-2-code": "UA-1"}).status_code == 403
    assert list(agreement.sides.values_list("code", flat=True)) == ["KTU-1", ""]


def test_two_versions_are_compared_in_words(as_, ktu, aveiro, ruta, bruno):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    draft = actions.change(agreement, by=ruta, reason="More.")
    agreeing.rewrite(draft, ruta, conditions=(replace(read(draft).conditions[0], places=6, levels=(7,)),))
    page = words(as_(ruta).get(reverse("members:agreement_compare", args=[agreement.uuid, 2, 1])))
    assert "<del>4</del>" in page
    assert "<ins>6</ins>" in page
    assert "<ins>Master (EQF 7)</ins>" in page
    assert "Removed" in page


def test_the_pdf_says_the_whole_and_is_tagged(as_, ktu, aveiro, ruta, bruno):
    from pypdf import PdfReader

    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno, remarks="Both name a contact. #let x = 1")
    response = as_(ruta).get(at("pdf", agreement.current))
    assert response["Content-Type"] == "application/pdf"
    paper = PdfReader(io.BytesIO(response.content))
    text = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    assert "/StructTreeRoot" in paper.trailer["/Root"]
    for said in ("Student studies: KTU → UA", "#let x = 1", "Rūta Pavyzdytė", "Bruno Exemplo", "English B2"):
        assert said in text
    lithuanian = as_(ruta).get(at("pdf", agreement.current).replace("/en/", "/lt/"))
    assert PdfReader(io.BytesIO(lithuanian.content)).trailer["/Root"]["/Lang"] == "lt"


# The draft


def test_a_draft_is_kept_while_incomplete_and_sending_lists_what_lacks(as_, ktu, aveiro, ruta):
    version = agreeing.propose(ktu, aveiro, ruta, replace(agreeing.STUDIES, languages=(), levels=()))
    answer = as_(ruta).post(at("edit", version), typed(version, conditions__0__places="7"))
    assert answer.status_code == 302
    assert read(version).conditions[0].places == 7
    page = words(as_(ruta).get(at("send", version)))
    assert f'{at("edit", version)}?missing=1#id_conditions-0-languages-0-language"' in page
    assert f'{at("edit", version)}?missing=1#id_conditions-0-levels_0"' in page
    version.refresh_from_db()
    answer = as_(ruta).post(at("send", version), {"seen": version.changed_at.isoformat()})
    assert answer.status_code == 422
    version.refresh_from_db()
    assert version.status == "draft"


def test_what_is_wrong_is_told_beside_the_field_and_nothing_typed_is_lost(as_, ktu, aveiro, ruta):
    version = agreeing.propose(ktu, aveiro, ruta)
    data = typed(
        version,
        conditions__0__places="many",
        terms__remarks="typed words",
        conditions__0__fields__0__code="9999",
    )
    answer = as_(ruta).post(at("edit", version), data)
    page = words(answer)
    assert answer.status_code == 422
    assert "<title>Error:" in page.replace("\n", "")
    assert 'href="#id_conditions-0-places"' in page
    assert 'href="#id_conditions-0-fields-0-code"' in page
    assert "typed words" in page
    assert 'value="many"' in page
    assert read(version).remarks == ""


def test_what_the_rules_refuse_stands_at_its_field(as_, ktu, aveiro, ruta):
    version = agreeing.propose(ktu, aveiro, ruta)
    data = typed(version, terms__first_year="2029/2030", terms__last_year="2027/2028")
    answer = as_(ruta).post(at("edit", version), data)
    assert answer.status_code == 422
    assert "The agreement ends before it begins." in words(answer)
    assert 'href="#id_terms-last_year"' in words(answer)


def test_a_condition_is_copied_to_the_other_direction_with_what_was_typed(as_, ktu, aveiro, ruta):
    version = agreeing.propose(ktu, aveiro, ruta, agreeing.STUDIES)
    data = typed(version, conditions__0__places="9", step="copy-0")
    page = words(as_(ruta).post(at("edit", version), data))
    assert page.count('value="9"') == 2
    assert 'name="conditions-1-origin" value' not in page.replace('value=""', "")
    assert read(version).conditions[0].places == 4  # a step saves nothing
    assert len(read(version).conditions) == 1


@pytest.mark.parametrize("step", ["add", "remove-0", "field-0", "language-0", "copy-99", "remove-x", "copy-"])
def test_a_step_of_the_form_keeps_what_was_typed(as_, ktu, aveiro, ruta, step):
    version = agreeing.propose(ktu, aveiro, ruta)
    data = typed(version, terms__remarks="typed words", step=step)
    answer = as_(ruta).post(at("edit", version), data)
    assert answer.status_code == 200
    assert "typed words" in words(answer)


def test_a_form_that_was_tampered_with_is_refused_without_a_crash(as_, ktu, aveiro, ruta):
    version = agreeing.propose(ktu, aveiro, ruta)
    for changed in (
        {"conditions__0__sends": "7"}, {"conditions__0__kind": "flying"}, {"conditions__0__months": "1e9"},
        {"conditions__0__months": "NaN"}, {"conditions__0__sending_unit": "nonsense"}, {"terms__first_year": "2026"},
        {"conditions-total": "9" * 5000}, {"conditions__0__levels": "99"}, {"sides__1__contact_email": "nobody"},
        {"terms__remarks": "\x00"}, {"conditions__0__places": "0"}, {"conditions__0__languages__0__language": "xx"},
    ):  # fmt: skip
        assert as_(ruta).post(at("edit", version), typed(version, **changed)).status_code in (302, 422), (
            changed
        )


def test_a_save_over_somebody_elses_shows_both_and_loses_nothing(as_, ktu, aveiro, ruta):
    version = agreeing.propose(ktu, aveiro, ruta)
    mine = typed(version, conditions__0__places="9", terms__remarks="my words")
    agreeing.rewrite(version, ruta, remarks="their words")
    answer = as_(ruta).post(at("edit", version), mine)
    assert answer.status_code == 409
    for said in ("<del>their words</del>", "<ins>my words</ins>", "<ins>9</ins>"):
        assert said in words(answer)
    assert read(version).remarks == "their words"
    version.refresh_from_db()
    mine["seen"] = version.changed_at.isoformat()
    assert "my words" in words(as_(ruta).post(at("edit", version), mine | {"step": "look"}))
    assert as_(ruta).post(at("edit", version), mine | {"step": "over"}).status_code == 302
    assert read(version).remarks == "my words"


def test_the_first_form_sent_twice_begins_one_agreement(as_, ktu, aveiro, ruta):
    for university in (ktu, aveiro):
        factories.MembershipFactory(university=university)
    data = {"partner": aveiro.pk, "first_year": "2027/2028", "last_year": "2028/2029"}
    places = {as_(ruta).post(f"{REGISTER}new/", data)["Location"] for _ in range(2)}
    assert len(places) == 1
    assert Agreement.objects.count() == 1


# The steps


def test_sent_twice_is_sent_once_and_said_so(as_, ktu, aveiro, ruta):
    version = agreeing.propose(ktu, aveiro, ruta)
    data = {"seen": version.changed_at.isoformat(), "approve": "on"}
    for _ in range(2):
        answer = as_(ruta).post(at("send", version), data, follow=True)
        assert answer.redirect_chain[-1][0] == version.agreement.get_absolute_url()
    assert "It was sent already:" in words(answer)
    version.refresh_from_db()
    assert (version.status, version.approvals.count()) == ("approved_one", 1)


def test_a_draft_that_was_saved_meanwhile_is_not_sent_unread(as_, ktu, aveiro, ruta):
    version = agreeing.propose(ktu, aveiro, ruta)
    seen = version.changed_at.isoformat()
    agreeing.rewrite(version, ruta, remarks="their words")
    answer = as_(ruta).post(at("send", version), {"seen": seen})
    assert answer.status_code == 409
    assert "their words" in words(answer)
    version.refresh_from_db()
    assert version.status == "draft"


def test_the_page_of_approval_shows_the_fingerprint_that_it_carries(as_, ktu, aveiro, ruta, bruno):
    version = agreeing.sent(ktu, aveiro, ruta)
    page = words(as_(bruno).get(at("approve", version)))
    assert page.count(version.digest) == 2
    assert f'name="digest" value="{version.digest}"' in page


def test_an_approval_of_what_is_not_current_is_refused_with_the_way_to_what_is(as_, ktu, aveiro, ruta, bruno):
    version = agreeing.sent(ktu, aveiro, ruta)
    answer = as_(bruno).post(at("approve", version), {"digest": "0" * 64})
    assert answer.status_code == 409
    assert version.agreement.get_absolute_url() in words(answer)
    actions.withdraw(version, by=ruta)
    answer = as_(bruno).post(at("approve", version), {"digest": version.digest})
    assert answer.status_code == 409
    assert not version.approvals.exists()


def test_of_two_colleagues_the_second_is_told_who_approved(as_, ktu, aveiro, ruta, bruno):
    version = agreeing.sent(ktu, aveiro, ruta)
    actions.approve(version, digest=version.digest, by=bruno)
    colleague = factories.UserFactory(name="Segunda Pessoa")
    factories.AppointmentFactory(user=colleague, role="mobility_coordinator", university=aveiro)
    answer = as_(colleague).post(at("approve", version), {"digest": version.digest}, follow=True)
    assert "Approved already by Bruno Exemplo" in words(answer)
    assert version.approvals.count() == 1


def test_a_signature_of_tomorrow_is_told_at_its_field(as_, ktu, aveiro, ruta, bruno):
    version = agreeing.sent(ktu, aveiro, ruta)
    data = {"digest": version.digest, "signed_by": "Rector", "signed_on": "2030-01-01", **agreeing.people(2)}
    answer = as_(bruno).post(at("approve", version), data)
    assert answer.status_code == 422
    assert "This day has not come yet." in words(answer)
    assert not version.approvals.exists()


def test_a_return_needs_words_and_reaches_the_author(as_, ktu, aveiro, ruta, bruno):
    version = agreeing.sent(ktu, aveiro, ruta)
    assert as_(bruno).post(at("return", version), {"comment": " "}).status_code == 422
    assert as_(bruno).post(at("return", version), {"comment": "Four, please."}).status_code == 302
    assert as_(bruno).post(at("return", version), {"comment": "Again."}).status_code == 302
    assert "Four, please." in words(as_(ruta).get(version.agreement.get_absolute_url()))


def test_a_change_begun_twice_is_one_draft(as_, ktu, aveiro, ruta, bruno):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    address = reverse("members:agreement_change", args=[agreement.uuid])
    assert as_(ruta).post(address, {"reason": ""}).status_code == 422
    answers = [as_(ruta).post(address, {"reason": "More places."})["Location"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert agreement.versions.count() == 2
    assert as_(bruno).get(address).status_code == 409


def test_the_office_says_in_whose_name_it_writes(as_, ktu, aveiro, ruta, bruno, egle):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    address = reverse("members:agreement_change", args=[agreement.uuid])
    assert as_(egle).post(address, {"reason": "More."}).status_code == 422
    assert as_(egle).post(address, {"reason": "More.", "university": aveiro.pk}).status_code == 302
    assert AgreementVersion.objects.get(number=2).author_side == aveiro


def test_notice_offers_the_years_that_are_possible_and_is_given_once(as_, ktu, aveiro, ruta, bruno):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    address = reverse("members:agreement_terminate", args=[agreement.uuid])
    assert 'value="2026/2027"' not in words(as_(ruta).get(address))
    data = {"ends_after": "2028/2029", "reason": "No demand."}
    assert as_(ruta).post(address, data | {"ends_after": "2026/2027"}).status_code == 422
    for _ in range(2):
        assert as_(ruta).post(address, data).status_code == 302
    agreement.refresh_from_db()
    assert (agreement.status, agreement.ends_after) == ("terminated", "2028/2029")


def test_a_proposal_is_abandoned_by_a_post_alone(as_, ktu, aveiro, ruta):
    agreement = agreeing.sent(ktu, aveiro, ruta).agreement
    address = reverse("members:agreement_abandon", args=[agreement.uuid])
    assert as_(ruta).get(address).status_code == 200
    agreement.refresh_from_db()
    assert agreement.status == "proposed"
    for _ in range(2):
        assert as_(ruta).post(address).status_code == 302
    agreement.refresh_from_db()
    assert agreement.status == "abandoned"
