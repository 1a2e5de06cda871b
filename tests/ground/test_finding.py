"""The words by which records are found, as the database keeps them."""

import uuid

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ground import text
from ground.search import Words
from members.models import Contact, Identifier, OrganisationalUnit
from projects.models import Project
from tests import factories

pytestmark = pytest.mark.django_db
LATIN = st.characters(min_codepoint=1, max_codepoint=0x24F)


def ask(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


def entry(kind, record):
    return ask("SELECT words::text FROM ground_entry WHERE kind = %s::text AND record = %s", kind, record.pk)


def known(word):
    return bool(ask("SELECT 1 FROM ground_titleword WHERE word = %s::text", word))


def near(typed):
    words = Words.of(typed)
    sql, values = words.neighbours()
    return words.with_near(ask(sql, *values)).near[0]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(LATIN | st.sampled_from("łŁøØđĐæÆœŒßðÐþÞıİ-/.0 ĄČĘĖĮŠŲŪŽ"), max_size=60))
def test_the_database_folds_as_the_portal_does(db, source):
    assert ask("SELECT ground_words(%s::text)", source) == [text.words(source)]


@given(st.text("abcde", min_size=1, max_size=8))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_leaves_letters_out_as_the_portal_does(db, word):
    (found,) = ask("SELECT ground_near(%s::text)", word)
    assert sorted(set(found)) == text.left_out(word)


@pytest.mark.parametrize(
    ("wrong", "how"),
    [("energyy", "one more"), ("enrgy", "one less"), ("enetgy", "another"), ("enegry", "two changed places"),
     ("nergy", "the first is missing"), ("energ", "the last is missing"), ("xenergy", "one before"),
     ("neergy", "the first two changed places"), ("energgy", "one twice")],
)  # fmt: skip
def test_one_wrong_letter_is_forgiven(wrong, how):
    factories.ProjectFactory(title_en="Energy for old houses")
    assert near(wrong) == ("energy",)


@pytest.mark.parametrize("wrong", ["ennergyy", "nerg", "eneygr", "energies", "energy", "en3rgy", "e"])
def test_two_wrong_letters_the_word_itself_and_codes_are_not(wrong):
    factories.ProjectFactory(title_en="Energy for old houses")
    words = Words.of(wrong)
    part = words.neighbours()
    assert words.with_near(ask(part[0], *part[1]) if part else []).near == ((),)


@given(st.text("abc", min_size=1, max_size=6), st.text("abc", min_size=1, max_size=6))
@settings(max_examples=300, deadline=None)
def test_words_that_differ_by_one_letter_share_what_they_become_with_one_left_out(one, other):
    def steps(word):
        for i in range(len(word) + 1):
            for letter in "abc":
                yield word[:i] + letter + word[i:]
                yield word[:i] + letter + word[i + 1 :] if i < len(word) else word
            yield word[:i] + word[i + 1 :]
            yield word[:i] + word[i : i + 2][::-1] + word[i + 2 :]

    assert text.one_off(one, other) == (one != other and other in set(steps(one)))
    if text.one_off(one, other):
        assert set(text.left_out(one)) & set(text.left_out(other))


def test_titles_are_remembered_whichever_way_they_come(ktu):
    made = factories.ProjectFactory(lead=ktu, title_en="Hydrogen")
    made.title_lt = "Vandenilis žaliajam transportui"
    made.save()
    Project.objects.filter(pk=made.pk).update(acronym="HYGREEN")
    more = {"starts_on": "2026-01-01", "ends_on": "2026-12-31", "lead": ktu, "title_en": "Photonics"}
    Project.objects.bulk_create([Project(code=f"B-{n}", key=f"b-{n}", **more) for n in range(3)])
    ask(
        "UPDATE projects_project SET title_en = 'Typed by hand: superconductors' WHERE id = %s RETURNING id",
        made.pk,
    )
    for word in (
        "hydrogen",
        "vandenilis",
        "zaliajam",
        "transportui",
        "hygreen",
        "photonics",
        "superconductors",
    ):
        assert known(word), word
    assert ask("SELECT count(*) FROM ground_titleword WHERE near = 'photonics'") == [1]


def test_words_that_are_known_are_not_written_again(ktu):
    factories.ProjectFactory(lead=ktu, title_en="Hydrogen")
    factories.NewsItemFactory(title_en="Hydrogen!")
    assert ask("SELECT count(*) FROM ground_titleword WHERE near = 'hydrogen'") == [1]


def test_an_entry_follows_its_record_at_once(ktu):
    unit = OrganisationalUnit.objects.create(university=ktu, name_en="Laboratory of waves", code="LAB-7")
    assert "'waves'" in entry("unit", unit)[0]
    assert "'lab7'" in entry("unit", unit)[0]
    OrganisationalUnit.objects.filter(pk=unit.pk).update(name_en="Laboratory of tides")
    assert "'waves'" not in entry("unit", unit)[0]
    assert OrganisationalUnit.objects.search("tid lab7").get() == unit
    unit.delete()
    assert entry("unit", unit) == []


def test_names_of_people_go_with_their_record_and_when_it_is_no_longer_public(ktu):
    contact = Contact.objects.create(university=ktu, name="Živilė Šermukšnytė", is_public=True)
    assert known("sermuksnyte")
    Contact.objects.filter(pk=contact.pk).update(is_public=False)
    assert not known("sermuksnyte")
    Contact.objects.filter(pk=contact.pk).update(is_public=True, name="Živilė Putinė")
    assert not known("sermuksnyte")
    assert known("putine")
    contact.delete()
    assert not known("putine")
    assert entry("contact", contact) == []


def test_a_code_is_found_however_it_is_spaced(ktu):
    Identifier.objects.filter(organisation=ktu.organisation).delete()
    Identifier.objects.create(organisation=ktu.organisation, scheme="erasmus", value="LT KAUNAS02")
    model = type(ktu)
    for typed in ("LT KAUNAS02", "ltkaunas02", "lt  kaunas02"):
        assert model.objects.search_by_all(Words.of(typed)).get() == ktu


def test_what_was_there_before_is_filled_in_and_a_second_time_changes_nothing(ktu):
    from importlib import import_module

    from ground.finding import fill

    factories.ProjectFactory(lead=ktu, title_en="Hydrogen")
    unit = OrganisationalUnit.objects.create(university=ktu, name_en="Laboratory of waves")
    Contact.objects.create(university=ktu, name="Živilė Putinė", is_public=True)

    def kept():
        return ask("SELECT near || word || coalesce(kind, '') FROM ground_titleword ORDER BY 1"), entry(
            "unit", unit
        )

    before = kept()
    ask(
        "WITH gone AS (DELETE FROM ground_entry RETURNING 1), "
        "words AS (DELETE FROM ground_titleword RETURNING 1) SELECT 1"
    )
    assert kept() == ([], [])
    migrations = ("members.migrations.0015_found", "projects.migrations.0008_found", "mobility.migrations.0015_found",
                  "news.migrations.0010_found")  # fmt: skip
    sources = [source for name in migrations for source in import_module(name).FOUND]
    for _time in range(2):
        for sql in fill(*sources).sql:
            with connection.cursor() as cursor:
                cursor.execute(sql)
        assert kept() == before


def test_two_transactions_may_bring_the_same_new_word_at_once(transactional_db):
    from tests.finished import another

    word = f"w{uuid.uuid4().hex}".translate(str.maketrans("0123456789", "ghijklmnop"))
    first = factories.ProjectFactory(title_en="One")
    second = factories.ProjectFactory(title_en="Two")
    with another() as one, another() as other:
        one.execute("UPDATE projects_project SET title_en = %s WHERE id = %s", [word, first.pk])
        other.execute("UPDATE projects_project SET title_en = %s WHERE id = %s", [word, second.pk])
        other.commit()
        one.commit()
    assert known(word)
