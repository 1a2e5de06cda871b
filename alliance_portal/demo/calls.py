"""The invented calls with their places."""

from __future__ import annotations

from typing import Any

from alliance_portal.demo.reading import Days, pick, read
from members.models import University
from mobility.models import Call, Place, RequiredDocument
from projects.models import Project


def load_calls(days: Days) -> None:
    """The invented calls that are not there yet, with places and the papers that they ask for."""
    universities = University.objects.in_bulk(field_name="slug")
    there = set(Call.objects.values_list("slug", flat=True))
    for row in read("calls")["call"]:
        if row["slug"] not in there:
            _call(row, universities, days)


def words(days: Days) -> dict[str, str]:
    """What stands for {autumn}, {spring}, {summer} and {year} in titles on the day of loading.

    Calls of November to April speak of the autumn after the coming summer, those of May to October of the next one.
    """
    day = days.day(0)
    autumn = day.year + (day.month >= 5)
    return {
        "autumn": f"{autumn}",
        "spring": f"{autumn}",
        "summer": f"{autumn}",
        "year": f"{autumn - 1}/{autumn}",
    }


def _call(row: dict[str, Any], universities: dict[str, University], days: Days) -> None:
    university = universities[row["university"]]
    names = words(days)
    values = pick(
        row, "slug", "kind", "mode", "summary", "tie_break", "publication", "offer_days", "max_wishes", "minimum_ects",
        "levels",
    )  # fmt: skip
    values |= {f"title_{language}": row[f"title_{language}"].format(**names) for language in ("en", "lt")}
    first = int(names["autumn"]) + row["year_offset"]
    call = Call.objects.create(
        **values,
        university=university,
        academic_year=f"{first}/{first + 1}",
        opens_at=days.at(row["opens_days"], "09:00", university.zone),
        closes_at=days.at(row["closes_days"], row["closes"], university.zone),
        decision_on=days.day(row["decision_days"], university.zone),
        is_demo=True,
    )
    terms = {f"term_{language}": text.format(**names) for language, text in row.get("term", {}).items()}
    for place in row["places"]:
        Place.objects.create(
            call=call, host=universities[place["host"]], field_id=place["field"], **terms,
            **pick(place, "level", "capacity", "language", "language_level"),
        )  # fmt: skip
    call.projects.set(Project.objects.filter(code__in=row.get("projects", [])))
    for n, paper in enumerate(row["documents"], 1):
        RequiredDocument.objects.create(call=call, position=n, **pick(paper, "name", "hint", "is_required"))
