"""E-mail domains that ship with the portal, and the command that takes the charter list over."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from members.imports import load_email_domains, load_members
from members.imports.lists import DATA
from members.joining import domains
from members.models import EmailDomain, Identifier, Organisation, Scheme, University
from tests import factories
from tests.members.test_imports import CRETE, HAMBURG, HEADER, PRISTINA, by_code, everything, take_over

pytestmark = pytest.mark.django_db


def rows():
    return set(EmailDomain.objects.values_list("university__slug", "domain"))


def test_the_shipped_domains_are_those_of_the_lists_and_three_more():
    with (DATA / "eciu_email_domains.csv").open(newline="") as file:
        shipped = {row["domain"]: row["slug"] for row in csv.DictReader(file)}
    named = set()
    for name, column in (("eciu_members.csv", "schac_domain"), ("eciu_insa_schools.csv", "domain")):
        with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
            named |= {row[column] for row in csv.DictReader(file) if row[column]}
    assert set(shipped) == named | {"ktu.edu", "auc.dk", "student.aau.dk"}
    assert {slug for domain, slug in shipped.items() if domain.startswith("insa-")} == {"insa"}


def test_domains_are_loaded_once_and_what_the_office_changed_stays():
    load_members()
    first = load_email_domains()
    assert (first.new, first.unchanged) == (23, 0)
    assert {("ktu", "ktu.lt"), ("ktu", "ktu.edu"), ("insa", "insa-lyon.fr")} < rows()
    EmailDomain.objects.get(domain="ktu.edu").delete()
    EmailDomain.objects.filter(domain="auc.dk").update(university=University.objects.get(slug="aveiro"))
    EmailDomain.objects.create(university=University.objects.get(slug="ktu"), domain="stud.ktu.lt")
    kept = rows()
    again = load_email_domains()
    assert (again.new, again.changed, again.unchanged, again.gone) == (0, 0, 23, 0)
    assert rows() == kept


def test_a_domain_that_another_university_has_is_not_taken_from_it():
    load_members()
    EmailDomain.objects.create(university=University.objects.get(slug="aveiro"), domain="ktu.lt")
    load_email_domains()
    assert {pair for pair in rows() if pair[1] == "ktu.lt"} == {("aveiro", "ktu.lt")}
    assert ("ktu", "ktu.edu") in rows()


def test_schools_of_the_group_suggest_the_group():
    load_members()
    load_email_domains()
    assert domains.suggested("a@etud.insa-toulouse.fr").slug == "insa"
    assert domains.suggested("a@p.lodz.pl").slug == "lodz"
    assert domains.suggested("a@lodz.pl") is None


@pytest.fixture
def release(tmp_path):
    def write(*lines):
        path = tmp_path / "release.csv"
        path.write_text(HEADER + "".join(lines), encoding="utf-8")
        return path

    return write


def told(*arguments):
    out = StringIO()
    call_command("import_eche", *arguments, stdout=out)
    return out.getvalue()


def test_a_preview_tells_what_is_new_changed_and_gone_and_writes_nothing(release):
    take_over(HAMBURG, CRETE)
    before = everything()
    file = release(HAMBURG.replace("Am Schwarzenberg 95", "Am Schwarzenberg 96"), PRISTINA)
    lines = told(str(file), "--preview").splitlines()
    assert lines == [
        "release.csv: 1 new, 1 changed, 0 unchanged, 1 gone. Nothing was written.",
        "gone    G  KRITIS01   PANEPISTIMIO KRITIS (GR)",
        "changed D  HAMBURG03  TECHNISCHE UNIVERSITAT HAMBURG (DE)",
        "        street: Am Schwarzenberg 95 -> Am Schwarzenberg 96",
        "new     XK PRISHTI01  UNIVERSITETI I PRISHTINES (XK)",
    ]
    assert everything() == before


def test_what_the_preview_told_is_what_is_done_and_then_nothing_is_left(release):
    file = str(release(HAMBURG, CRETE))
    assert told(file, "--preview").startswith(
        "release.csv: 2 new, 0 changed, 0 unchanged, 0 gone. Nothing was"
    )
    assert not Organisation.objects.exists()
    assert told(file) == "release.csv: 2 new, 0 changed, 0 unchanged, 0 gone.\n"
    assert Identifier.objects.count() == 5
    assert (
        told(file, "--preview")
        == "release.csv: 0 new, 0 changed, 2 unchanged, 0 gone. Nothing was written.\n"
        "Taking it over would change nothing.\n"
    )


def test_a_preview_tells_first_which_members_are_gone_and_what_of_others_is_kept(release):
    take_over(HAMBURG, CRETE, PRISTINA)
    for pic, name in (
        ("999838753", "Hamburg University of Technology"),
        ("999895013", "University of Crete"),
    ):
        organisation = by_code(Scheme.PIC, pic)
        Organisation.objects.filter(pk=organisation.pk).update(name=name)
        factories.UniversityFactory(organisation=organisation)
    assert told(str(release(HAMBURG)), "--preview").splitlines() == [
        "release.csv: 0 new, 0 changed, 0 unchanged, 1 kept as the office wrote them, 2 gone. Nothing was written.",
        "!! Universities of the alliance that are no longer in the list: University of Crete.",
        "gone    G  KRITIS01   University of Crete (GR)  !! UNIVERSITY OF THE ALLIANCE",
        "gone    XK PRISHTI01  UNIVERSITETI I PRISHTINES (XK)",
        "kept    D  HAMBURG03  Hamburg University of Technology (DE)",
        "        name kept: ours Hamburg University of Technology, the list says TECHNISCHE UNIVERSITAT HAMBURG",
    ]


@pytest.mark.parametrize("preview", [["--preview"], []])
def test_the_command_tells_every_wrong_row_and_that_the_good_ones_wait(release, preview):
    file = release(HAMBURG.replace("999838753", "9"), CRETE, PRISTINA.replace("XK,,", "Kosovo,,"))
    with pytest.raises(CommandError) as refused:
        told(str(file), *preview)
    first, *others = str(refused.value).splitlines()
    assert first.startswith("release.csv was not taken over, the good rows neither")
    assert first.endswith("2 rows are wrong.")
    assert [line[:7] for line in others] == ["Line 2:", "Line 4:"]
    assert "“9”: This is not a PIC. It has nine digits" in others[0]
    assert not Organisation.objects.exists()
