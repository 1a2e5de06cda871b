"""The form of a project with every section full can be sent: what it holds at most fits what the portal takes."""

import pytest
from django.conf import settings

from projects.forms import Editor
from projects.forms.project import EditedProjectForm, NewProjectForm
from projects.models import FormDraft
from tests.projects.sending import fields

pytestmark = pytest.mark.django_db
BESIDE = (
    8  # the proof of origin, the marks of form and draft, the keeper, the button, and what the search sends
)


def per_row(editor):
    return {name: len(made.empty_form.fields) for name, made in editor.sets.items()}


def test_full_form_its_rows_over_the_limit_and_its_conflict_page_fit_what_is_taken(project, dainius):
    from projects import rules

    editor = Editor(leads=rules.leads_for(dainius), project=project)
    own = len({*EditedProjectForm.base_fields, *NewProjectForm.base_fields}) + BESIDE
    rows = per_row(editor)
    heads = 4 * len(rows)  # what tells how many rows of a kind there are
    full = own + heads + sum(editor.sets[name].max_num * count for name, count in rows.items())
    most = own + heads + sum(editor.sets[name].absolute_max * count for name, count in rows.items())
    # The page of a conflict carries both versions of what it asks, the question and the answer.
    asked = 4 * own + heads + sum(editor.sets[n].max_num * (2 * count + 2) for n, count in rows.items())
    assert (full > 2000, max(full, most, asked) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS) == (True, True)


def test_form_with_every_section_full_is_taken(client, project, dainius):
    client.force_login(dainius)
    data = fields(client.get("/en/projects/s-net-24-50/edit/"))
    editor = Editor(leads=dainius._meta.model.objects.none(), project=project)
    for name, made in editor.sets.items():
        data[f"{name}-TOTAL_FORMS"] = str(made.max_num)
        for number in range(int(data[f"{name}-INITIAL_FORMS"]), made.max_num):
            data |= {f"{name}-{number}-{field}": "" for field in made.empty_form.fields}
    data["milestones-59-title_en"] = "The last one"
    assert len(data) > 2000
    assert client.post("/en/projects/s-net-24-50/draft/", data).status_code == 302
    assert dict(FormDraft.objects.get().content)["milestones-59-title_en"] == "The last one"


def test_rows_that_did_not_arrive_are_not_drawn(client, project, dainius):
    client.force_login(dainius)
    data = fields(client.get("/en/projects/s-net-24-50/edit/")) | {"title_en": "", "title_lt": ""}
    few = client.post("/en/projects/s-net-24-50/edit/", data)
    for name in Editor(leads=dainius._meta.model.objects.none(), project=project).sets:
        data[f"{name}-TOTAL_FORMS"] = "99"
    many = client.post("/en/projects/s-net-24-50/edit/", data)
    assert (few.status_code, many.status_code) == (422, 422)
    assert len(many.content) < 1.2 * len(few.content)
