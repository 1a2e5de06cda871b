"""PDFs of a project and of a filtered list: what they say, to whom, and that nothing written breaks them."""

import datetime as dt
import hashlib
import io
import json
import tomllib

import pypdf
import pytest
import typst
from django.utils import translation

from ground.papers import coverage, typeset, typesetting, writing
from projects.models import Amendment, FundingLine, Milestone, ProjectDocument, Result
from projects.reports import summary
from tests import factories
from tests.world import _file

pytestmark = pytest.mark.django_db
REPORT = "/en/projects/s-net-24-50/report.pdf"
SUMMARY = "/en/projects/summary.pdf"
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 22)


def read(content):
    """The document and its words, on one line."""
    document = pypdf.PdfReader(io.BytesIO(content))
    text = " ".join(page.extract_text() for page in document.pages)
    return document, " ".join(text.replace("\u200b", "").split())


def words(client, address=REPORT, **query):
    response = client.get(address, query)
    assert response.status_code == 200
    return read(response.content)[1]


def roles(document):
    """How often each kind of element stands in the tree of tags."""
    found = {}

    def walk(node):
        node = node.get_object()
        for one in node if isinstance(node, list) else [node]:
            one = one.get_object()
            if isinstance(one, dict):
                if "/S" in one:
                    found[one["/S"]] = found.get(one["/S"], 0) + 1
                if "/K" in one:
                    walk(one["/K"])

    walk(document.trailer["/Root"]["/StructTreeRoot"])
    return found


def paper(*blocks, title="Title"):
    first = {"k": "h", "level": 1, "in": [title]}
    return writing.paper(
        title=title,
        running="Title",
        path="/x/",
        made_on=DAY,
        blocks=[first, writing.heading("Text"), *blocks],
    )


def text_of(source):
    return read(typeset(paper(*writing.from_markdown(source)), made_on=DAY))[1]


@pytest.fixture
def whole(project, dainius):
    """The project with an amendment, results, evidence and papers of both kinds."""
    public = ProjectDocument.objects.create(
        project=project, document=_file(dainius), title_en="Open annex", is_public=True
    )
    internal = ProjectDocument.objects.create(
        project=project, document=_file(dainius), title_en="Secret contract", is_public=False
    )
    Amendment.objects.create(
        project=project, number=1, agreed_on=dt.date(2026, 2, 1), reason_en="More time was needed.",
        starts_before=project.starts_on, ends_before=dt.date(2025, 12, 31), starts_on=project.starts_on,
        ends_on=project.ends_on, document=internal,
    )  # fmt: skip
    Milestone.objects.create(
        project=project, title_en="First payment", kind="payment", due_on=dt.date(2025, 1, 1),
        done_on=dt.date(2025, 1, 3), evidence=internal, evidence_url="https://proof.example/1",
    )  # fmt: skip
    Result.objects.create(project=project, category="tool", title_en="A tool", url="https://tool.example/")
    Result.objects.create(project=project, category="course", title_en="A course", title_lt="Kursas")
    return project, public, internal


def test_papers_name_what_is_not_stated_and_do_not_call_the_rest_the_total(client, ktu):
    project = factories.ProjectFactory(lead=ktu)
    for amount in (60, None):
        FundingLine.objects.create(project=project, programme=factories.ProgrammeFactory(), amount=amount)
    said = words(client, f"/en/projects/{project.key}/report.pdf")
    assert "not stated" in said
    assert "Stated in all €60" in said
    assert "Total" not in said
    said = words(client, SUMMARY)
    assert "In 1 project a source does not state its amount" in said
    assert "€60 not stated" in said


def test_report_says_all_that_the_page_says(client, whole, at):
    with at(NOON):
        said = words(client)
    for expected in (
        "S-NET-24-50", "Membership of a network", "Narystė tinkle", "NET",
        "22 February 2024 – 1 March 2026", "2024–2026",
        "Vida Vadovė", "Invented Centre", "Kaunas University of Technology", "Alliances", "State budget",
        "€1,000", "A-1",
        "one.example", "two.example", "What it is for.", "More time was needed.", "31 December 2025",
        "1 February 2026",
        "Final report", "206 days overdue", "First payment", "done on 3 January 2025", "Evidence",
        "A tool", "A course",
        "Tool or software", "Portugal", "Beneficiary", "Open annex", "PDF", "Made on 22 November 2026",
        "/en/projects/s-net-24-50", "Page 1 of 2", "Completed",
    ):  # fmt: skip
        assert expected in said, expected


def test_report_speaks_the_language_of_its_address(client, whole, at):
    with at(NOON):
        response = client.get(REPORT.replace("/en/", "/lt/"))
    document, said = read(response.content)
    assert document.trailer["/Root"]["/Lang"] == "lt"
    for expected in (
        "Narystė tinkle",
        "Projekto numeris",
        "2026 m. kovo 1 d.",
        "Kursas",
        "What it is for.",
    ):
        assert expected in said
    assert b"/Lang" in response.content
    assert 's-net-24-50-lt.pdf"' in response["Content-Disposition"]


def test_report_is_tagged_after_pdf_ua(client, whole):
    document = read(client.get(REPORT).content)[0]
    root = document.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a PDF object
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert document.metadata.title == "S-NET-24-50: Membership of a network"
    found = roles(document)
    assert found["/H1"] == 1
    assert found["/H2"] >= 6
    assert found["/TH"] >= 8
    assert found["/LBody"] >= 10
    assert found["/Link"] >= 4
    assert b"pdfuaid" in document.trailer["/Root"]["/Metadata"].get_object().get_data()
    assert {round(page.mediabox.width) for page in document.pages} == {595}


def test_text_in_the_other_language_carries_its_language():
    with translation.override("lt"):
        made = typeset(paper(writing.paragraph({"l": "en", "in": ["English words"]})), made_on=DAY)
    document, said = read(made)
    assert "English words" in said
    assert b"/Lang(en)" in b"".join(str(o).encode() for o in [_raw(document)]).replace(b" ", b"")


def _raw(document):
    """The tree of tags as one text, with the languages that are set in it."""
    found = []

    def walk(node, depth=0):
        node = node.get_object()
        for one in node if isinstance(node, list) else [node]:
            one = one.get_object()
            if isinstance(one, dict):
                found.append(f"/Lang({one['/Lang']})" if "/Lang" in one else "")
                if "/K" in one:
                    walk(one["/K"])

    walk(document.trailer["/Root"]["/StructTreeRoot"])
    return "".join(found)


@pytest.mark.parametrize(
    ("person", "sees"), [(None, False), ("ana", False), ("bruno", False), ("ruta", True), ("dainius", True)]
)
def test_internal_documents_are_named_to_the_staff_alone(person, sees, client, whole, request):
    if person:
        client.force_login(request.getfixturevalue(person))
    said = words(client)
    assert ("Secret contract" in said) is sees
    assert ("alliance office" in said) is sees
    assert "Open annex" in said


def test_draft_is_a_paper_for_those_who_keep_it(client, ktu, dainius):
    factories.ProjectFactory(code="D-1", lead=ktu, publication="draft")
    assert client.get("/en/projects/d-1/report.pdf").status_code == 404
    client.force_login(dainius)
    assert "Draft" in words(client, "/en/projects/d-1/report.pdf")


def test_unknown_project_has_no_report(client, db):
    assert client.get("/en/projects/nothing/report.pdf").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_report_takes_two_queries_however_many_rows(
    client, project, programmes, rows, django_assert_num_queries
):
    for i in range(rows):
        Result.objects.create(project=project, title_en=f"Result {i}")
        FundingLine.objects.create(project=project, programme=programmes["ka2"], amount=5, position=i + 3)
    with django_assert_num_queries(2):
        client.get(REPORT)


def test_report_of_the_same_words_is_told_by_its_sum(client, whole, at):
    with at(NOON):
        first = client.get(REPORT)
        again = client.get(REPORT, headers={"If-None-Match": first["ETag"]})
        head = client.head(REPORT)
    assert (again.status_code, again.content) == (304, b"")
    assert head.content == b""
    assert head["ETag"] == first["ETag"]
    assert first["Cache-Control"] == "private, no-cache"
    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"] == 'inline; filename="s-net-24-50-en.pdf"'
    whole[0].result_items.all().delete()
    with at(NOON):
        assert client.get(REPORT, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_report_for_staff_is_another_one_and_kept_by_nobody(client, whole, dainius):
    public = client.get(REPORT)
    client.force_login(dainius)
    own = client.get(REPORT, headers={"If-None-Match": public["ETag"]})
    assert own.status_code == 200
    assert "no-store" in own["Cache-Control"]
    assert "Cookie" in own["Vary"]


def test_report_cannot_be_posted(client, project):
    assert client.post(REPORT).status_code == 405


def test_the_same_paper_of_the_same_day_is_the_same_file():
    made = [typeset(paper(writing.paragraph("Words")), made_on=DAY) for _i in range(2)]
    assert made[0] == made[1]


# What people write


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ('#import "x": *', '#import "x": *'),
        ('#read("/etc/passwd")', '#read("/etc/passwd")'),
        ('a\n\n#eval("1+1") $x^2$ \\#let', '#eval("1+1") $x^2$ #let'),
        ("`#panic()` and ```#panic()```", "#panic() and #panic()"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("![words](/etc/passwd)", "words"),
        ("**bold** _soft_ line\\\nbreak", "bold soft line break"),
        ("> said\n\n- one\n- two\n\n3. three\n\n---\n\n    code", "said – one – two 3. three code"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a b 1 2"),
        ("# \n\n###### End", "End"),
        ("[](https://x.example/)\n\n# [](https://x.example/)\n\n# \u202e\n\nrest", "rest"),
        ("a\x07b \x00 c\u202ed", "ab □ cd"),
        ("x" + "\u0301" * 500, "x\u0301"),
        ("", "Title Text Made on"),
    ],
)
def test_what_people_write_is_text_and_nothing_else(source, shown):
    assert shown in text_of(source)


def test_only_web_and_mail_addresses_become_links():
    blocks = writing.from_markdown(
        "[a](javascript:x) [b](/etc/passwd) [c](https://c.example/) [d](mailto:d@d.example)"
    )
    assert [one["a"] for one in blocks[0]["in"] if isinstance(one, dict)] == [
        "https://c.example/",
        "mailto:d@d.example",
    ]
    assert writing.link("words", "file:///etc/passwd") == "words"


@pytest.mark.parametrize("sign", ["😀", "漢", "ש", "\ue000", "\U0010ffff"])
def test_sign_that_no_font_has_is_replaced_and_named(sign):
    said = text_of(f"before {sign} after")
    assert "before □ after" in said
    assert "This document cannot show some signs" in said
    assert f"U+{ord(sign):04X}" in said


def test_many_signs_that_no_font_has_take_one_pass(monkeypatch):
    said = text_of("".join(map(chr, range(0x4E00, 0x5E00))))
    assert said.count("U+") == typesetting.NAMED
    assert "…" in said


def test_sign_that_only_the_typesetter_misses_is_replaced_too(caplog):
    known = typesetting.Signs(coverage.signs_of(typesetting.FONTS) | {"漢"})
    assert known.readable("漢") == "漢"
    known.do_without("漢")
    assert known.readable("a漢") == "a□"
    known.do_without("ab")
    assert known.readable("aė") == "a□"


def test_fonts_that_miss_a_sign_which_they_claim_do_not_stop_the_paper(monkeypatch, caplog):
    monkeypatch.setattr(typesetting, "signs_of", lambda folder: coverage.signs_of(folder) | {"漢", "字"})
    said = text_of("a 漢字 b")
    assert "a □□ b" in said
    assert "no font shows" in caplog.text


@pytest.mark.parametrize(
    "source",
    [
        "Lorem ipsum dolor. " * 6000, "a" * 100_000, ">" * 5000 + "x", "[" * 20_000, "*a " * 5000,
        "\n".join("  " * i + "- a" for i in range(100)), "|" + "a|" * 500 + "\n|" + "-|" * 500,
        "|a|\n|-|\n" + "|1|\n" * 3000,
    ],
    ids=["long", "one word", "quotes", "brackets", "stars", "lists", "wide table", "long table"],
)  # fmt: skip
def test_enormous_text_does_no_harm(source):
    assert "Page 1 of" in text_of(source)


def test_text_longer_than_a_paper_bears_says_that_it_goes_on():
    assert "The text goes on" in text_of("word " * 21_000)
    assert "The text goes on" in text_of("|a|\n|-|\n" + "|1|\n" * 300)


@pytest.mark.parametrize("address", ["/etc/passwd", "../data.py", "../../../etc/passwd", "../typesetting.py"])
def test_sources_reach_no_file_outside_their_folder(address):
    with pytest.raises(typst.TypstError):
        typesetting._compiler.__wrapped__().compile(input=f'#read("{address}")'.encode(), format="pdf")


def test_sources_of_papers_take_data_from_one_place_only():
    (source,) = typesetting.SOURCES.glob("*")
    text = source.read_text()
    assert text.count("sys.inputs") == 1
    assert not any(word in text for word in ("eval(", "#import", "read(", "include", "plugin("))


def test_fonts_are_the_ones_that_were_checked():
    listed = tomllib.loads((typesetting.FONTS / "MANIFEST.toml").read_text())["file"]
    assert {file["path"] for file in listed} | {"MANIFEST.toml"} == {
        p.name for p in typesetting.FONTS.iterdir()
    }
    for file in listed:
        assert hashlib.sha256((typesetting.FONTS / file["path"]).read_bytes()).hexdigest() == file["sha256"]
    assert sum(p.stat().st_size for p in typesetting.FONTS.iterdir()) < 2_000_000


def test_fonts_cover_what_europe_writes():
    known = coverage.signs_of(typesetting.FONTS)
    assert known >= set("ąčęėįšųūžĄČĘĖĮŠŲŪŽ„“–łØßđðþœŐőŞșțñçÅΑΩαώЯяЇїЎў€£§№±×½…•→□\u00a0\u2003")


# The summary


@pytest.fixture
def several(ktu, aveiro, programmes):
    made = []
    for i, (lead, ends_on) in enumerate([(ktu, 2027), (ktu, 2025), (aveiro, 2027)]):
        one = factories.ProjectFactory(
            code=f"P-{i}",
            title_en=f"Project {i}",
            lead=lead,
            starts_on=dt.date(2024, 1, 1),
            ends_on=dt.date(ends_on, 12, 31),
        )
        FundingLine.objects.create(project=one, programme=programmes["alliances"], amount=1000 * (i + 1))
        made.append(one)
    FundingLine.objects.create(project=made[0], programme=programmes["budget"], amount=70, currency="SEK")
    factories.ProjectFactory(code="HIDDEN", lead=ktu, publication="draft")
    return made


def test_summary_counts_what_the_list_shows(client, several, at):
    with at(NOON):
        said = words(client, SUMMARY)
    for expected in (
        "3 projects", "None: all projects that you may see", "Under way 2", "Completed 1", "Erasmus+ 3",
        "Key Action 2 3",
        "State budget 1", "EUR 3 €6,000", "SEK 1 SEK", "P-0", "P-1", "P-2", "1 Jan 2024", "31 Dec 2027",
    ):  # fmt: skip
        assert expected in said.replace("\u00a0", " "), expected
    assert "HIDDEN" not in said
    assert "first" not in said


def test_summary_says_the_filters_in_words(client, several, at):
    with at(NOON):
        said = words(client, SUMMARY, phase="under_way", university="ktu", q="project", sort="newest")
    for expected in ("1 project", "Words project", "Phase Under way", "Started last", "phase=under_way"):
        assert expected in said, expected
    assert "P-0" in said
    assert "P-2" not in said


def test_summary_of_nothing_says_so(client, db):
    assert "No project matches" in words(client, SUMMARY, q="zzz")


def test_summary_speaks_lithuanian(client, several):
    response = client.get(SUMMARY.replace("/en/", "/lt/"))
    document, said = read(response.content)
    assert document.trailer["/Root"]["/Lang"] == "lt"
    assert "3 projektai" in said


def test_summary_says_so_when_there_are_more_than_it_shows(client, several, monkeypatch):
    monkeypatch.setattr(summary, "LONGEST", 2)
    said = words(client, SUMMARY)
    assert "The first 2 of 3 projects" in said
    assert ("P-1" in said, "€6,000" in said) == (False, True)


@pytest.mark.parametrize(
    "query",
    [
        "phase=bogus",
        "q=%00",
        "year=99999999999999999999",
        "sort=x",
        "q=" + "x" * 9000,
        "phase[$ne]=1",
        "q=%F0%9F%98%80",
    ],
)
def test_strange_queries_do_the_summary_no_harm(query, client, several):
    assert client.get(f"{SUMMARY}?{query}").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_summary_takes_seven_queries_however_many_rows(
    client, ktu, programmes, rows, django_assert_num_queries
):
    for _i in range(rows):
        one = factories.ProjectFactory(lead=ktu)
        FundingLine.objects.create(project=one, programme=programmes["ka2"], amount=5)
    client.get(SUMMARY)  # names are read once after a change
    with django_assert_num_queries(7):
        client.get(SUMMARY)


def test_summary_can_be_asked_for_again(client, several, at):
    with at(NOON):
        first = client.get(SUMMARY)
        assert client.get(SUMMARY, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert first["Content-Disposition"] == 'inline; filename="projects-summary-2026-11-22.pdf"'


def test_papers_are_plain_values(project, client):
    assert json.loads(json.dumps(paper(writing.paragraph("x"))))["title"] == "Title"


def test_summary_is_in_the_order_of_the_list_and_says_so(client, ktu):
    for code, title in (("LAST", "Number of robots"), ("BEST", "Number number number")):
        factories.ProjectFactory(lead=ktu, code=code, title_en=title, description_en="Some other words of it")
    for query, order in (({"q": "number"}, "Best match"), ({"q": "number", "sort": "code"}, "Number")):
        listed = [project.code for project in client.get("/en/projects/", query).context["page"].rows]
        said = words(client, SUMMARY, **query)
        assert f"Order {order}" in said
        assert sorted(listed, key=lambda code: said.rindex(f"{code} ")) == listed
