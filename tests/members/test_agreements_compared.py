"""Differences of versions, balances with partners, and what of agreements everybody may know."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation

from members.actions import agreements
from members.agreements import balance, public, stays
from members.agreements.content import FieldContent, LanguageContent, read
from members.agreements.difference import Fate, between, compare
from members.models import Condition, Contact
from tests import factories
from tests.members import agreeing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("autumn_2026")]


@pytest.fixture
def agreement(ktu, aveiro, ruta, bruno):
    return agreeing.agreed(ktu, aveiro, ruta, bruno)


# Differences.


def test_a_change_is_told_field_by_field_in_words(agreement, ruta, aveiro):
    factories.FieldFactory(
        code="0714", name_en="Electronics and automation", name_lt="Elektronika ir automatika"
    )
    unit = factories.UnitFactory(
        university=aveiro, name_en="Department of Robotics", name_lt="Robotikos katedra"
    )
    draft = agreements.change(agreement, by=ruta, reason="More.")
    studies, teaching = read(draft).conditions
    studies = replace(
        studies, places=6, months=Decimal("30.00"), levels=(7,), blended=True, receiving_unit=unit.uuid,
        fields=(*studies.fields, FieldContent("0714", "Robots")), languages=(LanguageContent("en", "C1"),),
    )  # fmt: skip
    side = replace(read(draft).sides[1], unit=unit.uuid, contact_name="Open Desk")
    agreeing.rewrite(
        draft, ruta, conditions=(teaching, studies), last_year="2030/2031", sides=(read(draft).sides[0], side),
    )  # fmt: skip
    parts = between(agreement.current, draft)
    assert [(part.title, part.fate) for part in parts] == [
        ("The whole agreement", Fate.CHANGED), ("UA", Fate.CHANGED), ("Student studies: KTU → UA", Fate.CHANGED),
    ]  # fmt: skip
    field = "0613 Software and applications development and analysis"
    assert [(c.label, c.before, c.after) for part in parts for c in part.changes] == [
        ("Academic years", "2027/2028 – 2029/2030", "2027/2028 – 2030/2031"),
        ("Unit", "", "Department of Robotics"),
        ("Contact", "Desk 2", "Open Desk"),
        ("Receiving unit", "", "Department of Robotics"),
        ("Places a year", "4", "6"),
        ("Months a year in all", "20", "30"),
        ("Blended exchanges too", "No", "Yes"),
        ("Levels", "Bachelor (EQF 6), Master (EQF 7)", "Master (EQF 7)"),
        ("Fields", field, f"{field}; 0714 Electronics and automation (Robots)"),
        ("Languages", "English B2", "English C1"),
    ]
    with translation.override("lt"):
        said = str(between(agreement.current, draft))
        assert "Robotikos katedra" in said
        assert "Elektronika ir automatika" in said


def test_conditions_that_come_and_go_are_told_whole(agreement, ruta):
    draft = agreements.change(agreement, by=ruta, reason="Other.")
    studies, _teaching = read(draft).conditions
    training = replace(agreeing.TEACHING, kind="staff_training", sends=1, languages=())
    agreeing.rewrite(draft, ruta, conditions=(studies, training))
    added, removed = between(agreement.current, draft)
    assert (added.title, added.fate) == ("Staff training: KTU → UA", Fate.ADDED)
    assert (removed.title, removed.fate) == ("Staff teaching: UA → KTU", Fate.REMOVED)
    assert {c.before for c in added.changes} == {""} == {c.after for c in removed.changes}
    assert "2" in {c.after for c in added.changes}
    assert "10" in {c.before for c in removed.changes}


def test_a_condition_that_turned_round_is_the_same_one(agreement, ruta):
    draft = agreements.change(agreement, by=ruta, reason="Turned.")
    studies, teaching = read(draft).conditions
    agreeing.rewrite(draft, ruta, conditions=(replace(studies, sends=2), teaching))
    [part] = between(agreement.current, draft)
    assert [(c.before, c.after) for c in part.changes] == [("KTU → UA", "UA → KTU")]


def test_a_copy_differs_in_nothing(agreement, ruta):
    assert between(agreement.current, agreements.change(agreement, by=ruta, reason="Same.")) == []


def test_a_comparison_costs_the_same_whatever_there_is(agreement, ruta, django_assert_num_queries):
    draft = agreements.change(agreement, by=ruta, reason="Many.")
    before, after = read(agreement.current), read(draft)
    many = replace(after, conditions=tuple(replace(agreeing.STUDIES, places=n) for n in range(1, 30)))
    with django_assert_num_queries(2):
        compare(before, after)
    with django_assert_num_queries(2):
        assert len(compare(before, many)) == 31
    agreeing.rewrite(draft, ruta, conditions=many.conditions)
    with django_assert_num_queries(1):
        read(draft)


# Balances.


def told(lines):
    return [(str(line.kind or "total"), line.out, line.back, line.difference) for line in lines]


def test_a_balance_adds_up_what_was_agreed_by_kind_and_direction(
    agreement, ktu, aveiro, trento, ruta, bruno, chiara
):
    agreeing.agreed(ktu, aveiro, ruta, bruno, replace(agreeing.STUDIES, places=3))
    agreeing.agreed(trento, ktu, chiara, ruta, replace(agreeing.STUDIES, places=5))
    agreeing.sent(ktu, aveiro, ruta)  # is not in force
    first, second = balance.balances(ktu, "2027/2028")
    assert (first.partner, second.partner) == (aveiro, trento)
    assert told(first.lines) == [("student_studies", 7, 0, -7), ("staff_teaching", 0, 2, 2)]
    assert {(line.sent, line.received) for line in first.lines} == {(None, None)}
    assert told(second.lines) == [("student_studies", 0, 5, 5)]
    assert balance.balances(ktu, "2026/2027") == [] == balance.balances(ktu, "2030/2031")


def test_students_and_staff_are_never_added_together(ktu, aveiro, trento, ruta, bruno, chiara):
    training = replace(agreeing.TEACHING, kind="staff_training", sends=1, places=6, languages=())
    flows = [agreeing.STUDIES, replace(agreeing.STUDIES, kind="student_traineeship", sends=2, places=1)]
    agreeing.agreed(ktu, aveiro, ruta, bruno, *flows, agreeing.TEACHING, training)
    agreeing.agreed(ktu, trento, ruta, chiara, agreeing.STUDIES, agreeing.TEACHING)
    whole, few = balance.balances(ktu, "2027/2028")
    assert told(whole.rows) == [
        ("student_studies", 4, 0, -4), ("student_traineeship", 0, 1, 1), ("total", 4, 1, -3),
        ("staff_teaching", 0, 2, 2), ("staff_training", 6, 0, -6), ("total", 6, 2, -4),
    ]  # fmt: skip
    assert [line.of_students for line in whole.rows if not line.kind] == [True, False]
    assert told(few.rows) == [("student_studies", 4, 0, -4), ("staff_teaching", 0, 2, 2)]
    assert told(balance.summed([whole, few])) == [
        ("student_studies", 8, 0, -8), ("student_traineeship", 0, 1, 1), ("total", 8, 1, -7),
        ("staff_teaching", 0, 4, 4), ("staff_training", 6, 0, -6), ("total", 6, 4, -2),
    ]  # fmt: skip
    [staff] = balance.balances(ktu, "2027/2028", ("staff_training",))
    assert told(staff.rows) == [("staff_training", 6, 0, -6)]


def test_a_balance_counts_stays_as_soon_as_somebody_keeps_them(agreement, ktu, aveiro, trento):
    def count(university_id, year):
        assert (university_id, year) == (ktu.pk, "2027/2028")
        return [
            stays.Flow(aveiro.pk, "student_studies", True, 5),
            stays.Flow(aveiro.pk, "student_traineeship", False, 2),
            stays.Flow(trento.pk, "student_traineeship", False, 1),
        ]

    def people(lines):
        return [(str(line.kind or "total"), line.sent, line.received) for line in lines]

    with stays.only(mobility=count):
        agreed, without = balance.balances(ktu, "2027/2028")
    assert people(agreed.rows) == [
        ("student_studies", 5, 0), ("student_traineeship", 0, 2), ("total", 5, 2), ("staff_teaching", 0, 0),
    ]  # fmt: skip
    assert told(without.rows) == [("student_traineeship", 0, 0, 0)]
    assert people(balance.summed([agreed, without]))[1:3] == [("student_traineeship", 0, 3), ("total", 5, 3)]
    assert not stays.known()
    with stays.only():
        stays.register("mobility", count)
        assert stays.known()


def test_the_years_of_a_balance_reach_from_the_first_agreed_one_to_the_last(agreement, ktu, trento):
    assert balance.years(ktu, "2026/2027") == ["2026/2027", "2027/2028", "2028/2029", "2029/2030"]
    assert balance.years(ktu, "2028/2029") == ["2027/2028", "2028/2029", "2029/2030"]
    assert balance.years(trento, "2026/2027") == ["2026/2027"]


def test_balances_cost_two_queries(agreement, ktu, trento, ruta, chiara, django_assert_num_queries):
    with django_assert_num_queries(2):
        balance.balances(ktu, "2027/2028")
    for _more in range(2):
        agreeing.agreed(ktu, trento, ruta, chiara)
    with django_assert_num_queries(2):
        assert len(balance.balances(ktu, "2027/2028")) == 2


# What everybody may know.


def test_what_is_public_names_places_and_never_people_or_remarks(ktu, aveiro, ruta, bruno):
    Contact.objects.create(
        university=ktu, name="CANARY Signer", duty="institutional", email="canary@ktu.example"
    )
    agreement = agreeing.agreed(
        ktu, aveiro, ruta, bruno, replace(agreeing.STUDIES, remarks="CANARY condition"), remarks="CANARY whole",
        reason="CANARY reason",
    )  # fmt: skip
    agreements.set_code(agreement.sides.get(place=1), "CANARY code", by=ruta)
    [partner] = public.partners_of(ktu, "2027/2028")
    assert partner.university == aveiro
    assert partner.last_year == "2029/2030"
    [flow] = partner.flows
    assert (flow.kind, flow.outgoing, flow.places, flow.blended) == ("student_studies", True, 4, False)
    assert [int(level) for level in flow.levels] == [6, 7]
    assert [field.code for field in flow.fields] == ["0613"]
    assert flow.languages == [("en", "B2")]
    assert "CANARY" not in repr([partner, flow.__dict__, [vars(field) for field in flow.fields]])
    [incoming] = public.partners_of(aveiro, "2027/2028")
    assert (incoming.university, incoming.flows[0].outgoing) == (ktu, False)
    assert public.incoming_places([ktu, aveiro], "2027/2028") == {aveiro.pk: 4}


def test_what_is_not_in_force_is_not_public(agreement, ktu, aveiro, trento, ruta, at):
    agreeing.sent(ktu, trento, ruta)
    draft = agreements.change(agreement, by=ruta, reason="Many more.")
    agreeing.rewrite(draft, ruta, conditions=(replace(agreeing.STUDIES, places=900),))
    agreements.send(draft, by=ruta)
    assert [p.university for p in public.partners_of(ktu, "2027/2028")] == [aveiro]
    assert public.incoming_places([aveiro], "2027/2028") == {aveiro.pk: 4}
    with at(dt.datetime(2027, 1, 1, tzinfo=dt.UTC)):
        agreements.terminate(agreement, by=ruta, ends_after="2027/2028", reason="Closed.")
    [partner] = public.partners_of(ktu, "2027/2028")
    assert partner.last_year == "2027/2028"
    assert public.partners_of(ktu, "2028/2029") == []
    assert not Condition.objects.offered("2028/2029").exists()


def test_what_is_public_costs_the_same_for_one_partner_and_for_two(
    agreement, ktu, trento, ruta, chiara, django_assert_num_queries
):
    with django_assert_num_queries(5):
        public.partners_of(ktu, "2027/2028")
    agreeing.agreed(ktu, trento, ruta, chiara)
    with django_assert_num_queries(5):
        assert len(public.partners_of(ktu, "2027/2028")) == 2
