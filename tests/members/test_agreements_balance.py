"""The page of balances with partners: whose it is, what it counts, what it leaves apart; and the tables to keep."""

import csv
import io
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from members.agreements import stays
from members.agreements.content import read
from members.register import told
from tests.members import agreeing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("autumn_2026")]
URL = "/en/universities/agreements/balance/"
TRAINEESHIP = replace(agreeing.STUDIES, kind="student_traineeship", sends=2, places=1)


@pytest.fixture
def as_(client):
    """`as_(person)` is a client that is signed in as that person."""

    def sign_in(person):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def agreement(ktu, aveiro, ruta, bruno):
    return agreeing.agreed(ktu, aveiro, ruta, bruno, agreeing.STUDIES, TRAINEESHIP, agreeing.TEACHING)


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def rows(response):
    """The numbers of each row, by its heading."""
    return [
        [cell.split(">")[-1] for cell in row.split("<tr")[-1].replace("</th>", "</td>").split("</td>")[:-1]]
        for row in text(response).split("<tbody>", 1)[1].split("</tr>")
        if 'scope="row"' in row
    ]


def test_each_kind_has_its_row_and_students_their_total(as_, agreement, ruta):
    page = as_(ruta).get(f"{URL}?year=2027-2028")
    assert rows(page) == [
        ["Student studies", "4", "0", "−4"], ["Student traineeship", "0", "1", "1"],
        ["Students in all", "4", "1", "−3"], ["Staff teaching", "0", "2", "2"],
    ]  # fmt: skip
    assert "No stays yet" in text(page)
    assert "Nothing agreed for this academic year" in text(as_(ruta).get(URL))


def test_people_are_counted_as_soon_as_there_are_stays(as_, agreement, ktu, aveiro, ruta):
    def count(university_id, year):
        return [stays.Flow(aveiro.pk, "student_studies", True, 3)] if university_id == ktu.pk else []

    with stays.only(mobility=count):
        page = as_(ruta).get(f"{URL}?year=2027-2028")
    assert rows(page)[0] == ["Student studies", "4", "0", "−4", "3", "0"]
    assert "People received" in text(page)
    assert "No stays yet" not in text(page)


def test_students_or_staff_alone_can_be_looked_at(as_, agreement, ruta):
    assert [row[0] for row in rows(as_(ruta).get(f"{URL}?year=2027-2028&people=staff"))] == ["Staff teaching"]


def test_several_partners_are_summed_up(as_, agreement, ktu, trento, ruta, chiara):
    agreeing.agreed(ktu, trento, ruta, chiara, agreeing.STUDIES)
    page = as_(ruta).get(f"{URL}?year=2027-2028")
    assert "All partners" in text(page)
    assert rows(page)[5] == ["Student studies", "8", "0", "−8"]
    assert "All partners" not in text(as_(chiara).get(f"{URL}?year=2027-2028"))


@pytest.mark.parametrize(
    "bad", ["year=1999-2000", "year=%00", "people=pets", "university=aveiro", "university=%00"]
)
def test_what_is_not_offered_is_left_out_and_said_so(as_, agreement, ruta, bad):
    assert "It was left out" in text(as_(ruta).get(f"{URL}?{bad}"))


def test_a_coordinator_sees_the_balance_of_the_own_university_alone(
    as_, agreement, ktu, trento, ruta, chiara
):
    agreeing.agreed(ktu, trento, ruta, chiara, agreeing.STUDIES)
    page = as_(chiara).get(f"{URL}?year=2027-2028&university=ktu")
    assert rows(page) == [["Student studies", "0", "4", "4"]]
    assert agreement.sides.get(place=2).university.organisation.name not in text(page)


def test_the_office_chooses_among_the_universities_that_have_agreements(as_, agreement, egle):
    page = text(as_(egle).get(f"{URL}?year=2027-2028&university=aveiro"))
    assert '<option value="aveiro" selected>' in page
    assert '<option value="ktu">' in page
    assert "trento" not in page


def test_without_any_agreement_the_office_is_told_so(as_, egle):
    assert "No agreements yet" in text(as_(egle).get(URL))
    assert as_(egle).get(f"{URL}balance.csv").status_code == 404


def test_the_table_to_keep_has_a_row_for_each_partner_and_kind(as_, agreement, ruta):
    reader, query = as_(ruta), "?year=2027-2028&people=students"
    table = list(
        csv.DictReader(io.StringIO(reader.get(f"{URL}balance.csv{query}").content.decode("utf-8-sig")))
    )
    found = [
        (row["partner_slug"], row["kind"], row["agreed_out"], row["difference"], row["sent"]) for row in table
    ]
    assert found == [
        ("aveiro", "student_studies", "4", "-4", ""),
        ("aveiro", "student_traineeship", "0", "1", ""),
    ]
    book = load_workbook(io.BytesIO(reader.get(f"{URL}balance.xlsx{query}").content))
    assert [row[4] for row in book.active.iter_rows(values_only=True)] == [
        "kind", "student_studies", "student_traineeship",
    ]  # fmt: skip


@pytest.mark.parametrize("number", [1, 3])
def test_a_balance_takes_the_same_queries_for_one_partner_and_three(
    as_, agreement, ktu, trento, ruta, chiara, number, django_assert_num_queries
):
    for _ in range(number - 1):
        agreeing.agreed(ktu, trento, ruta, chiara)
    reader = as_(ruta)
    with django_assert_num_queries(8):
        reader.get(f"{URL}?year=2027-2028")


def test_an_agreement_says_its_places_by_kind_and_years_of_the_same_stand_together(as_, agreement, ruta):
    short = replace(TRAINEESHIP, first_year="2028/2029", last_year="2028/2029")
    content = replace(read(agreement.current), conditions=(agreeing.STUDIES, short))
    found = [
        (one.first_year, one.last_year, [line.back for line in one.lines]) for one in told.years(content, 1)
    ]
    assert found == [
        ("2027/2028", "2027/2028", [0]), ("2028/2029", "2028/2029", [0, 1, 1]), ("2029/2030", "2029/2030", [0]),
    ]  # fmt: skip
    page = text(as_(ruta).get(agreement.get_absolute_url()))
    assert page.count("2027/2028 – 2029/2030</th>") == 1
    assert "Students in all" in page
    assert "Balance with all partners" in page


def test_an_agreement_that_notice_ended_early_has_no_years(agreement):
    content = read(agreement.current)
    assert told.years(content, 1, ends_after="2026/2027") == []
    assert [one.last_year for one in told.years(content, 1, ends_after="2028/2029")] == ["2028/2029"]


def test_the_register_counts_places_of_students_and_of_staff_apart(as_, agreement, ruta):
    page = text(as_(ruta).get("/en/universities/agreements/"))
    places = [cell.split("</span>")[0].split("<span>")[1] for cell in page.split('<td class="num"')[1:]]
    assert places == ["4 students", "1 student<br>2 staff"]
