"""The page on which the columns of a file are given their meaning: wide tables, many choices."""

import gzip
import time

import pytest

from projects.forms.drawn import Drawn, DrawnSelect
from projects.imports.columns import choices
from projects.models import Import
from tests.projects.importing import begun, url
from tests.projects.sending import fields

pytestmark = pytest.mark.django_db
OWN = ["code", "title_en", "starts_on", "ends_on"]
NUMBERED = [f"{kind}_{i}_title_en" for i in range(1, 21) for kind in ("milestone", "result")]


@pytest.fixture
def manager(client, dainius):
    client.force_login(dainius)
    return client


def table(headings):
    return [headings, [f"x{i}" for i in range(len(headings))]]


def opened(client, batch):
    start = time.process_time()
    answer = client.get(url(batch, "columns/"))
    assert answer.status_code == 200
    return answer, time.process_time() - start


def test_widest_table_opens_in_a_moment_and_stays_light(manager):
    wide = [*OWN, *NUMBERED, *(f"Own column {i}" for i in range(500 - len(OWN) - len(NUMBERED)))]
    batch = begun(manager, table(wide))
    answer, took = opened(manager, batch)
    assert took < 3
    assert len(gzip.compress(answer.content)) < 100_000
    sent = fields(answer)
    assert [name for name in sent if name.startswith("column_")] == [f"column_{i}" for i in range(500)]
    assert [sent[f"column_{i}"] for i in range(44)] == [*OWN, *NUMBERED]
    assert not any(sent[f"column_{i}"] for i in range(44, 500))


def test_wide_table_without_numbers_is_not_much_to_read(manager):
    batch = begun(manager, table([*OWN, *(f"Own column {i}" for i in range(496))]))
    answer, took = opened(manager, batch)
    assert took < 1.5
    assert len(answer.content) < 1_800_000


def test_columns_of_a_wide_table_that_fill_nothing_stand_in_a_part_of_their_own(manager):
    batch = begun(manager, table([*OWN, *(f"Own column {i}" for i in range(60))]))
    answer, _took = opened(manager, batch)
    form = answer.context["form"]
    assert [heading.name for heading, _field in form.columns] == OWN
    assert len(form.unfilled) == 60
    text = answer.content.decode()
    assert "60 more columns that fill nothing" in text
    assert text.count("<details><summary>") == 1
    assert all(f'<label for="id_column_{i}">' in text for i in range(64))


def test_wide_table_of_which_nothing_is_known_is_open(manager):
    batch = begun(manager, table([f"Own column {i}" for i in range(61)]))
    assert "<details open><summary>61 more" in opened(manager, batch)[0].content.decode()


def test_narrow_table_has_all_its_columns_in_one_list(manager):
    batch = begun(manager, table([*OWN, "Own column"]))
    form = opened(manager, batch)[0].context["form"]
    assert (len(form.columns), form.unfilled) == (5, [])


def test_choice_in_the_folded_part_counts_and_a_wrong_one_comes_out_of_it(manager):
    batch = begun(manager, table([*OWN, *(f"Own column {i}" for i in range(60))]))
    sent = fields(manager.get(url(batch, "columns/"))) | {"order": "dmy", "mark": "", "partners": "refuse"}
    sent = {name: value for name, value in sent.items() if name not in ("encoding", "delimiter", "clear")}
    wrong = manager.post(url(batch, "columns/"), sent | {"column_30": "code", "column_40": "nonsense"})
    assert wrong.status_code == 422
    shown = [heading.position for heading, _field in wrong.context["form"].columns]
    assert shown == [0, 1, 2, 3, 30, 40]
    assert manager.post(url(batch, "columns/"), sent | {"column_30": "acronym"}).status_code == 302
    assert Import.objects.get().mapping["30"] == "acronym"


def test_each_column_can_be_given_what_stands_beside_it_in_its_number(manager):
    wide = [*OWN, *NUMBERED, *(f"Own column {i}" for i in range(456))]
    text = opened(manager, begun(manager, table(wide)))[0].content.decode()
    third = text.split('id="id_column_8"', 1)[1].split("</select>")[0]
    assert '<option value="milestone_3_title_en" selected>' in third
    assert '<option value="milestone_3_due_on">' in third
    assert '<option value="milestone_4_title_en"' not in third


def test_options_are_escaped_and_one_is_selected():
    drawn = Drawn([("", "None"), ('a"b', "<b>&"), ("c", "C")])
    select = DrawnSelect(drawn)
    assert select.render("n", 'a"b', {"id": 'x"y'}) == (
        '<select id="x&quot;y" name="n"><option value="">None</option>'
        '<option value="a&quot;b" selected>&lt;b&gt;&amp;</option><option value="c">C</option></select>'
    )
    assert select.render("n", None).count("selected") == 1
    assert select.render("n", "<script>").count("selected") == 0
    assert "<script>" not in select.render("n", "<script>")


def test_every_choice_is_drawn_where_there_are_few(manager):
    text = opened(manager, begun(manager, table([*OWN, "Own column"])))[0].content.decode()
    assert text.count("<option") >= 5 * (1 + len(choices(OWN)))
