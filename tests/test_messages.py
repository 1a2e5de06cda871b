"""The Lithuanian of the portal: complete, whole, in the right plural, and spoken where a library is silent."""

import ast
import datetime as dt
import re
from itertools import chain
from pathlib import Path

import django
import django_countries
import pytest
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator, MaxLengthValidator, validate_slug
from django.utils import translation
from django.utils.timesince import timesince

from alliance_portal import catalogues
from ground import vocabulary, vocabulary_pages
from ground.templatetags import ground_tags

[PO] = [path for path in catalogues.catalogues() if path.parent.parent.name == "lt"]
MESSAGES = [message for message in catalogues.read(PO) if message.id]
SITE = Path(django.__file__).parent.parent
LIBRARIES = [
    "allauth",
    "django/conf",
    "django/contrib/admin",
    "django/contrib/auth",
    "django/contrib/postgres",
    "reversion",
]
ROOT = Path(__file__).resolve().parent.parent
# The tool that gathers texts reads no call within the braces of an f-string.
TRANSLATING = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "npgettext"}
TAG = re.compile(r"</?\w+[^>]*>")
# One, two, ten, twenty-one and a hundred and eleven take the forms one, few, many, one and many.
FORMS = {1: 0, 2: 1, 10: 3, 21: 0, 111: 3}


def ids_of(message):
    return message.id if isinstance(message.id, tuple) else (message.id,)


def strings_of(message):
    return message.string if isinstance(message.string, tuple) else (message.string,)


@pytest.fixture
def lithuanian():
    with translation.override("lt"):
        yield


def test_every_message_is_translated_and_none_is_fuzzy():
    assert list(catalogues.faults(PO)) == []


def test_no_words_stand_inside_of_a_formatted_text_where_the_catalogue_misses_them():
    inside = [
        f"{path.relative_to(ROOT)}:{part.lineno}"
        for path in ROOT.glob("*/**/*.py")
        if not path.is_relative_to(ROOT / ".venv") and not path.is_relative_to(ROOT / "tests")
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(part, ast.FormattedValue)
        for call in ast.walk(part.value)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in TRANSLATING
    ]
    assert inside == []


def test_nothing_of_the_past_is_kept():
    assert "#~" not in PO.read_text()


def test_the_plural_rule_is_the_one_of_django():
    theirs = catalogues.read(SITE / "django/conf/locale/lt/LC_MESSAGES/django.po")
    assert catalogues.read(PO).plural_expr == theirs.plural_expr


def test_every_form_of_a_counted_message_says_what_the_english_plural_says():
    counted = [message for message in MESSAGES if len(ids_of(message)) > 1]
    assert counted
    for message in counted:
        wanted = sorted(catalogues.PLACEHOLDER.findall(message.id[1]))
        for form in strings_of(message):
            assert sorted(catalogues.PLACEHOLDER.findall(form)) == wanted, message.id


@pytest.mark.parametrize(("number", "form"), FORMS.items())
def test_every_counted_message_takes_the_form_of_its_number(lithuanian, number, form):
    for message in MESSAGES:
        if len(ids_of(message)) > 1:
            one, many = message.id
            said = (
                translation.npgettext(message.context, one, many, number)
                if message.context
                else translation.ngettext(one, many, number)
            )
            assert said == strings_of(message)[form]


def test_markup_and_edges_are_those_of_the_english():
    for message in MESSAGES:
        source = ids_of(message)[-1]
        for text in strings_of(message):
            assert sorted(TAG.findall(text)) == sorted(TAG.findall(source)), text
            assert text[:1].isspace() == source[:1].isspace(), text
            assert text[-1:].isspace() == source[-1:].isspace(), text


def test_quotes_are_the_lithuanian_ones():
    for text in chain.from_iterable(map(strings_of, MESSAGES)):
        bare = TAG.sub("", text)
        assert '"' not in bare, text
        assert "”" not in bare, text
        assert bare.count("„") == bare.count("“"), text


@pytest.mark.parametrize(
    ("number", "left", "closing", "late"),
    [
        (1, "liko 1 diena", "baigiasi po 1 dienos", "vėluoja 1 dieną"),
        (2, "liko 2 dienos", "baigiasi po 2 dienų", "vėluoja 2 dienas"),
        (10, "liko 10 dienų", "baigiasi po 10 dienų", "vėluoja 10 dienų"),
        (21, "liko 21 diena", "baigiasi po 21 dienos", "vėluoja 21 dieną"),
        (111, "liko 111 dienų", "baigiasi po 111 dienų", "vėluoja 111 dienų"),
    ],
)
def test_days_are_counted_as_people_say_them(lithuanian, number, left, closing, late):
    today = dt.date(2026, 3, 1)
    then = dt.timedelta(days=number)
    assert ground_tags.days_left(today + then, today) == left
    assert ground_tags.closes(today + then, today) == closing
    assert ground_tags.overdue(today - then, today) == late


def test_a_date_is_written_the_lithuanian_way(lithuanian):
    assert ground_tags.day(dt.date(2026, 3, 1)) == "2026\u00a0m. kovo 1\u00a0d."


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (dt.timedelta(minutes=1), "1 minutė"),
        (dt.timedelta(minutes=10), "10 minučių"),
        (dt.timedelta(hours=21), "21 valanda"),
        (dt.timedelta(days=2), "2 dienos"),
        (dt.timedelta(weeks=2), "2 savaitės"),
        (dt.timedelta(days=366 * 11), "11 metų"),
    ],
)
def test_a_span_of_time_is_told_although_django_has_no_words_for_it(lithuanian, span, words):
    now = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    assert timesince(now - span, now, depth=1).replace("\xa0", " ") == words


def test_a_refused_ending_a_slug_and_a_length_are_explained(lithuanian):
    def refusal(check, value):
        with pytest.raises(ValidationError) as refused:
            check(value)
        return " ".join(refused.value.messages)

    ending = FileExtensionValidator(["pdf"])
    assert "Tinka šie plėtiniai: pdf." in refusal(ending, type("File", (), {"name": "a.exe"})())
    assert "lotyniškas raides" in refusal(validate_slug, "a b")
    assert refusal(MaxLengthValidator(21), "x" * 111) == "Gali būti ne daugiau kaip 21 ženklas (dabar: 111)."


def spoken_for():
    """The texts of libraries that the portal translates: each with its plural."""
    anchors = {f"ground/{module.__name__.rpartition('.')[2]}.py" for module in (vocabulary, vocabulary_pages)}
    return [message for message in MESSAGES if anchors & {place for place, _line in message.locations}]


def test_the_vocabulary_names_only_texts_that_the_libraries_have():
    known = {
        text
        for library in LIBRARIES
        for path in SITE.glob(f"{library}/locale/*/LC_MESSAGES/django.po")
        if path.parent.parent.name in {"en", "lt", "sv"}  # one of them has every text of its library
        for message in catalogues.read(path)
        for text in ids_of(message)
    }
    with translation.override("en"):
        known |= {str(name) for _code, name in django_countries.countries}
    assert [message.id for message in spoken_for() if not known & set(ids_of(message))] == []


def test_the_words_of_the_portal_come_before_those_of_the_libraries(lithuanian):
    assert spoken_for()
    for message in spoken_for():
        if len(ids_of(message)) == 1 and not message.context:
            assert translation.gettext(message.id) == message.string


def test_countries_have_the_names_of_today(lithuanian):
    names = dict(django_countries.countries)
    assert (names["NL"], names["MK"]) == ("Nyderlandai", "Šiaurės Makedonija")
