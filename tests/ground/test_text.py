import pytest
from hypothesis import given
from hypothesis import strategies as st

from ground import text


def test_case_and_diacritics_are_folded():
    assert text.fold("Kazlauskienė ŁÓDŹ Ærø Straße") == "kazlauskiene lodz aero strasse"


def test_a_code_is_also_one_word_without_its_marks():
    assert "snet2450" in text.words("S-NET-24-50")


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("kazlauskienė", "kazlauskiene:*"),
        ("S-NET-24-50", "snet2450:*"),
        ("s-net", "snet:*"),
        ("  two   words ", "two:* & words:*"),
        ("", ""),
        ("& | ! ( ) ' \" \\ % :*", ""),
        ("a&b", "a:* & b:*"),
    ],
)
def test_what_is_typed_becomes_a_prefix_query(typed, query):
    assert text.prefix_query(typed) == query


@given(st.text())
def test_no_text_breaks_folding_or_the_query(typed):
    query = text.prefix_query(typed)
    assert all(part.removesuffix(":*").isalnum() for part in query.split(" & ") if part)
    assert query.isascii()


def test_lithuanian_order():
    names = ["Žagarė", "Yla", "Šiauliai", "Čekiškė", "Cirkliškis", "Ignalina", "Zarasai", "Sartai"]
    assert sorted(names, key=text.sort_key) == [
        "Cirkliškis", "Čekiškė", "Ignalina", "Yla", "Sartai", "Šiauliai", "Zarasai", "Žagarė",
    ]  # fmt: skip


def test_foreign_letters_sort_where_they_are_read():
    assert sorted(["Zagreb", "Łódź", "Lyon", "Madrid"], key=text.sort_key) == [
        "Lyon",
        "Łódź",
        "Madrid",
        "Zagreb",
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("KLAIPEDOS UNIVERSITETAS", "Klaipedos Universitetas"), ("A.I.F. LYCEE", "A.I.F. Lycee"), ("KTU", "KTU"),
        ("ŠIAULIŲ VALSTYBINĖ KOLEGIJA", "Šiaulių Valstybinė Kolegija"), ("ISCTE", "ISCTE"), ("", ""),
        ("UNIVERSIDAD DE LA LAGUNA", "Universidad de la Laguna"), ("UNIVERSITA L'AQUILA", "Universita L'Aquila"),
        ("THE AGH UNIVERSITY OF KRAKOW", "The AGH University of Krakow"), ("HTWK LEIPZIG", "HTWK Leipzig"),
        ("UNIVERSITE PARIS-EST", "Universite Paris-EST"), ("ECIU UNIVERSITY 2", "ECIU University 2"),
        ("University of Example", "University of Example"), ("UNIVERSITY of Example", "UNIVERSITY of Example"),
    ],
)  # fmt: skip
def test_a_name_in_capitals_alone_is_read_in_small_letters(name, shown):
    assert text.titled(name) == shown


@pytest.mark.parametrize(
    ("city", "shown"),
    [
        ("ULM", "Ulm"),
        ("DELFT", "Delft"),
        ("LAS PALMAS DE G.C.", "Las Palmas de G.C."),
        ("Kaunas", "Kaunas"),
        ("", ""),
    ],
)
def test_a_place_in_capitals_has_no_abbreviations(city, shown):
    assert text.titled(city, place=True) == shown
