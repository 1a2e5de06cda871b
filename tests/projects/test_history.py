import pytest
import reversion
from django.utils import translation

from projects import actions, history
from projects.history import Piece, pieces
from projects.models import Project
from tests import factories
from tests.projects.sending import fields

pytestmark = pytest.mark.django_db
URL = "/en/projects/s-net-24-50/history/"
EDIT = "/en/projects/s-net-24-50/edit/"


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("ana", 404), ("tomas", 404), ("bruno", 404), ("chiara", 404), ("ruta", 200), ("jonas", 200), ("ieva", 200),
        ("dainius", 200), ("egle", 200), ("laima", 200),
    ],
)  # fmt: skip
def test_history_is_for_staff_of_the_lead_and_the_office(person, status, client, project, request):
    client.force_login(request.getfixturevalue(person))
    assert client.get(URL).status_code == status


def test_history_of_a_draft_is_not_there_for_staff_who_cannot_see_the_draft(client, project, ruta, dainius):
    actions.change_publication(project, step="withdraw", by=dainius)
    client.force_login(ruta)
    assert client.get(URL).status_code == 404


def test_every_save_tells_who_when_why_and_what(client, project, dainius):
    client.force_login(dainius)
    data = fields(client.get(EDIT)) | {
        "title_en": "Membership of one network", "ends_on": "2027-06-30", "websites-0-DELETE": "on",
        "funding-0-amount": "2000", "milestones-0-done_on": "2026-04-29", "comment": "Extended",
    }  # fmt: skip
    client.post(EDIT, data)
    latest, *_rest, first = history.changes(project)[0]
    assert (latest.who, latest.comment) == ("Dainius Bandomasis", "Extended")
    told = [(str(d.label), [p for p in d.pieces if p.went or p.came]) for d in latest.differences]
    assert told == [
        ("Title in English", [Piece("a", went=True), Piece("one", came=True)]),
        ("Last day", [Piece("1 March 2026", went=True), Piece("30 June 2027", came=True)]),
        ("Websites", [Piece("https://one.example/", went=True)]),
        ("Funding", [Piece("€1,000", went=True), Piece("€2,000", came=True)]),
        ("Milestones", [Piece("29 April 2026", came=True)]),
    ]
    words = ["".join(p.words for p in d.pieces) for d in latest.differences]
    assert words[-2:] == ["Alliances · Amount: €1,000€2,000", "Final report · Done on: 29 April 2026"]
    assert first.differences is None
    text = client.get(URL).content.decode()
    assert "<del>a</del> <ins>one</ins>" in text
    assert "The project was published." in text


def test_order_alone_is_told_as_order(client, project, dainius):
    rows = {
        "websites": [{"url": "https://two.example/"}, {"url": "https://one.example/"}],
        "funding": list(
            project.funding_lines.values("id", "programme_id", "amount", "currency", "contract_number")
        ),
        "team": list(project.team.values("id", "name", "part")),
        "departments": list(project.departments.values("unit_id")),
        "partners": list(project.partnerships.values("organisation_id", "part")),
        "milestones": list(project.milestones.values("id", "title_en", "kind", "due_on")),
    }
    own = {n: getattr(project, n) for n in ("code", "lead", "starts_on", "ends_on")}
    actions.edit_project(project, by=dainius, version=1, fields=own, rows=rows)
    latest = history.changes(project)[0][0]
    assert [(str(d.label), d.pieces) for d in latest.differences] == [
        ("Websites", [Piece("in another order")])
    ]


def test_names_that_are_gone_do_not_break_the_history(client, project, dainius):
    unit = project.departments.get().unit
    project.departments.all().delete()
    unit.delete()
    with reversion.create_revision():
        reversion.add_to_revision(project)
    latest = history.changes(project)[0][0]
    assert [p.words for d in latest.differences for p in d.pieces] == ["no longer on record"]


def test_long_history_goes_on_by_pages_with_the_same_differences(client, project, dainius):
    client.force_login(dainius)
    for i in range(25):
        with reversion.create_revision():
            Project.objects.filter(pk=project.pk).update(acronym=f"A{i}")
            project.refresh_from_db()
            reversion.add_to_revision(project)
    first = client.get(URL)
    second = client.get(URL, {"after": first.context["page"].after})
    assert [len(r.context["changes"]) for r in (first, second)] == [20, 7]
    assert all(change.differences for change in first.context["changes"])
    assert second.context["changes"][-1].differences is None


@pytest.mark.parametrize("cursor", ["abc", "W10"])
def test_bad_cursor_is_not_found(cursor, client, project, dainius):
    client.force_login(dainius)
    assert client.get(URL, {"after": cursor}).status_code == 404


@pytest.mark.parametrize("saves", [2, 4])
def test_page_takes_as_many_queries_for_many_revisions_as_for_few(
    saves, client, project, dainius, django_assert_num_queries
):
    client.force_login(dainius)
    for _i in range(saves):
        with reversion.create_revision():
            reversion.add_to_revision(project)
    client.get(URL)
    with django_assert_num_queries(13):
        client.get(URL)


def test_project_without_revisions_says_so(client, ktu, dainius):
    project = factories.ProjectFactory(lead=ktu)
    client.force_login(dainius)
    assert b"No history yet" in client.get(f"/en/projects/{project.key}/history/").content


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "new", [Piece("new", came=True)]),
        ("old", "", [Piece("old", went=True)]),
        ("one two", "one three", [Piece("one "), Piece("two", went=True), Piece("three", came=True)]),
    ],
)
def test_pieces_of_two_texts(old, new, expected):
    assert list(pieces(old, new)) == expected


def test_long_passages_that_stayed_are_cut_short():
    same = " ".join(str(i) for i in range(100))
    first = next(iter(pieces(same + " old", same + " new")))
    assert len(first.words.split()) == 25
    assert " … " in first.words


def test_texts_too_long_to_compare_are_shown_whole():
    old, new = "a " * 4000, "b " * 4000
    assert [(p.went, p.came) for p in pieces(old, new)] == [(True, False), (False, True)]


def test_record_at_a_version_that_was_never_kept_is_none(project):
    assert history.record_at(project, 77) is None
    assert history.record_at(project, 1)[0]["title_en"] == "Membership of a network"


def test_dates_of_the_history_are_in_the_zone_of_the_lead(client, project, dainius):
    client.force_login(dainius)
    assert "Vilnius time" in client.get(URL).content.decode()


def test_version_that_can_no_longer_be_read_does_not_break_the_page(client, project, dainius):
    from reversion.models import Version

    Version.objects.filter(content_type__model__in=["milestone", "project"]).update(
        serialized_data="[{broken"
    )
    client.force_login(dainius)
    assert client.get(URL).status_code == 200
    assert history.record_at(project, 1) is None


def test_share_of_the_funding_reads_as_percent(project, dainius):
    project.funding_lines.filter(amount=None).update(share="12.50")
    with reversion.create_revision():
        reversion.add_to_revision(project)
    latest = history.changes(project)[0][0]
    words = [p.words for d in latest.differences for p in d.pieces]
    assert words == ["State budget · ", "Share: ", "12.5 %"]


def test_search_words_are_not_kept_in_the_history(project):
    from reversion.models import Version

    version = Version.objects.get_for_object(project).first()
    assert "search" not in version.field_dict
    assert version.field_dict["title_lt"] == "Narystė tinkle"


def test_a_stored_sentence_is_read_in_the_readers_language(project, dainius):
    from django.utils import translation

    from projects import actions, history

    with translation.override("lt"):
        actions.change_publication(project, step="withdraw", by=dainius)
    revision = history.revisions_of(project).first()
    assert revision.comment == "The project was taken back to draft."


def _revision(project):
    with reversion.create_revision():
        project.refresh_from_db()
        reversion.add_to_revision(project)
    return history.changes(project)[0][0]


def _words(change):
    return [f"{d.label}: {' '.join(p.words for p in d.pieces)}" for d in change.differences]


@pytest.mark.parametrize(
    "comment",
    [
        "Restored the version of 2026-13-45 99:99 UTC.",
        "Restored the version of 9999-12-31 23:59 UTC.",
        "Restored the version of 2026-05-12 14:05 UTC.",
        "Imported from elsewhere.csv",
    ],
)
def test_comment_that_reads_like_a_sentence_of_the_portal_is_kept_in_quotes(
    comment, client, project, dainius
):
    assert history.typed(comment) == f"“{comment}”"
    assert history.typed("New partners") == "New partners"
    with reversion.create_revision():  # as an older portal kept it
        reversion.set_comment(comment)
        reversion.add_to_revision(project)
    client.force_login(dainius)
    assert client.get(f"{project.get_absolute_url()}history/").status_code == 200


def test_rows_that_came_and_went_are_told_whole_with_dates_as_people_read_them(project):
    project.milestones.all().delete()
    project.milestones.create(title_en="Payment of the rest", kind="payment", due_on="2026-07-01")
    project.result_items.create(title_en="A handbook", category="method", reached_on="2026-01-31")
    project.team.all().delete()
    assert _words(_revision(project)) == [
        "People: Vida Vadovė · Head",
        "Milestones: Final report · Report · Due on: 30 April 2026",
        "Milestones: Payment of the rest · Payment · Due on: 1 July 2026",
        "Results: A handbook · Method or guideline · Reached on: 31 January 2026",
    ]


def test_readers_of_lithuanian_read_titles_choices_and_dates_in_their_language(project):
    project.milestones.update(title_lt="Galutinė ataskaita", due_on="2026-06-30")
    with translation.override("lt"):
        words = _words(_revision(project))
    assert len(words) == 1
    assert "Galutinė ataskaita" in words[0]
    assert "2026\u00a0m. birželio 30\u00a0d." in words[0]
    assert "Final report" not in words[0]


def test_publication_and_sharing_are_told(project, dainius, aveiro):
    actions.share_project(project, university=aveiro, by=dainius)
    shared = history.changes(project)[0][0]
    assert (shared.comment, _words(shared)) == (
        "The project was shared.",
        ["Shared with: University of Aveiro"],
    )
    actions.change_publication(project, step="archive", by=dainius)
    assert _words(history.changes(project)[0][0]) == ["Publication: Published Archived"]


def test_text_in_the_other_language_alone_is_told_too(project):
    project.milestones.update(title_lt="Galutinė ataskaita")
    assert _words(_revision(project)) == [
        "Milestones: Final report ·  Title in Lithuanian:  Galutinė ataskaita"
    ]


def test_any_two_versions_are_compared_whichever_way_they_are_given(client, project, dainius):
    client.force_login(dainius)
    client.post(EDIT, fields(client.get(EDIT)) | {"title_en": "Second title"})
    client.post(EDIT, fields(client.get(EDIT)) | {"title_en": "Third title"})
    numbers = [change.number for change in history.listed(project)]
    for old, new in ((numbers[-1], numbers[0]), (numbers[0], numbers[-1])):
        response = client.get(f"{URL}compare/", {"old": old, "new": new})
        assert [str(d.label) for d in response.context["differences"]] == ["Title in English", "Publication"]
    assert b"are the same" in client.get(f"{URL}compare/", {"old": numbers[0], "new": numbers[0]}).content


@pytest.mark.parametrize(
    "query", [{}, {"old": "x"}, {"old": "9" * 30, "new": "1"}, {"old": "\x00", "new": "²"}]
)
def test_comparison_without_two_versions_offers_the_choice(query, client, project, dainius):
    client.force_login(dainius)
    response = client.get(f"{URL}compare/", query)
    assert response.status_code == 200
    assert response.context["differences"] is None


def test_versions_of_another_project_are_not_compared(client, project, dainius, ktu):
    other = factories.ProjectFactory(lead=ktu)
    with reversion.create_revision():
        reversion.add_to_revision(other)
    number = history.listed(other)[0].number
    client.force_login(dainius)
    assert client.get(f"{URL}compare/", {"old": number, "new": number}).context["older"] is None


def test_revision_that_holds_several_projects_tells_each_its_own(project, ktu):
    other = factories.ProjectFactory(lead=ktu)
    other.websites.create(url="https://other.example/")
    with reversion.create_revision():
        reversion.add_to_revision(other)
        reversion.add_to_revision(project)
    assert history.changes(project)[0][0].differences == []


def test_paragraph_added_at_the_end_leaves_the_one_before_it_unmarked():
    assert list(pieces("One two.", "One two.\n\nThree.")) == [
        Piece("One two.\n\n"),
        Piece("Three.", came=True),
    ]


def test_paragraphs_alone_are_told_where_nothing_else_changed():
    assert any(piece.came for piece in pieces("One two.", "One\n\ntwo."))


def test_words_that_went_at_the_end_keep_the_space_before_them():
    old, new = (
        history.Kept(own={"title_en": text}) for text in ("In the consortium (ECIU)", "In the consortium")
    )
    (found,) = history.difference_of(old, new)
    assert found.pieces == [Piece("In the consortium "), Piece("(ECIU)", went=True)]
