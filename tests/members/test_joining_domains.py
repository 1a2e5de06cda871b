"""Which university an address suggests."""

import pytest

from members.joining import domains
from tests.members.joining import domain

KELVIN = "\u212a"  # a sign whose lower case is the letter k


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("ana@ktu.lt", "ktu.lt"), ("ana@KTU.LT", "ktu.lt"), ("ana@ktu.lt.", "ktu.lt"), ("ana@a.b.c.lt", "a.b.c.lt"),
        ('"ana@ktu.lt"@evil.example', "evil.example"), ("ana@ačiū.lt", "xn--ai-ema19a.lt"),
        ("ana@xn--ai-ema19a.lt", "xn--ai-ema19a.lt"),
        # What only looks like a domain is none: other letters that become plain ones, other dots, no dot, nothing.
        (f"ana@{KELVIN}tu.lt", ""), ("ana@ｋｔｕ.lt", ""), ("ana@ktu。lt", ""), ("ana@č。ktu.lt", ""), ("ana@lt", ""),
        ("ana@ktu.lt..", ""), ("ana@.ktu.lt", ""), ("ana@k\u200dtu.lt", ""), ("ana@ktu\u2024lt", ""),
        ("ktu.lt", ""), ("@ktu.lt", ""), ("", ""), ("ana@", ""), ("ana@ktu lt.example", ""),
        ("ana@" + "ū" * 70 + ".lt", ""),
    ],
)  # fmt: skip
def test_the_domain_of_an_address_is_read_as_it_is_and_not_as_it_looks(address, found):
    assert domains.domain_of(address) == found


@pytest.mark.parametrize(
    ("address", "slug"),
    [
        ("ana@ktu.lt", "ktu"), ("ana@student.ktu.lt", "ktu"), ("ana@AAU.KTU.LT.", "ktu"),
        ("ana@medicine.ktu.lt", "aveiro"), ("ana@a.medicine.ktu.lt", "aveiro"),  # the longest ending counts
        ("ana@ktu.lt.evil.example", None), ("ana@xktu.lt", None), ("ana@ktu-lt.example", None), ("ana@lt", None),
        ("ana@ktu.lt@evil.example", None), ("ana@кtu.lt", None), (f"ana@{KELVIN}tu.lt", None), ("", None),
    ],
)  # fmt: skip
def test_the_university_with_the_longest_domain_that_ends_the_address_is_suggested(
    ktu, aveiro, address, slug
):
    domain(ktu, "ktu.lt")
    domain(aveiro, "medicine.ktu.lt")
    found = domains.suggested(address)
    assert (found.slug if found else None) == slug


def test_one_address_and_three_are_looked_up_in_one_query(ktu, aveiro, django_assert_num_queries):
    domain(ktu, "ktu.lt")
    domain(aveiro, "ua.pt")
    with django_assert_num_queries(1):
        assert domains.suggested_for(["a@ktu.lt"]) == {"a@ktu.lt": ktu}
    with django_assert_num_queries(1):
        found = domains.suggested_for(["a@ktu.lt", "b@x.ua.pt", "c@elsewhere.example"])
    assert found == {"a@ktu.lt": ktu, "b@x.ua.pt": aveiro, "c@elsewhere.example": None}
