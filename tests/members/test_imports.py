"""The lists that come in as files."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command

from ground import clock
from members.imports import (
    Counts,
    ListError,
    WrongRows,
    import_charters,
    load_charters,
    load_fields,
    load_members,
    plan,
    read_charters,
    reading,
)
from members.imports.reading import told
from members.models import FieldOfEducation, Identifier, Membership, Organisation, Scheme, University
from tests import factories

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 4, 8)
LATER = dt.date(2026, 10, 1)
HEADER = "erasmus_code,pic,oid,legal_name,street,post_code,city,country,website,eche_start,eche_end,proposal_number\n"
HAMBURG = (
    "D  HAMBURG03,999838753,E10208607,TECHNISCHE UNIVERSITAT HAMBURG,Am Schwarzenberg 95,21073,Hamburg,DE,"
    "https://www.tuhh.de,2021-01-01,2029-12-31,101\n"
)
CRETE = (
    "G  KRITIS01,999895013,,PANEPISTIMIO  KRITIS,Gallos 1,74100,RETHYMNO,EL,"
    "HTTP://www.uoc.gr,2021-01-01,2029-12-31,102\n"
)
PRISTINA = (
    "XK PRISHTI01,947637059,E10090000,UNIVERSITETI I PRISHTINES,Rr 1,10000,PRISHTINE,XK,,"
    "2021-01-01,2029-12-31,103\n"
)


def rows(*lines):
    return list(read_charters(io.StringIO(HEADER + "".join(lines), newline="")))


def take_over(*lines, day=DAY):
    return import_charters(rows(*lines), day=day)


def by_code(scheme, value):
    return Organisation.objects.by_identifier(scheme, value).get()


def everything():
    """All organisations and codes, to see whether anything changed."""
    columns = [f.attname for f in Organisation._meta.concrete_fields if f.name != "search"]
    return (
        list(Organisation.objects.order_by("pk").values_list(*columns)),
        list(Identifier.objects.order_by("pk").values_list()),
    )


def test_a_new_holder_is_stored_with_its_codes_as_they_stand_in_the_list():
    assert take_over(HAMBURG) == Counts(new=1)
    hamburg = by_code(Scheme.ERASMUS, "D  HAMBURG03")
    assert (hamburg.name, hamburg.city, hamburg.country) == (
        "TECHNISCHE UNIVERSITAT HAMBURG",
        "Hamburg",
        "DE",
    )
    assert hamburg.charter_until == dt.date(2029, 12, 31)
    assert set(hamburg.identifiers.values_list("scheme", "value")) == {
        ("erasmus", "D  HAMBURG03"), ("pic", "999838753"), ("oid", "E10208607"),
    }  # fmt: skip


def test_the_name_is_found_by_the_search_without_diacritics():
    take_over(HAMBURG.replace("UNIVERSITAT", "UNIVERSITÄT"))
    assert Organisation.objects.search("universitat hamb").count() == 1


def test_greece_is_stored_under_its_iso_code_and_kosovo_keeps_its_own():
    take_over(CRETE, PRISTINA)
    assert by_code(Scheme.ERASMUS, "G  KRITIS01").country == "GR"
    assert by_code(Scheme.ERASMUS, "XK PRISHTI01").country == "XK"


def test_spaces_in_names_are_single_and_addresses_of_the_web_are_links_or_nothing():
    take_over(CRETE, HAMBURG.replace("https://www.tuhh.de", "javascript:alert(1)"))
    crete = by_code(Scheme.PIC, "999895013")
    assert (crete.name, crete.website) == ("PANEPISTIMIO KRITIS", "http://www.uoc.gr")
    assert by_code(Scheme.PIC, "999838753").website == ""


def test_a_second_import_of_the_same_list_changes_nothing():
    take_over(HAMBURG, CRETE)
    before = everything()
    assert take_over(HAMBURG, CRETE, day=LATER) == Counts(unchanged=2)
    assert everything() == before


def test_changed_rows_are_counted_and_written():
    take_over(HAMBURG, CRETE)
    moved = HAMBURG.replace("Hamburg,DE", "Harburg,DE")
    assert take_over(moved, CRETE) == Counts(changed=1, unchanged=1)
    assert by_code(Scheme.PIC, "999838753").city == "Harburg"


def test_an_organisation_is_found_again_by_its_pic_when_its_erasmus_code_changed():
    take_over(HAMBURG)
    counts = take_over(HAMBURG.replace("D  HAMBURG03", "D  HAMBURG99"))
    assert counts == Counts(changed=1)
    assert Organisation.objects.count() == 1
    assert by_code(Scheme.PIC, "999838753").identifiers.get(scheme=Scheme.ERASMUS).value == "D  HAMBURG99"


def test_an_organisation_is_found_again_by_its_erasmus_code_when_its_pic_changed():
    take_over(HAMBURG)
    assert take_over(HAMBURG.replace("999838753", "111111111")) == Counts(changed=1)
    assert Organisation.objects.count() == 1


def test_a_code_that_moved_to_another_holder_moves_with_the_list():
    take_over(HAMBURG, CRETE)
    swapped = [HAMBURG.replace("D  HAMBURG03", "G  KRITIS01"), CRETE.replace("G  KRITIS01", "D  HAMBURG03")]
    assert take_over(*swapped) == Counts(changed=2)
    assert by_code(Scheme.ERASMUS, "G  KRITIS01") == by_code(Scheme.PIC, "999838753")


def test_a_new_holder_with_an_old_erasmus_code_is_not_taken_for_the_old_holder():
    take_over(HAMBURG)
    renamed = HAMBURG.replace("D  HAMBURG03", "D  HAMBURG99")
    newcomer = HAMBURG.replace("999838753", "111111111").replace("E10208607", "")
    assert take_over(renamed, newcomer) == Counts(new=1, changed=1)
    assert by_code(Scheme.ERASMUS, "D  HAMBURG03") == by_code(Scheme.PIC, "111111111")


def test_one_oid_may_stand_in_two_rows():
    take_over(HAMBURG, CRETE.replace("999895013,,", "999895013,E10208607,"))
    assert Identifier.objects.filter(scheme=Scheme.OID, value="E10208607").count() == 2


def test_a_holder_that_left_the_list_is_marked_and_stays():
    take_over(HAMBURG, CRETE)
    assert take_over(HAMBURG, day=LATER) == Counts(unchanged=1, gone=1)
    assert by_code(Scheme.PIC, "999895013").charter_gone_on == LATER
    assert take_over(HAMBURG, day=dt.date(2027, 1, 1)) == Counts(unchanged=1)
    assert by_code(Scheme.PIC, "999895013").charter_gone_on == LATER


def test_a_holder_that_came_back_is_no_longer_marked():
    take_over(HAMBURG, CRETE)
    take_over(HAMBURG, day=LATER)
    assert take_over(HAMBURG, CRETE) == Counts(changed=1, unchanged=1)
    assert by_code(Scheme.PIC, "999895013").charter_gone_on is None


def test_organisations_that_were_never_in_the_list_are_not_marked():
    firm = factories.OrganisationFactory(name="A firm", kind=Organisation.Kind.COMPANY)
    take_over(HAMBURG)
    firm.refresh_from_db()
    assert firm.charter_gone_on is None


def test_the_name_that_the_office_gave_a_member_stays():
    take_over(HAMBURG)
    member = factories.UniversityFactory(organisation=by_code(Scheme.PIC, "999838753"))
    Organisation.objects.filter(pk=member.organisation_id).update(name="Hamburg University of Technology")
    changed = HAMBURG.replace("2029-12-31", "2028-12-31")
    assert take_over(changed) == Counts(changed=1)
    member.organisation.refresh_from_db()
    assert member.organisation.name == "Hamburg University of Technology"
    assert member.organisation.charter_until == dt.date(2028, 12, 31)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (HAMBURG.replace("D  HAMBURG03", "D HAMBURG03"), "“D HAMBURG03”: This is not an Erasmus code."),
        (HAMBURG.replace("999838753", "99983875"), "“99983875”: This is not a PIC."),
        (HAMBURG.replace("E10208607", "10208607"), "“10208607”: This is not an OID."),
        (HAMBURG.replace("2029-12-31", "31/12/2029"), "“31/12/2029” is no day of a charter (eche_end)."),
        (HAMBURG.replace("2029-12-31", "0029-12-31"), "“0029-12-31” is no day of a charter (eche_end)."),
        (HAMBURG.replace("2029-12-31", "2019-12-31"), "The charter ends (2019-12-31) before it begins"),
        (HAMBURG.replace("Hamburg,DE", "Hamburg,Germany"), "“Germany” is not the code of a country."),
        (HAMBURG.replace("TECHNISCHE UNIVERSITAT HAMBURG", " "), "The legal name is missing."),
        (HAMBURG.replace("https://www.tuhh.de,", ""), "The number of values is wrong"),
        (HAMBURG.replace("\n", ",more\n"), "The number of values is wrong"),
        (CRETE.replace("999895013", "999895014"), "“G  KRITIS01” comes twice: it stands in line 2 already."),
        ('"unclosed', "The file cannot be read from here on"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line_and_nothing_is_stored(line, says):
    with pytest.raises(WrongRows) as refused:
        import_charters(read_charters(io.StringIO(HEADER + CRETE + line, newline="")), day=DAY)
    (row,) = refused.value.rows
    assert row.line == 3
    assert says in str(row)
    assert not Organisation.objects.exists()


def test_every_wrong_row_is_told_at_once_with_every_reason_and_the_good_ones_are_not_taken_over():
    spoilt = HAMBURG.replace("999838753", "9").replace("2029-12-31", "never")
    broken = '"D  TWO\nLINES01",1,E10000001,A,B,C,D,DE,,2021-01-01,2029-12-31,1\n'
    with pytest.raises(WrongRows, match="4 rows are wrong") as refused:
        take_over(spoilt, CRETE, "a,b\n", broken, CRETE)
    assert [(row.line, row.name) for row in refused.value.rows] == [
        (2, "TECHNISCHE UNIVERSITAT HAMBURG"), (4, ""), (5, "A"), (7, "PANEPISTIMIO KRITIS"),
    ]  # fmt: skip
    first = refused.value.rows[0]
    assert [words for words, _values in first.reasons] == [
        "“%(value)s”: %(problem)s",
        "“%(value)s” is no day of a charter (%(column)s). It is written as 2029-12-31.",
    ]
    assert not Organisation.objects.exists()


def test_reasons_are_told_in_the_language_of_the_reader(monkeypatch):
    with pytest.raises(WrongRows) as refused:
        take_over(HAMBURG.replace("999838753", "9"))
    monkeypatch.setattr(reading, "_", lambda words: f"[{words}]")
    (said,) = told(refused.value.rows[0].reasons)
    assert said.startswith("[“9”: [This is not a PIC.")
    assert said.endswith("]]")


def test_a_list_of_another_kind_is_read_no_further_than_its_first_thousands(monkeypatch):
    monkeypatch.setattr(reading, "MOST_WRONG", 3)
    with pytest.raises(WrongRows) as refused:
        take_over(*["a,b\n"] * 2, *[HAMBURG.replace("999838753", "9")] * 5)
    assert [row.line for row in refused.value.rows] == [2, 3, 4]
    assert refused.value.more


def test_an_empty_street_or_post_code_of_a_member_is_filled_and_no_other_is_written_over():
    take_over(HAMBURG)
    stored = by_code(Scheme.PIC, "999838753")
    listed = {"street": stored.street, "post_code": stored.post_code}
    factories.UniversityFactory(organisation=stored)
    Organisation.objects.filter(pk=stored.pk).update(street="", post_code="00000", city="")
    (change,) = plan(rows(HAMBURG)).changes
    assert (change.kind, change.fields) == ("changed", (("street", "", listed["street"]),))
    assert change.kept == (("post_code", "00000", listed["post_code"]), ("city", "", "Hamburg"))
    take_over(HAMBURG)
    stored.refresh_from_db()
    assert (stored.street, stored.post_code, stored.city) == (listed["street"], "00000", "")
    assert plan(rows(HAMBURG)).counts == Counts(unchanged=0, kept=1)


def test_what_the_office_wrote_of_a_member_is_kept_and_told_beside_what_the_list_says():
    take_over(HAMBURG, CRETE)
    member = factories.UniversityFactory(organisation=by_code(Scheme.PIC, "999838753"))
    Organisation.objects.filter(pk=member.organisation_id).update(
        name="Hamburg University of Technology", city=""
    )
    found = plan(rows(HAMBURG, CRETE))
    assert found.counts == Counts(unchanged=1, kept=1)
    (change,) = found.changes
    assert (change.kind, change.fields, change.member) == ("kept", (), True)
    assert change.kept == (
        ("name", "Hamburg University of Technology", "TECHNISCHE UNIVERSITAT HAMBURG"),
        ("city", "", "Hamburg"),
    )
    (moved, gone) = plan(rows(HAMBURG.replace("2029-12-31", "2028-12-31"))).changes
    assert (moved.kind, moved.kept) == ("changed", change.kept)
    assert (gone.kind, gone.member) == ("gone", False)
    assert [one.member for one in plan(rows(CRETE)).changes if one.kind == "gone"] == [True]


def test_schools_of_a_member_are_of_the_alliance_and_other_children_are_not():
    take_over(HAMBURG, CRETE, PRISTINA)
    group = factories.UniversityFactory().organisation
    by_code(Scheme.PIC, "999838753")
    Organisation.objects.filter(identifiers__value="999838753").update(parent=group)
    Organisation.objects.filter(identifiers__value="999895013").update(parent=factories.OrganisationFactory())
    gone = {one.name: one.member for one in plan(rows(PRISTINA)).changes if one.kind == "gone"}
    assert gone == {"TECHNISCHE UNIVERSITAT HAMBURG": True, "PANEPISTIMIO KRITIS": False}


def test_a_file_without_the_columns_is_refused():
    with pytest.raises(ListError, match="lacks these columns: city"):
        list(read_charters(io.StringIO(HEADER.replace("city,", ""))))


def test_an_empty_list_is_refused_so_that_nobody_is_marked_as_gone():
    take_over(HAMBURG)
    with pytest.raises(ListError, match="empty"):
        take_over()
    assert by_code(Scheme.PIC, "999838753").charter_gone_on is None


def test_the_fields_of_education_form_a_tree_in_both_languages():
    assert load_fields() == Counts(new=220)
    software = FieldOfEducation.objects.get(pk="0613")
    assert (software.parent_id, software.parent.parent_id) == ("061", "06")
    assert (FieldOfEducation.objects.get(pk="0421").name_en, FieldOfEducation.objects.get(pk="0421").name_lt) == (
        "Law", "Teisė",
    )  # fmt: skip
    assert FieldOfEducation.objects.get(pk="99").name_lt == "Sritis nežinoma"
    assert load_fields() == Counts(unchanged=220)


def test_a_field_that_was_renamed_by_hand_is_set_right():
    load_fields()
    FieldOfEducation.objects.filter(pk="0421").update(name_lt="Kita")
    assert load_fields() == Counts(changed=1, unchanged=219)
    assert FieldOfEducation.objects.get(pk="0421").name_lt == "Teisė"


def test_members_are_loaded_with_codes_zones_and_memberships_of_unknown_dates():
    load_members()
    ktu = University.objects.get(slug="ktu")
    assert (ktu.organisation.name, ktu.organisation.local_name, ktu.organisation.local_language, ktu.zone) == (
        "Kaunas University of Technology", "Kauno technologijos universitetas", "lt", "Europe/Vilnius",
    )  # fmt: skip
    assert set(ktu.organisation.identifiers.values_list("scheme", "value")) == {
        ("erasmus", "LT KAUNAS02"), ("pic", "999844961"), ("oid", "E10208664"), ("schac", "ktu.lt"),
        ("ror", "https://ror.org/01me6gb93"),
    }  # fmt: skip
    membership = ktu.memberships.get()
    assert (membership.kind, membership.valid_from, membership.valid_until) == ("member", None, None)
    assert University.objects.get(slug="monterrey").memberships.get().kind == "associate"


def test_the_group_has_no_code_of_its_own_and_its_schools_have_theirs():
    load_members()
    group = University.objects.get(slug="insa").organisation
    assert (group.kind, group.city, group.identifiers.filter(scheme=Scheme.ERASMUS).exists()) == (
        "group",
        "",
        False,
    )
    assert set(group.children.values_list("identifiers__value", flat=True)) >= {"F  LYON12", "F  RENNES10"}
    assert group.children.count() == 7


@pytest.mark.parametrize("charters_first", [False, True])
def test_members_and_charter_holders_are_the_same_organisations_in_either_order(charters_first):
    load_fields()
    if charters_first:
        load_charters(day=DAY)
    load_members()
    load_charters(day=DAY)
    # The list, and the group and the overseas associate, which are not in it.
    assert Organisation.objects.count() == 6142 + 2
    assert University.objects.get(slug="ktu").organisation.name == "Kaunas University of Technology"
    assert Membership.objects.count() == University.objects.count() == 14
    assert Identifier.objects.filter(scheme=Scheme.OID).count() == 6142 - 131
    assert Organisation.objects.filter(children__isnull=False).distinct().count() == 1


def test_loading_the_reference_data_twice_changes_nothing():
    call_command("load_reference", verbosity=0)
    before = everything()
    call_command("load_reference", verbosity=0)
    assert everything() == before


def test_what_the_office_changed_on_a_member_survives_a_second_loading():
    load_members()
    ktu = University.objects.get(slug="ktu")
    ktu.organisation.city = "Kaunas, Lithuania"
    ktu.organisation.save()
    assert load_members() == Counts(unchanged=21)
    assert University.objects.get(slug="ktu").organisation.city == "Kaunas, Lithuania"


def test_the_command_says_what_it_did(tmp_path, capsys):
    file = tmp_path / "list.csv"
    file.write_text("\ufeff" + HEADER + HAMBURG, encoding="utf-8")
    with clock.one_moment(dt.datetime(2026, 4, 8, 12, tzinfo=dt.UTC)):
        call_command("import_eche", str(file))
    assert capsys.readouterr().out == "list.csv: 1 new, 0 changed, 0 unchanged, 0 gone.\n"


@pytest.mark.parametrize("content", [b"", HEADER.encode() + b"\xff\xfe", HEADER.encode() + b"D,1\n"])
def test_the_command_refuses_what_is_not_such_a_list(tmp_path, content):
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=r"list\.csv was not taken over"):
        call_command("import_eche", str(file))


def test_the_command_says_when_the_file_cannot_be_read(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("import_eche", str(tmp_path / "absent.csv"))
