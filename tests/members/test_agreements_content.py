"""What a version says as plain values: its fingerprint, what is refused, what is missing."""

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.actions import agreements
from members.agreements import checks
from members.agreements.content import (
    ConditionContent,
    FieldContent,
    LanguageContent,
    SideContent,
    VersionContent,
    digest,
    digest_of,
    read,
    same,
)
from members.forms.agreement_typed import DRAWN_IN_ALL, number, typed
from members.models import AgreementVersion, Condition, Kind
from members.models.exchange import year_of
from tests import factories
from tests.members import agreeing

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
YEARS = st.integers(2024, 2040).map(year_of)
AMOUNT = st.none() | st.decimals(Decimal("0.01"), Decimal("9999.99"), places=2)
FIELD = st.builds(FieldContent, st.sampled_from(["0613", "0611", "0714"]), TEXT)
LANGUAGE = st.builds(
    LanguageContent,
    st.sampled_from(["en", "lt", "pt"]),
    st.sampled_from(["A1", "B2"]),
    st.sampled_from(["", "0613"]),
)

CONDITION = st.builds(
    ConditionContent,
    kind=st.sampled_from(Kind.values), sends=st.sampled_from([1, 2]), first_year=YEARS, last_year=YEARS,
    places=st.integers(1, 999), months=AMOUNT, days=AMOUNT, blended=st.booleans(),
    levels=st.lists(st.sampled_from([5, 6, 7, 8]), unique=True).map(tuple),
    fields=st.lists(FIELD, max_size=3).map(tuple), languages=st.lists(LANGUAGE, max_size=3).map(tuple),
    sending_unit=st.none() | st.uuids(), receiving_unit=st.none() | st.uuids(), remarks=TEXT,
    origin=st.none() | st.uuids(),
)  # fmt: skip
SIDES = (SideContent(1, UUID(int=1), contact_name="Rūta"), SideContent(2, UUID(int=2)))
CONTENT = st.builds(
    VersionContent, agreement=st.just(UUID(int=3)), first_year=YEARS, last_year=YEARS, sides=st.just(SIDES),
    conditions=st.lists(CONDITION, max_size=4).map(tuple), remarks=TEXT, reason=TEXT,
)  # fmt: skip


def shuffled(rows, seed):
    return tuple(random.Random(seed).sample(rows, len(rows)))


@given(CONTENT, st.integers())
def test_the_fingerprint_does_not_depend_on_the_order_of_rows_or_on_what_links_them(content, seed):
    conditions = [
        replace(
            c, fields=shuffled(c.fields, seed), languages=shuffled(c.languages, seed),
            levels=shuffled(c.levels, seed), origin=uuid4(),
        )
        for c in content.conditions
    ]  # fmt: skip
    other = replace(content, conditions=shuffled(conditions, seed), sides=tuple(reversed(content.sides)))
    assert digest(other) == digest(content)
    assert same(other, content)


@given(CONTENT)
def test_the_fingerprint_does_not_depend_on_the_language_in_use_or_on_trailing_naughts(content):
    with translation.override("en"):
        english = digest(content)
    more_exact = tuple(
        replace(c, months=None if c.months is None else c.months.quantize(Decimal("0.001")))
        for c in content.conditions
    )
    with translation.override("lt"):
        assert digest(content) == english == digest(replace(content, conditions=more_exact))


CHANGES = {
    "first_year": "2028/2029", "last_year": "2030/2031", "remarks": "x", "reason": "x", "agreement": UUID(int=9),
    "sides": (replace(SIDES[0], unit=UUID(int=5)), SIDES[1]), "conditions": (),
}  # fmt: skip
SIDE_CHANGES = dict.fromkeys(checks.SIDE_TEXTS, "x") | {"unit": UUID(int=8), "university": UUID(int=7)}
CONDITION_CHANGES = {
    "kind": "student_traineeship", "sends": 2, "first_year": "2028/2029", "last_year": "2028/2029", "places": 5,
    "months": Decimal(21), "days": Decimal(1), "blended": True, "levels": (6,), "fields": (), "languages": (),
    "sending_unit": UUID(int=1), "receiving_unit": UUID(int=1), "remarks": "x",
}  # fmt: skip
WHOLE = VersionContent(UUID(int=3), "2027/2028", "2029/2030", SIDES, (agreeing.STUDIES,))


def test_every_value_changes_the_fingerprint():
    """A field that is added to the content and forgotten in the canonical form turns this red."""
    found = {digest(WHOLE)}
    others = [replace(WHOLE, **{name: value}) for name, value in CHANGES.items()]
    others += [
        replace(WHOLE, sides=(replace(SIDES[0], **{name: value}), SIDES[1]))
        for name, value in SIDE_CHANGES.items()
    ]
    others += [
        replace(WHOLE, conditions=(replace(agreeing.STUDIES, **{name: value}),))
        for name, value in CONDITION_CHANGES.items()
    ]
    skill = agreeing.STUDIES.languages[0]
    for languages in (
        replace(skill, language="lt"),
        replace(skill, level="C1"),
        replace(skill, field="0613"),
    ):
        others.append(replace(WHOLE, conditions=(replace(agreeing.STUDIES, languages=(languages,)),)))
    clearer = (FieldContent("0613", "x"),)
    others.append(replace(WHOLE, conditions=(replace(agreeing.STUDIES, fields=clearer),)))
    found |= {digest(other) for other in others}
    assert len(found) == len(others) + 1
    assert set(CHANGES) == set(VersionContent.__dataclass_fields__)
    assert set(SIDE_CHANGES) | {"place"} == set(SideContent.__dataclass_fields__)
    assert set(CONDITION_CHANGES) | {"origin"} == set(ConditionContent.__dataclass_fields__)


def test_every_column_that_says_something_is_in_the_content():
    """So that nothing can be agreed on without being fingerprinted."""
    links = {"id", "uuid", "version", "origin", "position"}
    columns = {field.name for field in Condition._meta.fields} - links
    assert columns == (set(ConditionContent.__dataclass_fields__) - {"sends", "fields", "languages", "origin"}) | {
        "sending", "receiving",
    }  # fmt: skip


@pytest.fixture
def draft(autumn_2026, ktu, aveiro, ruta):
    return agreeing.propose(ktu, aveiro, ruta)


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(conditions=st.lists(CONDITION, max_size=3), remarks=TEXT)
def test_whatever_is_stored_is_read_back_the_same(draft, ruta, conditions, remarks):
    for code in ("0613", "0611", "0714"):
        factories.FieldFactory(code=code)
    content = replace(
        read(draft), conditions=tuple(replace(c, sending_unit=None, receiving_unit=None) for c in conditions),
        remarks=remarks, first_year="2024/2025", last_year="2040/2041",
    )  # fmt: skip
    try:
        stored = agreements.write(draft, content, by=ruta, seen=None)
    except agreements.Refused:
        return
    assert same(read(stored), content)
    assert digest_of(AgreementVersion.objects.get()) == digest(content)


# Places of faults.


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"first_year": "2027"}, "first_year"),
        ({"first_year": "2027/2029"}, "first_year"),
        ({"first_year": "2030/2031"}, "last_year"),
    ],
)
def test_years_are_refused_at_their_place(change, place, draft):
    assert place in checks.faults(replace(read(draft), **change))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"kind": "holiday"}, "kind"),
        ({"sends": 3}, "sends"),
        ({"places": 0}, "places"),
        ({"places": 1000}, "places"),
        ({"places": -1}, "places"),
        ({"months": Decimal("0")}, "months"),
        ({"months": Decimal("-1")}, "months"),
        ({"months": Decimal("123456")}, "months"),
        ({"months": Decimal("NaN")}, "months"),
        ({"days": Decimal("5")}, "days"),
        ({"kind": "staff_training"}, "months"),
        ({"kind": "staff_training", "months": None}, "levels"),
        ({"kind": "staff_training", "months": None, "levels": (), "blended": True}, "blended"),
        ({"levels": (4,)}, "levels"),
        ({"levels": (6, 6)}, "levels"),
        ({"first_year": "2026/2027"}, "first_year"),
        ({"last_year": "2031/2032"}, "last_year"),
        ({"first_year": "2029/2030", "last_year": "2028/2029"}, "last_year"),
        ({"fields": (FieldContent("061"),)}, "fields.0.code"),
        ({"fields": (FieldContent("9999"),)}, "fields.0.code"),
        ({"fields": (FieldContent("0613"), FieldContent("0613", "x"))}, "fields.1.code"),
        ({"fields": (FieldContent("0613", "x" * 201),)}, "fields.0.clarification"),
        ({"languages": (LanguageContent("xx", "B2"),)}, "languages.0.language"),
        ({"languages": (LanguageContent("", "B2"),)}, "languages.0.language"),
        ({"languages": (LanguageContent("en", "NS"),)}, "languages.0.level"),
        ({"languages": (LanguageContent("en", "B2", "06"),)}, "languages.0.field"),
        ({"languages": (LanguageContent("en", "B2"), LanguageContent("en", "C1"))}, "languages.1.language"),
        ({"sending_unit": UUID(int=4)}, "sending_unit"),
    ],
)
def test_a_condition_is_refused_at_its_place_and_nothing_is_stored(change, place, draft, ruta):
    factories.FieldFactory(code="061", name_en="Narrow")
    before = digest_of(draft)
    content = replace(read(draft), conditions=(replace(agreeing.STUDIES, **change),))
    with pytest.raises(agreements.Refused) as refused:
        agreements.write(draft, content, by=ruta, seen=None)
    assert f"conditions.0.{place}" in refused.value.places
    assert digest_of(AgreementVersion.objects.get()) == before


@pytest.mark.django_db
def test_units_are_those_of_their_own_side(draft, ktu, aveiro, ruta):
    own, theirs = factories.UnitFactory(university=ktu), factories.UnitFactory(university=aveiro)
    content = read(draft)
    first, second = content.sides
    wrong = replace(
        content, sides=(replace(first, unit=theirs.uuid), second),
        conditions=(replace(agreeing.STUDIES, sending_unit=theirs.uuid, receiving_unit=own.uuid),),
    )  # fmt: skip
    assert set(checks.faults(wrong)) == {
        "sides.1.unit", "conditions.0.sending_unit", "conditions.0.receiving_unit",
    }  # fmt: skip
    right = replace(
        content, sides=(replace(first, unit=own.uuid), replace(second, unit=theirs.uuid)),
        conditions=(replace(agreeing.STUDIES, sending_unit=own.uuid, receiving_unit=theirs.uuid),),
    )  # fmt: skip
    stored = agreements.write(draft, right, by=ruta, seen=None)
    assert same(read(stored), right)


@pytest.mark.django_db
def test_people_are_checked_and_there_are_not_endless_conditions(draft):
    content = read(draft)
    side = replace(content.sides[1], contact_email="nobody", signatory_name="x" * 201)
    assert set(checks.faults(replace(content, sides=(content.sides[0], side)))) == {
        "sides.2.contact_email", "sides.2.signatory_name",
    }  # fmt: skip
    assert set(checks.faults(replace(content, conditions=(agreeing.STUDIES,) * 41))) == {"conditions"}


@pytest.mark.django_db
def test_a_draft_is_kept_without_the_level_of_a_language_and_not_sent(draft, ruta):
    bare = replace(read(draft).conditions[0], languages=(LanguageContent("en", ""),))
    agreeing.rewrite(draft, ruta, conditions=(bare,))
    version = type(draft).objects.get(pk=draft.pk)
    assert read(version).conditions[0].languages == (LanguageContent("en", ""),)
    with pytest.raises(agreements.Incomplete) as told:
        agreements.send(version, by=ruta)
    assert told.value.places == {"conditions.0.languages.0.level": ["Choose the level."]}
    with pytest.raises(IntegrityError), transaction.atomic():
        version.conditions.get().languages.update(level="B9")


@pytest.mark.django_db
def test_what_is_missing_is_told_before_it_is_sent(draft, ruta, at):
    content = read(draft)
    bare = tuple(replace(c, languages=(), levels=()) for c in content.conditions)
    traineeship = replace(agreeing.STUDIES, kind="student_traineeship", languages=())
    training = replace(agreeing.TEACHING, kind="staff_training", languages=())
    agreeing.rewrite(draft, ruta, conditions=(*bare, traineeship, training))
    with pytest.raises(agreements.Incomplete) as told:
        agreements.send(draft, by=ruta)
    assert set(told.value.places) == {
        "conditions.0.languages",
        "conditions.0.levels",
        "conditions.1.languages",
    }
    agreeing.rewrite(draft, ruta, conditions=())
    with at(dt.datetime(2030, 9, 1, 12, tzinfo=dt.UTC)), pytest.raises(agreements.Incomplete) as told:
        agreements.send(draft, by=ruta)
    assert set(told.value.places) == {"conditions", "last_year"}


@pytest.mark.django_db
def test_charters_that_are_missing_gone_or_over_are_pointed_out(draft, ktu, aveiro):
    today = dt.date(2027, 1, 1)
    assert len(checks.warnings(draft, today=today)) == 2
    for university, until in ((ktu, today), (aveiro, today - dt.timedelta(days=1))):
        university.organisation.charter_until = until
        university.organisation.save()
    assert checks.warnings(draft, today=today) == ["The Erasmus charter of UA has ended."]
    ktu.organisation.charter_gone_on = today
    ktu.organisation.save()
    assert checks.warnings(draft, today=today)[0] == "KTU is not in the list of Erasmus charter holders."


def test_rows_that_no_page_offers_to_add_are_not_drawn():
    sent = QueryDict(mutable=True)
    sent["conditions-total"] = "30"
    for i in range(30):
        sent[f"conditions-{i}-places"] = "1"
        sent[f"conditions-{i}-languages-total"] = "40"
        for j in range(40):
            sent[f"conditions-{i}-languages-{j}-level"] = "B2"
    rows = typed(sent)["conditions"]
    assert len(rows) == 30
    assert sum(len(row["languages"]) for row in rows) == DRAWN_IN_ALL


@pytest.mark.parametrize("value", ["1e9999999", "1E5", "9" * 30, "NaN", "--1"])
def test_what_is_no_number_of_months_is_refused(value):
    with pytest.raises(ValueError, match=value[:5]):
        number(value)
