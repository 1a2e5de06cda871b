"""What stands in "My work" of who keeps agreements."""

import datetime as dt

import pytest

from ground import clock
from members import work
from members.actions import agreements as actions
from tests.members import agreeing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("autumn_2026")]


def kinds(person):
    if hasattr(person, "_held"):
        del person._held
    return [(item.kind, item.due) for item in work.waiting_for(person)]


def test_a_sent_version_waits_for_the_partner_and_for_who_did_not_approve_it(
    ktu, aveiro, ruta, bruno, chiara, egle
):
    agreeing.sent(ktu, aveiro, ruta)
    assert [kinds(person) for person in (ruta, bruno)] == [[("agreement_approve", None)]] * 2
    assert [kinds(person) for person in (chiara, egle)] == [[], []]


def test_a_draft_waits_for_its_author_alone(ktu, aveiro, ruta, bruno):
    agreeing.propose(ktu, aveiro, ruta)
    assert kinds(ruta) == [("agreement_draft", None)]
    assert kinds(bruno) == []


def test_a_returned_version_waits_for_its_author(ktu, aveiro, ruta, bruno):
    version = agreeing.sent(ktu, aveiro, ruta)
    actions.return_version(version, comment="Four.", by=bruno)
    assert kinds(ruta) == [("agreement_returned", None)]
    assert kinds(bruno) == []


def test_an_agreement_in_its_last_year_waits_with_its_end(ktu, aveiro, ruta, bruno):
    agreeing.agreed(ktu, aveiro, ruta, bruno)
    assert kinds(ruta) == []
    with clock.one_moment(dt.datetime(2029, 10, 1, tzinfo=dt.UTC)):
        assert kinds(ruta) == [("agreement_ending", dt.date(2030, 8, 31))]


def test_the_window_of_changes_stands_in_its_last_month(ktu, aveiro, ruta, bruno):
    agreeing.agreed(ktu, aveiro, ruta, bruno)
    for day, wanted in (
        (dt.datetime(2026, 12, 31, tzinfo=dt.UTC), []),
        (dt.datetime(2027, 1, 2, tzinfo=dt.UTC), [("window", dt.date(2027, 1, 31))]),
        (dt.datetime(2027, 2, 1, tzinfo=dt.UTC), []),
    ):
        with clock.one_moment(day):
            assert kinds(ruta) == wanted


@pytest.mark.parametrize("number", [1, 3])
def test_my_work_takes_the_same_queries_for_one_agreement_and_three(
    ktu, aveiro, ruta, number, django_assert_num_queries
):
    for _ in range(number):
        agreeing.sent(ktu, aveiro, ruta)
    del ruta._held
    with django_assert_num_queries(4):
        assert len(work.waiting_for(ruta)) == number
