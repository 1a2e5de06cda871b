"""Rows of one page of the back office that collide with each other are refused in words."""

import pytest

from members.models import Identifier, Membership, OrganisationalUnit
from tests import factories
from tests.members.sending import client_of

pytestmark = pytest.mark.django_db


def sent(client, path, **rows):
    """What the page at `path` sends as it stands, with rows added to its tables (prefix=[values of a row, ...])."""
    context = client.get(path).context
    form = context["adminform"].form
    typed = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
    for inline in context["inline_admin_formsets"]:
        made = inline.formset
        stored = [one for one in made.forms if one.instance.pk]
        for one in stored:
            typed |= {
                one.add_prefix(name): "" if (value := one[name].value()) is None else value
                for name in one.fields
            }
        more = rows.get(made.prefix, [])
        for number, values in enumerate(more, len(stored)):
            typed |= {f"{made.prefix}-{number}-{name}": value for name, value in values.items()}
        typed[f"{made.prefix}-INITIAL_FORMS"] = str(len(stored))
        typed[f"{made.prefix}-TOTAL_FORMS"] = str(len(stored) + len(more))
    return {name: value for name, value in typed.items() if value is not False}


def test_two_overlapping_memberships_typed_at_once_are_refused(ktu, laima):
    client, path = client_of(laima), f"/admin/members/university/{ktu.pk}/change/"
    Membership.objects.filter(university=ktu).delete()
    periods = [
        {"kind": "member", "valid_from": "2020-01-01"},
        {"kind": "associate", "valid_from": "2021-01-01"},
    ]
    answer = client.post(path, sent(client, path, memberships=periods))
    assert "Two memberships overlap. One ends before the next begins." in answer.content.decode()
    assert not Membership.objects.exists()
    periods[0]["valid_until"] = "2020-12-31"
    assert client.post(path, sent(client, path, memberships=periods)).status_code == 302
    assert Membership.objects.count() == 2


def test_two_codes_of_a_kind_typed_at_once_are_refused(ktu, laima):
    client, path = client_of(laima), f"/admin/members/organisation/{ktu.organisation_id}/change/"
    codes = [{"scheme": "pic", "value": "111111111"}, {"scheme": "pic", "value": "222222222"}]
    answer = client.post(path, sent(client, path, identifiers=codes))
    assert "PIC: there is one already in a row above." in answer.content.decode()
    assert not Identifier.objects.exists()


def test_units_that_become_parts_of_each_other_at_once_are_refused(ktu, laima):
    one = factories.UnitFactory(university=ktu, name_en="One")
    other = factories.UnitFactory(university=ktu, name_en="Other")
    client, path = client_of(laima), f"/admin/members/university/{ktu.pk}/change/"
    typed = sent(client, path)
    rows = {
        typed[name]: name.rpartition("-")[0]
        for name in typed
        if name.startswith("units-") and name.endswith("-id")
    }
    typed[f"{rows[one.pk]}-parent"], typed[f"{rows[other.pk]}-parent"] = str(other.pk), str(one.pk)
    answer = client.post(path, typed, follow=True)
    text = answer.content.decode()
    assert "A unit cannot be part of what is part of it. Nothing was saved." in text
    assert not OrganisationalUnit.objects.exclude(parent=None).exists()
