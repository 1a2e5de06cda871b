import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ground.cells import disarmed, rearmed

UNSEEN = "".join(
    map(
        chr,
        (
            0xAD,
            0x34F,
            0x115F,
            0x180B,
            0x200B,
            0x202A,
            0x2060,
            0x2800,
            0x3164,
            0xFE0F,
            0xFEFF,
            0xE0020,
            0xA0,
            0x20,
        ),
    )
)
BREAKS = ";\t\n\v\f\r\x1c\x85\u2028\u2029"
SIGNS = r"=+\-@＝＋－﹣﹢﹦﹫＠"
TEXTS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "\u200b=1", "\u00a0=cmd|'/C calc'!A0",
    "a;=1+1", "a; =1", "a;;=1", "a\t=1", "a\n- one\n- two", "a\r\n＝1", "a;\n=1", "a;\t=1", 'a;"=1', 'a;""=1', '";=1',
    'a";"=1', "a;", "a;\u200b＋1", "a;' =1", "tail;", "=1;=2\t=3\n=4", "\t", "\ttab", "\n", "'quoted", "a=b", "1-2", "",
    '"=1', "a,=1", ",=1", "'=1", "''=1", "a;''\u2800=1", "'\n", "\ufe0f=1", "\u034f=1", "\u2800=1", "\u180b=1",
    "a\v=1", "a\f=1", "a\x85=1", "a\u2028=1", "a\u2029 =1", "\v", "' \"=1",
]  # fmt: skip


def fields(text, delimiter):
    return [cell for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) for cell in line]


@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("text", TEXTS)
def test_no_cell_is_a_formula_wherever_a_program_cuts_the_line(text, delimiter, quoting):
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n", quoting=quoting)
    writer.writerow([disarmed(cell) for cell in (text, "b", text, text, "c;", text)])
    formula = re.compile(f"[{UNSEEN}\t\r\n]*[{SIGNS}]")
    assert [cell for cell in fields(page.getvalue(), delimiter) if formula.match(cell)] == []


# Mostly what the rule is about: any text would hardly ever meet it.
TELLING = st.text(st.sampled_from("=+-@＝'\"a1," + BREAKS + UNSEEN), max_size=12)


def with_examples(test):
    for text in TEXTS:
        test = example(text)(test)
    return given(st.text() | TELLING)(test)


@with_examples
def test_what_was_disarmed_is_read_back_as_it_was(text):
    assert rearmed(disarmed(text)) == text


@with_examples
def test_what_was_disarmed_twice_is_read_back_in_two_steps(text):
    """A table that was imported as text, apostrophes and all, is exported and imported like any other."""
    assert rearmed(rearmed(disarmed(disarmed(text)))) == text


@with_examples
def test_no_part_of_a_cell_begins_with_a_formulas_sign(text):
    formula = re.compile(f"[{UNSEEN}]*[{SIGNS}]")
    assert [part for part in re.split(f"[{BREAKS}]", disarmed(text)) if formula.match(part)] == []


@pytest.mark.parametrize(
    "text", ["S-NET", "a=b", "1-2", "'quoted", "Plain", "", "a; b", "it's; fine", "one\ntwo"]
)
def test_what_is_harmless_is_left_alone(text):
    assert disarmed(text) == rearmed(text) == text
