"""What the pages of universities and centres tell: real content, kept when the demo goes."""

from __future__ import annotations

from alliance_portal.demo.reading import pick, read
from members.models import Centre, CentreNetwork, Figure, Organisation, OrganisationalUnit, Scheme, University


def load_universities() -> None:
    """Texts, units, figures and centres; what somebody has written since stays as it is."""
    content = read("universities")
    for row in content["university"]:
        _texts(row)
    for figure in content["figure"]:
        key = {"university": None, "kind": figure["kind"], "year": figure["year"]}
        Figure.objects.get_or_create(**key, defaults=pick(figure, "value", "qualifier"))
    network = pick(content["centre_network"], "name", "description")
    stored, _ = CentreNetwork.objects.get_or_create(name_en=network["name_en"], defaults=network)
    for row in content["centre"]:
        values = pick(row, "name", "founded_on", "founding_agreement", "operator", "mission", "activities")
        values |= {"network": stored, "host": organisation(row["host"])}
        Centre.objects.get_or_create(slug=row["slug"], defaults=values)


def organisation(erasmus: str) -> Organisation:
    """The organisation with this Erasmus code."""
    return Organisation.objects.by_identifier(Scheme.ERASMUS, erasmus).get()


def _texts(row: dict[str, object]) -> None:
    university = University.objects.get(slug=row["slug"])
    if not university.summary:
        for name, value in pick(row, "summary", "priorities", "strategy", "history").items():
            setattr(university, name, value)
        university.save()
    for unit in row.get("unit", []):  # type: ignore[attr-defined]
        OrganisationalUnit.objects.get_or_create(
            university=university, name_en=unit["name_en"], defaults=pick(unit, "name", "description", "code")
        )
