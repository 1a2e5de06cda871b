import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from members.models import (
    Appointment,
    Centre,
    CentreNetwork,
    Contact,
    FieldOfEducation,
    Figure,
    Identifier,
    Membership,
    Organisation,
    OrganisationalUnit,
    Role,
    Scheme,
    University,
)  # fmt: skip
from tests import factories

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 5, 1)


@pytest.mark.parametrize(
    ("scheme", "value", "good"),
    [
        (Scheme.ERASMUS, "LT KAUNAS02", True), (Scheme.ERASMUS, "D  HAMBURG03", True),
        (Scheme.ERASMUS, "IRLDUBLIN04", True), (Scheme.ERASMUS, "D HAMBURG03", False),
        (Scheme.ERASMUS, "lt kaunas02", False), (Scheme.PIC, "999844961", True), (Scheme.PIC, "99984496", False),
        (Scheme.ROR, "https://ror.org/01me6gb93", True), (Scheme.ROR, "01me6gb93", False),
        (Scheme.SCHAC, "ktu.lt", True), (Scheme.SCHAC, "ktu", False), (Scheme.OID, "E10208664", True),
    ],
)  # fmt: skip
def test_codes_are_checked_by_their_scheme(ktu, scheme, value, good):
    identifier = Identifier(organisation=ktu.organisation, scheme=scheme, value=value)
    if good:
        identifier.full_clean()
    else:
        with pytest.raises(ValidationError, match=r"This is not an? (Erasmus code|PIC|ROR id|SCHAC domain)"):
            identifier.full_clean()


def test_a_code_belongs_to_one_organisation_but_an_oid_may_be_shared(ktu, aveiro):
    Identifier.objects.create(organisation=ktu.organisation, scheme=Scheme.PIC, value="999844961")
    with pytest.raises(IntegrityError, match="members_identifier_once"), transaction.atomic():
        Identifier.objects.create(organisation=aveiro.organisation, scheme=Scheme.PIC, value="999844961")
    for university in (ktu, aveiro):
        Identifier.objects.create(organisation=university.organisation, scheme=Scheme.OID, value="E10208664")


def test_standing_follows_the_membership_in_force(ktu, aveiro, trento):
    Membership.objects.create(university=ktu, kind="member", valid_until=DAY)
    Membership.objects.create(university=aveiro, kind="associate", valid_from=DAY + dt.timedelta(days=1))

    def standing(day):
        return {row.slug: row.standing for row in University.objects.with_standing(day)}

    assert standing(DAY) == {"ktu": "member", "aveiro": None, "trento": None}
    assert standing(DAY + dt.timedelta(days=1)) == {"ktu": None, "aveiro": "associate", "trento": None}
    assert [u.slug for u in University.objects.members_on(DAY)] == ["ktu"]


def test_memberships_of_one_university_do_not_overlap(ktu):
    Membership.objects.create(university=ktu, kind="member", valid_until=DAY)
    with pytest.raises(IntegrityError, match="members_membership_no_overlap"), transaction.atomic():
        Membership.objects.create(university=ktu, kind="associate", valid_from=DAY)


def test_a_membership_that_ends_before_it_begins_is_refused_in_words(ktu):
    reversed_ = Membership(
        university=ktu, kind="member", valid_from=DAY, valid_until=DAY - dt.timedelta(days=1)
    )
    with pytest.raises(ValidationError, match="ends before it begins"):
        reversed_.full_clean()


@pytest.mark.parametrize(
    ("qualifier", "said"), [("exactly", "150"), ("about", "about 150"), ("over", "over 150")]
)
def test_a_figure_says_how_sure_it_is(qualifier, said):
    assert Figure(kind="faculties", value=150, qualifier=qualifier, year=2024).said == said


def test_the_newest_figure_of_the_alliance_counts(ktu):
    for year in (2023, 2024):
        Figure.objects.create(kind="students", value=year, year=year)
    Figure.objects.create(university=ktu, kind="students", value=1, year=2025)
    assert [figure.value for figure in Figure.objects.of_the_alliance()] == [2024]


@pytest.mark.parametrize("half", [{"latitude": None, "longitude": 24}, {"latitude": 54, "longitude": None}])
def test_half_a_pair_of_coordinates_is_refused_by_the_database_too(ktu, half):
    row = University.objects.filter(pk=ktu.pk)
    row.update(latitude=54, longitude=24)
    with pytest.raises(IntegrityError, match="members_university_coordinates"), transaction.atomic():
        row.update(**half)
    row.update(latitude=None, longitude=None)


def test_coordinates_out_of_range_are_refused(ktu):
    ktu.latitude, ktu.longitude = 91, 10
    with pytest.raises(ValidationError) as refused:
        ktu.full_clean()
    assert "latitude" in refused.value.message_dict


def test_names_are_found_without_their_marks(ktu):
    factories.UniversityFactory(
        organisation__name="Politechnika Łódzka", organisation__city="Łódź", slug="lodz"
    )
    assert [u.slug for u in University.objects.search("lodzka")] == ["lodz"]
    assert [u.slug for u in University.objects.search("kaun tech")] == ["ktu"]
    assert not University.objects.search("' OR 1=1 --").exists()


def test_records_are_named_in_words(ktu):
    organisation = ktu.organisation
    appointment = factories.AppointmentFactory(university=ktu, user__name="Ana B")
    network = CentreNetwork(name_en="InnHUB")
    named = {
        "KTU": organisation, "Ana B: Student": appointment, "KTU: Member": Membership(university=ktu, kind="member"),
        "PIC 999844961": Identifier(organisation=organisation, scheme="pic", value="999844961"),
        "Students 2024": Figure(kind="students", value=1, year=2024), "InnHUB": network,
        "InnHUB Kaunas": Centre(name_en="InnHUB Kaunas"), "Office": Contact(name="Office"),
        "0613 Software": FieldOfEducation(code="0613", name_en="Software"),
        "Faculty": OrganisationalUnit(name_en="Faculty"), "": OrganisationalUnit(),
    }  # fmt: skip
    for words, record in named.items():
        assert str(record) == words


def test_an_organisation_is_found_by_name_and_by_code(ktu, aveiro):
    Identifier.objects.create(organisation=ktu.organisation, scheme=Scheme.PIC, value="999844961")
    assert list(Organisation.objects.by_identifier(Scheme.PIC, "999844961")) == [ktu.organisation]
    assert list(Organisation.objects.search("aveiro")) == [aveiro.organisation]


def test_holders_of_a_role_are_those_who_can_sign_in(dainius, ktu, aveiro):
    assert [row.user for row in Appointment.objects.holders(Role.PROJECT_MANAGER)] == [dainius]
    assert [row.user for row in Appointment.objects.holders(Role.PROJECT_MANAGER, ktu.pk)] == [dainius]
    assert not Appointment.objects.holders(Role.PROJECT_MANAGER, aveiro.pk).exists()
    dainius.is_active = False
    dainius.save()
    assert not Appointment.objects.holders(Role.PROJECT_MANAGER).exists()


def test_periods_in_order_are_accepted(ktu):
    Membership(university=ktu, kind="member", valid_from=DAY, valid_until=DAY).full_clean()
    Membership(university=ktu, kind="member").full_clean()


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "Kaunas University of Technology"), ("lt", "Kauno technologijos universitetas")],
)
def test_a_university_is_shown_by_the_name_its_readers_know(language, shown):
    from django.utils.translation import override

    university = factories.UniversityFactory(
        organisation__name="Kaunas University of Technology",
        organisation__local_name="Kauno technologijos universitetas",
        organisation__local_language="lt",
    )
    with override(language):
        assert university.name_shown == shown


def test_names_that_a_register_has_in_capitals_are_read_in_small_letters():
    organisation = Organisation(name="KLAIPEDOS UNIVERSITETAS", city="KLAIPEDA")
    assert (organisation.name_shown, organisation.city_shown) == ("Klaipedos Universitetas", "Klaipeda")
