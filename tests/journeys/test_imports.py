"""A file of projects on its way in, in a real browser: the file, its columns, an error, taking over, the report."""

import pytest

from projects.imports import work
from projects.models import Import, Project

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
TABLE = (
    "Nr.,Title in English,First day,Ends,Milestone 1,Milestone 1 due\r\n"
    "N-1,Green campus,2026-01-01,31.12.2027,Final report,2028-03-01\r\n"
    "N-2,Open laboratories,2026-01-01,soon,,\r\n"
    "N-3,City challenges,1 March 2026,2028-02-29,,\r\n"
)


def arrive(page, words, *, scripts):
    """Let the job work and come to the page that it leads to: by itself with scripts, by a press on a link without."""
    work.work_on_all()
    if not scripts:
        page.get_by_role("link", name="Refresh").click()
    page.get_by_role("heading", level=1, name=words).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def step(page):
    [current] = page.locator("[aria-current=step]").all_inner_texts()
    return current.split()[-1]


@pytest.mark.parametrize("scripts", [False, True])
def test_a_manager_imports_a_file_with_an_error_on_a_phone(browse, ktu, dainius, scripts):
    page = browse(dainius, width=360, scripts=scripts)
    page.goto("/en/projects/imports/")
    assert step(page) == "File"
    file = {"name": "projects.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    page.locator("main input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    arrive(page, "What do the columns mean?", scripts=scripts)
    assert step(page) == "Columns"
    chosen = [page.locator(f"[name=column_{place}]").input_value() for place in range(6)]
    assert chosen == ["", "title_en", "starts_on", "ends_on", "milestone_1_title_en", "milestone_1_due_on"]

    page.get_by_role("button", name="Check the rows").click()
    assert "project number" in page.locator(".problem").first.inner_text()
    page.get_by_label("Nr.").select_option("code")
    page.get_by_role("button", name="Check the rows").click()
    arrive(page, "What would happen", scripts=scripts)
    assert step(page) == "Check"
    assert Project.objects.count() == 0
    main = page.locator("main").inner_text()
    assert "1 error and no warnings." in main
    assert "Ends (Last day)" in main
    assert "soon: This is not a date." in main
    assert "Final report, Other, due 1 March 2028" in main

    page.get_by_role("button", name="Take over the good rows").click()
    arrive(page, "Done", scripts=scripts)
    assert step(page) == "Report"
    assert set(Project.objects.values_list("code", flat=True)) == {"N-1", "N-3"}
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the report of all rows (CSV)").click()
    report = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert report[2].startswith("3,Refused,Ends (Last day): This is not a date.")
    assert Import.objects.get().status == Import.Status.DONE
