"""CORDIS's tables of projects and of organisations, alone and together."""

import io
import zipfile

import pytest

from members.models import Organisation
from projects.imports import cordis, work
from projects.models import Import, Project
from tests import factories
from tests.projects import planted
from tests.projects.importing import begun, checked, chosen, said, taken_over, upload, url

pytestmark = pytest.mark.django_db
PROJECTS = ["id", "acronym", "status", "title", "startDate", "endDate", "totalCost", "ecMaxContribution", "legalBasis",
            "topics", "frameworkProgramme", "masterCall", "subCall", "fundingScheme", "nature", "objective",
            "contentUpdateDate", "rcn", "grantDoi"]  # fmt: skip
ORGANISATIONS = ["projectID", "projectAcronym", "organisationID", "vatNumber", "name", "shortName", "SME",
                 "activityType", "street", "postCode", "city", "country", "nutsCode", "geolocation", "organizationURL",
                 "contactForm", "order", "role", "ecContribution", "netEcContribution", "totalCost",
                 "endOfParticipation", "active"]  # fmt: skip


@pytest.fixture
def manager(client, dainius, programmes):
    client.force_login(dainius)
    return client


@pytest.fixture
def porto(db):
    organisation = factories.OrganisationFactory(name="Invented University of Porto", country="PT")
    organisation.identifiers.create(scheme="pic", value="999111222")
    return organisation


def row_of(headings, **said):
    return [str(said.get(name, "")) for name in headings]


def project(code="101000001", **said):
    given = {"acronym": "ACME", "title": "A title", "frameworkProgramme": "ERASMUS",
             "startDate": "2026-01-01", "endDate": "2027-01-01",
             "ecMaxContribution": "1000,5", "objective": "An aim."}  # fmt: skip
    return row_of(PROJECTS, id=code, **given | said)


def takes_part(code="101000001", **said):
    given = {"organisationID": "999111222", "name": "INVENTED UNIVERSITY OF PORTO", "country": "PT",
             "role": "participant", "endOfParticipation": "false"}  # fmt: skip
    return row_of(ORGANISATIONS, projectID=code, **given | said)


def table(headings, *rows):
    return planted.as_csv([headings, *rows], delimiter=";")


def packed(*, by=zipfile.ZIP_DEFLATED, **tables):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", by) as archive:
        for name, content in tables.items():
            archive.writestr(f"{name}.csv", content)
    return file.getvalue()


def parts_of(code):
    partners = Project.objects.get(code=code).partnerships.all()
    return {str(one.organisation): one.part for one in partners}


NEW = {"organisationID": "888777666", "name": "Lab; of | Dreams", "country": "EL", "role": "coordinator"}


def test_zip_of_cordis_brings_projects_with_their_organisations(manager, ktu, porto):
    content = packed(
        project=table(PROJECTS, project(), project("101000002", title="Another")),
        organization=table(
            ORGANISATIONS, takes_part(), takes_part("101000002"), takes_part(**NEW),
            takes_part(name="Gone Ltd", organisationID="1", endOfParticipation="true"), takes_part("101999999"),
        ),
        topics=table(["projectID", "topic"], ["101000001", "T"]),
    )  # fmt: skip
    batch = begun(manager, content, "cordis.zip")
    assert "tables of projects and of organisations" in manager.get(url(batch)).content.decode()
    assert batch.settings["mark"] == ","
    assert chosen(manager, batch, partners="make", mark=",").status_code == 302
    work.work_on_all()
    page = manager.get(url(batch)).content.decode()
    assert "Organisations in CORDIS’s table: 5, in projects: 3" in page.replace("&#x27;", "’").replace(
        "'", "’"
    )
    assert "participation has ended: 1." in page
    assert "project.csv has no row: 1." in page
    assert "Partners: 2" in page
    assert "1 organisation is not on record and would be made." in page
    assert "Greece · PIC 888777666" in page
    manager.post(url(batch, "take-over/"), {"rows": "all"})
    work.work_on_all()
    batch.refresh_from_db()
    assert batch.status == Import.Status.DONE, (said(batch), batch.outcome)
    made = Organisation.objects.get(country="GR")
    assert made.name == "Lab; of | Dreams"
    assert made.identifiers.get().value == "888777666"
    assert parts_of("101000001") == {str(porto): "beneficiary", str(made): "coordinator"}
    assert parts_of("101000002") == {str(porto): "beneficiary"}
    assert Project.objects.get(code="101000001").funding_lines.get().amount == 1000.5


@pytest.mark.parametrize("form", ["csv", "zip", "old headings"])
def test_organisations_alone_fill_the_partners_of_projects_by_number(form, manager, ktu, aveiro, porto):
    factories.ProjectFactory(code="101000001", lead=ktu, title_en="Here")
    headings = ORGANISATIONS
    if form == "old headings":
        headings = ["id" if name == "organisationID" else name for name in ORGANISATIONS]
    aside = takes_part(name=aveiro.organisation.name, organisationID="5", role="associatedPartner")
    rows = [takes_part(), takes_part("101999999"), aside]  # not in the order of the projects
    content = table(headings, *rows)
    content = packed(organization=content) if form == "zip" else content
    batch = checked(manager, content, "organization.csv")
    assert said(batch) == [
        (3, "projectID", "No project here has this number, and the file has neither titles nor periods from which to "
         "make one.", False)
    ]  # fmt: skip
    manager.post(url(batch, "take-over/"), {"rows": "good"})
    work.work_on_all()
    assert parts_of("101000001") == {str(porto): "beneficiary", str(aveiro.organisation): "associated"}
    again = checked(manager, content, "organization.csv")
    assert again.outcome["counts"]["same"] == 1


def test_page_says_what_organisations_alone_do(manager, ktu):
    batch = begun(manager, table(ORGANISATIONS, takes_part()), "organization.csv")
    page = manager.get(url(batch)).content.decode()
    assert "table of organisations. Its rows are shown together by project" in page
    assert (batch.columns, batch.rows_total) == (["projectID", "organisations"], 1)


def test_partner_that_is_not_known_is_refused_by_name_unless_chosen_otherwise(manager, ktu):
    factories.ProjectFactory(code="101000001", lead=ktu)
    batch = checked(manager, table(ORGANISATIONS, takes_part(**NEW)), "organization.csv")
    assert said(batch)[0][2] == "“Lab; of | Dreams” is not an organisation that the portal knows."


def test_new_organisations_are_made_once_by_pic_and_by_name(manager, ktu):
    lab = {"name": "Lab of Dreams", "country": "GR"}
    rows = [
        takes_part(organisationID="888777666", **lab),
        takes_part("2", organisationID="888777666", name="Dream Laboratory", country="GR"),
        takes_part("3", organisationID="", name="LAB OF DREAMS", country="GR"),
        takes_part("4", organisationID="888777665", **lab),
        takes_part("5", organisationID="12", name="No Code", country="DE"),
    ]  # fmt: skip
    for code in ("101000001", "2", "3", "4", "5"):
        factories.ProjectFactory(code=code, lead=ktu)
    batch = checked(manager, table(ORGANISATIONS, *rows), "organization.csv", partners="make")
    assert batch.outcome["newcomers"]["count"] == 3
    manager.post(url(batch, "take-over/"), {"rows": "all"})
    work.work_on_all()
    assert sorted(Organisation.objects.filter(country="GR").values_list("identifiers__value", flat=True)) == [
        "888777665", "888777666",
    ]  # fmt: skip
    first, second, third, fourth = (
        Project.objects.get(code=code).partnerships.get().organisation
        for code in ("101000001", "2", "3", "4")
    )
    assert first == second != fourth
    assert third in (first, fourth)
    assert not Organisation.objects.get(country="DE").identifiers.exists()
    assert checked(manager, table(ORGANISATIONS, *rows[:2]), "again.csv").outcome["counts"]["same"] == 2


def test_organisation_that_somebody_put_on_record_after_the_check_is_taken(manager, ktu):
    factories.ProjectFactory(code="101000001", lead=ktu)
    batch = checked(manager, table(ORGANISATIONS, takes_part(**NEW)), "organization.csv", partners="make")
    there = factories.OrganisationFactory(name="Laboratory of Dreams", country="GR")
    there.identifiers.create(scheme="pic", value="888777666")
    manager.post(url(batch, "take-over/"), {"rows": "all"})
    work.work_on_all()
    assert parts_of("101000001") == {str(there): "coordinator"}


def test_import_is_cancelled_while_the_organisations_are_gathered(manager, ktu, monkeypatch):
    monkeypatch.setattr(cordis, "_AT_ONCE", 2)
    content = packed(organization=table(ORGANISATIONS, *[takes_part(str(number)) for number in range(9)]))
    upload(manager, content, "cordis.zip")
    hold = work.claim()
    batch = Import.objects.get()
    Import.objects.update(cancel_asked=True)
    beats = []
    monkeypatch.setattr(work.Hold, "beat", _counting(work.Hold.beat, beats))
    work.work(hold)
    batch.refresh_from_db()
    assert (batch.status, len(beats)) == (Import.Status.CANCELLED, 1)


def _counting(beat, beats):
    return lambda hold, done: (beats.append(done), beat(hold, done))


def test_projects_alone_in_a_zip_come_in(manager, ktu):
    batch = taken_over(manager, packed(project=table(PROJECTS, project())), mark=",")
    assert (batch.status, Project.objects.get().partnerships.count()) == (Import.Status.DONE, 0)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_lines_in_a_zip_may_end_as_on_any_computer(end, manager, ktu):
    content = table(PROJECTS, project()).replace(b"\r\n", b"\n").replace(b"\n", end.encode())
    batch = taken_over(manager, packed(project=content), mark=",")
    assert (batch.status, Project.objects.get().code) == (Import.Status.DONE, "101000001")


def oddly_packed():
    """Packed by a way whose own settings, the fifth byte of the packed bytes, make no sense."""
    content = bytearray(packed(by=zipfile.ZIP_LZMA, project=table(PROJECTS, project())))
    content[30 + len("project.csv") + 4] = 0xFF
    return bytes(content)


@pytest.mark.parametrize(
    "content", [oddly_packed(), packed(by=zipfile.ZIP_BZIP2, project=table(PROJECTS, project()))]
)
def test_zip_that_is_packed_in_another_way_than_zips_are_is_refused_in_words(content, manager, ktu):
    response = upload(manager, content, "odd.zip")
    assert response.status_code == 422
    assert "Pack it again" in response.content.decode()
    assert not Import.objects.exists()


def test_more_organisations_than_a_project_can_have_are_refused_and_none_is_left_out(manager, ktu):
    factories.ProjectFactory(code="101000001", lead=ktu)
    rows = [
        takes_part(organisationID=str(number), name=f"Lab {number}" + "x" * 3000) for number in range(400)
    ]
    organisations = cordis.Organisations(lambda: None)
    organisations.gather(ORGANISATIONS, enumerate(rows, 2))
    assert len(organisations.of("101000001")) < 400_000
    batch = checked(manager, table(ORGANISATIONS, *rows), "organization.csv")
    assert said(batch) == [(2, "organisations", "More than 300 stand in this cell.", False)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (packed(letters=b"a,b\n1,2\n"), "This is not a table"),
        (packed(), "This is not a table"),
        (packed(project=table(PROJECTS, project(objective="a" * 3_000_000))), "too large"),
        (packed(project=table(PROJECTS, project()))[:-40], "can&#x27;t be read"),
    ],
)
def test_zip_that_is_none_of_cordis_is_refused_in_words(content, words, manager, ktu):
    response = upload(manager, content, "odd.zip")
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Import.objects.exists()


def test_zip_whose_packed_bytes_are_broken_is_told_and_changes_nothing(manager, ktu):
    rows = [project(f"1010{number:05}", objective=f"An aim {number}.") for number in range(9000)]
    content = bytearray(packed(project=table(PROJECTS, *rows)))
    middle = len(content) // 2
    content[middle : middle + 200] = bytes(200)
    batch = begun(manager, bytes(content), "broken.zip")
    page = manager.get(url(batch)).content.decode()
    assert "This ZIP file is broken. Download it again." in page
    assert not batch.rows.exists()
