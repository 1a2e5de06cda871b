import pytest

from ground.workflow import NotPossible
from mobility.workflow import APPEAL, APPLICATION, BULK, CALL
from news.workflow import PUBLICATION as NEWS
from projects.workflow import PUBLICATION as PROJECT

TABLES = [APPLICATION, APPEAL, BULK, CALL, NEWS, PROJECT]


@pytest.mark.parametrize("table", TABLES)
def test_every_status_is_reachable(table):
    reached, grown = {table.first}, True
    while grown:
        more = {t.target for t in table.transitions.values() if t.sources & reached} - reached
        grown = bool(more)
        reached |= more
    assert reached == set(table.statuses.values)


@pytest.mark.parametrize("table", TABLES)
def test_every_status_is_final_or_can_be_left(table):
    for status in table.statuses.values:
        assert (status in table.final) != bool(table.open_from(status))


@pytest.mark.parametrize("table", TABLES)
def test_every_transition_has_a_known_permission_and_words_in_both_languages(table):
    import rules
    from django.utils.translation import override

    for transition in table.transitions.values():
        assert rules.perm_exists(transition.permission), transition.permission
        for words in (transition.label, transition.sentence):
            with override("en"):
                english = str(words)
            with override("lt"):
                lithuanian = str(words)
            assert english
            assert lithuanian != english, f"no Lithuanian for {english}"


def test_an_unknown_step_and_a_wrong_source_are_refused():
    with pytest.raises(NotPossible):
        APPLICATION.find("become_rector", source="draft")
    with pytest.raises(NotPossible):
        APPLICATION.find("accept", source="draft")


# The rules of applications: every way there is, and no other.
WAYS = {
    ("draft", "submitted"), ("submitted", "draft"), ("submitted", "returned"), ("returned", "submitted"),
    ("submitted", "eligible"), ("submitted", "ineligible"), ("ineligible", "eligible"),
    ("eligible", "offered"), ("eligible", "waitlisted"), ("eligible", "not_selected"),
    ("waitlisted", "offered"), ("waitlisted", "not_selected"),
    ("not_selected", "waitlisted"), ("not_selected", "offered"),
    ("offered", "accepted"), ("offered", "declined"), ("offered", "expired"),
}  # fmt: skip


def test_applications_go_the_ways_of_the_rules_and_no_other():
    ways = {
        (s, t.target) for t in APPLICATION.transitions.values() for s in t.sources if t.target != "withdrawn"
    }
    assert ways == WAYS


def test_withdrawn_is_open_from_every_state_before_accepted():
    assert APPLICATION.transitions["withdraw"].sources == {
        "draft", "submitted", "returned", "eligible", "ineligible", "offered", "waitlisted", "not_selected",
    }  # fmt: skip
