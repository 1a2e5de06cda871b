"""Catalogues are compiled without GNU gettext, and gaps in them are found."""

import gettext

import pytest

from alliance_portal import catalogues

HEAD = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: lt\\n"
"Plural-Forms: nplurals=4; plural=(n % 10 == 1 && (n % 100 > 19 || n % 100 < 11) ? 0 : (n % 10 >= 2 && n % 10 <=9) "
"&& (n % 100 > 19 || n % 100 < 11) ? 1 : n % 1 != 0 ? 2: 3);\\n"

"""
PLACES = """msgid "%(count)s place"
msgid_plural "%(count)s places"
msgstr[0] "%(count)s vieta"
msgstr[1] "%(count)s vietos"
msgstr[2] "%(count)s vietos"
msgstr[3] "%(count)s vietų"
"""


@pytest.fixture
def catalogue(tmp_path):
    def write(text):
        path = tmp_path / "locale" / "lt" / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD + text, encoding="utf-8")
        return path

    return write


def test_a_compiled_catalogue_is_read_by_gettext_with_lithuanian_plurals(catalogue, tmp_path):
    path = catalogue(PLACES + '\nmsgctxt "verb"\nmsgid "Open"\nmsgstr "Atidaryti"\n')
    assert catalogues.compile_all(tmp_path) == [path.with_suffix(".mo")]
    with path.with_suffix(".mo").open("rb") as file:
        read = gettext.GNUTranslations(file)
    said = [read.ngettext("%(count)s place", "%(count)s places", n) % {"count": n} for n in (1, 2, 10, 21)]
    assert said == ["1 vieta", "2 vietos", "10 vietų", "21 vieta"]
    assert read.pgettext("verb", "Open") == "Atidaryti"


def test_an_unchanged_catalogue_is_left_alone(catalogue, tmp_path):
    catalogue(PLACES)
    catalogues.compile_all(tmp_path)
    assert catalogues.compile_all(tmp_path) == []


def test_a_complete_catalogue_has_no_faults(catalogue):
    assert list(catalogues.faults(catalogue(PLACES))) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('msgid "Yes"\nmsgstr ""\n', "not translated: 'Yes'"),
        ('#, fuzzy\nmsgid "Yes"\nmsgstr "Ne"\n', "fuzzy: 'Yes'"),
        (PLACES.replace('"%(count)s vietų"', '""'), "not translated: '%(count)s place'"),
        (
            PLACES.replace("%(count)s vietų", "%(number)s vietų"),
            "placeholder %(number)s is not in the message",
        ),
        ('msgid "Place: %(host)s"\nmsgstr "Vieta"\n', "placeholder %(host)s is lost: 'Place: %(host)s'"),
        ('msgid "broken\n', "cannot be read"),
    ],
)
def test_a_gap_is_found(catalogue, text, fault):
    assert [told for told in catalogues.faults(catalogue(text)) if fault in told]


def test_a_language_without_catalogue_is_a_fault(tmp_path):
    assert catalogues.check(tmp_path) == len(catalogues.TRANSLATED)
