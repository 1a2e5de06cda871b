import pytest
from django.test import Client

from ground import linked_data
from projects.models import Programme
from tests import factories

pytestmark = pytest.mark.django_db


def find(typed, person=None, path="/en/search/"):
    client = Client()
    if person:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = client.get(path, {"q": typed})
    assert response.status_code == 200
    return response.content.decode()


def fill(number):
    for n in range(number):
        university = factories.UniversityFactory(organisation__name=f"Šiaurės university {n}")
        factories.ProjectFactory(lead=university, title_en=f"Šiaurės project {n}")
        factories.CallFactory(university=university, title_en=f"Šiaurės call {n}")
        factories.NewsItemFactory(title_en=f"Šiaurės news {n}")
        factories.EventFactory(title_en=f"Šiaurės event {n}")
        factories.ProgrammeFactory(name_en=f"Šiaurės programme {n}")


def test_a_search_costs_the_same_with_one_row_and_with_three(django_assert_num_queries):
    fill(1)
    with django_assert_num_queries(7):
        find("siaures")
    fill(3)
    with django_assert_num_queries(7):
        find("siaures")


def test_every_room_is_searched_without_regard_to_case_and_diacritics():
    fill(1)
    text = find("SIAURES")
    for kind in ("project", "university", "call", "news", "event", "programme"):
        assert f"Šiaurės {kind} 0" in text
    assert "6 results" in text


def test_groups_say_how_many_there_are_beyond_those_shown():
    for n in range(7):
        factories.NewsItemFactory(title_en=f"Wind farm {n}")
    text = find("wind")
    assert "7 results" in text
    assert text.count("Wind farm") == 5


def test_every_word_counts_and_a_beginning_is_enough():
    factories.NewsItemFactory(title_en="Circular cities meet")
    assert "Circular cities" in find("cit circ")
    assert "Nothing was found" in find("circular villages")


def test_a_code_is_found_with_and_without_its_marks():
    factories.ProjectFactory(code="S-NET-24-50", title_en="Membership")
    assert "S-NET-24-50" in find("s-net-24-50").replace('value="s-net-24-50"', "")
    assert "Membership" in find("snet24")


def test_drafts_are_found_only_by_those_who_may_see_them(ktu, dainius, ieva, ruta, ana):
    factories.ProjectFactory(lead=ktu, title_en="Zebra project", publication="draft")
    factories.NewsItemFactory(university=ktu, title_en="Zebra news", publication="draft", published_at=None)
    factories.EventFactory(university=ktu, title_en="Zebra event", publication="draft")
    factories.CallFactory(university=ktu, title_en="Zebra call", publication="draft")
    for stranger in (None, ana):
        assert "Nothing was found" in find("zebra", stranger)
    assert "Zebra project" in find("zebra", dainius)
    assert "Zebra news" in find("zebra", ieva)
    assert "Zebra event" in find("zebra", ieva)
    assert "Zebra call" in find("zebra", ruta)
    assert "Zebra news" not in find("zebra", dainius)


@pytest.mark.parametrize(
    "typed",
    [
        "'", '"', "%", "\\", "&|!():*", "a & | b", "<->", "<script>alert(1)</script>", "\x00", "a\x00b", "x" * 10_240,
        "a " * 5_000, "' OR 1=1 --", "{{ 7*7 }}", "😀", "\u202e", "ąčę", "-", "*:*", "жизнь", "\t\n",
    ],
)  # fmt: skip
def test_nothing_that_can_be_typed_breaks_the_search(typed):
    fill(1)
    text = find(typed)
    assert "<script>alert" not in text
    assert "\x00" not in text


def test_a_broken_encoding_is_searched_as_what_can_be_read_of_it():
    assert Client().get("/en/search/?q=%ff%fe%ED%A0%80").status_code == 200


def test_nothing_typed_asks_for_something():
    assert "Type the name of" in find("")


def test_the_language_of_what_is_found_is_marked():
    Programme.objects.create(slug="aid", name_lt="Parama", position=1)
    assert 'lang="lt"' in find("parama")


def test_a_data_block_leaves_out_what_is_empty_and_escapes_the_rest():
    block = linked_data.block("Event", name="</script>&\u2028", place=None)
    assert block == (
        '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Event", '
        '"name": "\\u003C/script\\u003E\\u0026\\u2028"}</script>'
    )
