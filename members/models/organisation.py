"""One table of organisations: members, partners and the holders of an Erasmus charter are the same kind of thing."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import NullIf
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from ground import text
from ground.models import Identified
from ground.search import Words, matching, search_value
from ground.validators import sensible_year


class OrganisationQuerySet(QuerySet["Organisation"]):
    def search(self, typed: str | Words) -> OrganisationQuerySet:
        """Organisations whose names, city or codes begin with every word typed."""
        return matching(self, typed)

    def by_identifier(self, scheme: str, value: str) -> OrganisationQuerySet:
        """The organisation that carries the identifier (several only for OIDs, which are not unique)."""
        return self.filter(identifiers__scheme=scheme, identifiers__value=value)

    def with_code(self, scheme: str, value: str) -> Organisation | None:
        """The organisation that carries a code that no other one has; None where nobody does.

        The code is looked up first: one statement for both, planned while the tables were empty, reads them whole.
        """
        codes = Identifier.objects.filter(scheme=scheme, value=value).order_by("pk")
        return self.filter(pk__in=list(codes.values_list("organisation", flat=True)[:1])).first()


class Organisation(Identified):
    """A university, school, firm, city or any other body that projects and exchanges name."""

    class Kind(models.TextChoices):
        HIGHER_EDUCATION = "hei", _("Higher education institution")
        GROUP = "group", _("Group of institutions")
        PUBLIC_BODY = "public", _("Public body")
        COMPANY = "company", _("Company")
        OTHER = "other", _("Other organisation")

    name = models.CharField(_("legal name"), max_length=300)
    local_name = models.CharField(_("name in its own language"), max_length=300, blank=True)
    local_language = models.CharField(
        _("own language"), max_length=3, blank=True, help_text=_("ISO 639 code, such as lt.")
    )
    lithuanian_name = models.CharField(
        _("name in Lithuanian"), max_length=300, blank=True, default="", db_default="",
        help_text=_("Where Lithuanian has one of its own. A name in its own language that is Lithuanian stands above."),
    )  # fmt: skip
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.HIGHER_EDUCATION)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    country = CountryField(_("country"))
    city = models.CharField(_("city"), max_length=150, blank=True)
    street = models.CharField(_("street"), max_length=300, blank=True)
    post_code = models.CharField(_("post code"), max_length=30, blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)
    charter_from = models.DateField(
        _("Erasmus charter from"), null=True, blank=True, validators=[sensible_year]
    )
    charter_until = models.DateField(
        _("Erasmus charter until"), null=True, blank=True, validators=[sensible_year]
    )
    charter_proposal = models.CharField(_("charter proposal number"), max_length=20, blank=True)
    charter_gone_on = models.DateField(
        _("no longer in the charter list since"), null=True, blank=True, editable=False
    )
    sort_key = models.CharField(max_length=250, editable=False, db_index=True)
    search = SearchVectorField(null=True, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["sort_key", "pk"]
        indexes = [
            GinIndex(fields=["search"], name="members_organisation_search"),
            models.Index(
                fields=["charter_until"],
                condition=Q(charter_until__isnull=False),
                name="members_organisation_charter",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")),
                name="members_organisation_not_its_own_parent",
                violation_error_message=_("An organisation cannot be part of itself."),
            ),
            models.CheckConstraint(
                condition=Q(charter_until__isnull=True)
                | Q(charter_from__isnull=True)
                | Q(charter_until__gte=F("charter_from")),
                name="members_organisation_charter_order",
                violation_error_message=_("The charter ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def name_shown(self) -> str:
        """The name as readers of the present language know it; the legal one where they have no other.

        Registers write some names in capitals throughout; they are read in small letters.
        """
        return text.titled(self.name_in((get_language() or "")[:2]) or self.name)

    def name_in(self, language: str) -> str:
        """The name in `language`: its own where that is its language, a Lithuanian one where there is one, or ""."""
        if self.local_name and self.local_language == language:
            return self.local_name
        return self.lithuanian_name if language == "lt" else ""

    def told_as(self, key: str) -> dict[str, str]:
        """Its name for the context of a message: under `key`, and for readers of Lithuanian under `key`_lt."""
        return {key: text.titled(self.name), f"{key}_lt": text.titled(self.name_in("lt"))}

    @property
    def is_group(self) -> bool:
        """Whether it is made of others that have names and codes of their own."""
        return self.kind == self.Kind.GROUP or (self.pk is not None and self.children.exists())

    @property
    def city_shown(self) -> str:
        """The city for reading, in small letters where a register has it in capitals."""
        return text.titled(self.city, place=True)

    def clean(self) -> None:
        """Say in words what the database would refuse: being part of what is part of it."""
        if self.parent is not None and lies_below(self.parent, self):
            raise ValidationError({"parent": _("An organisation cannot be part of what is part of it.")})

    @property
    def names(self) -> list[str]:
        """All that it is called."""
        return [self.name, self.local_name, self.lithuanian_name, self.short_name]

    @property
    def found_by(self) -> list[str]:
        """The texts whose words find it (of a new record, what the database will fill in is none yet)."""
        return [text for text in (*self.names, self.city) if isinstance(text, str)]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = text.sort_key(self.name)
        self.search = search_value(self.found_by)
        super().save(*args, **kwargs)


def in_lithuanian(path: str = "") -> Case:
    """The name of an organisation in Lithuanian as the database finds it, NULL where it has none (see `name_in`)."""
    own = When(
        ~Q(**{f"{path}local_name": ""}), **{f"{path}local_language": "lt"}, then=F(f"{path}local_name")
    )
    return Case(own, default=NullIf(F(f"{path}lithuanian_name"), Value("")), output_field=models.TextField())


def lies_below(record: Any, root: Any) -> bool:
    """Whether `record` is part of `root`, over however many steps (both units, or both organisations)."""
    seen = set()
    while record is not None and record.pk not in seen:
        seen.add(record.pk)
        record = record.parent
        if record is not None and record.pk == root.pk:
            return True
    return False


class Scheme(models.TextChoices):
    ERASMUS = "erasmus", _("Erasmus code")
    PIC = "pic", _("PIC")
    OID = "oid", _("OID")
    SCHAC = "schac", _("SCHAC domain")
    ROR = "ror", _("ROR id")
    NATIONAL = "national", _("National code")


# Erasmus codes: the country part is padded to three characters and the spaces count (EWP registry).
PATTERNS: dict[str, re.Pattern[str]] = {
    Scheme.ERASMUS: re.compile(r"(IRL|LUX|[A-Z]{2} |[A-Z]  )[A-Z][A-Z-]*[A-Z][0-9]{2,3}"),
    Scheme.PIC: re.compile(r"[0-9]{9}"),
    Scheme.OID: re.compile(r"E[0-9]{8}"),
    Scheme.SCHAC: re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+"),
    Scheme.ROR: re.compile(r"https://ror\.org/0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}"),
    Scheme.NATIONAL: re.compile(r".{1,100}"),
}

# What a code of each kind looks like, said with an example to whoever wrote another thing. A page would draw two plain
# spaces as one, so that the words have hard ones; `plain_spaces` makes plain ones of those that come back.
WRONG: dict[str, str] = {
    Scheme.ERASMUS: gettext_noop(
        "This is not an Erasmus code. It has the country, the place and a number, such as “LT KAUNAS02”; after a "
        "country of one letter stand two spaces: “D  HAMBURG03”."
    ),
    Scheme.PIC: gettext_noop("This is not a PIC. It has nine digits and nothing else, such as 999844961."),
    Scheme.OID: gettext_noop("This is not an OID. It is an E with eight digits, such as E10208664."),
    Scheme.SCHAC: gettext_noop(
        "This is not a SCHAC domain. It is a domain in small letters, such as ktu.lt."
    ),
    Scheme.ROR: gettext_noop(
        "This is not a ROR id. It is a whole address, such as https://ror.org/01me6gb93."
    ),
    Scheme.NATIONAL: gettext_noop(
        "This is not a national code. It is one line of at most 100 signs, such as 111950581."
    ),
}
_ROR_MISTYPED = gettext_noop(
    "The check digits of this ROR id are wrong, so a sign was mistyped. Copy it from ror.org, such as "
    "https://ror.org/01me6gb93."
)


def plain_spaces(value: str) -> str:
    """A code with the spaces that it counts, where it was copied from a page with hard ones."""
    return value.replace("\u00a0", " ")


def wrong_code(scheme: str, value: str) -> str | None:
    """What is wrong with a code of this kind, in untranslated words that name the kind and show one; None if right."""
    if not PATTERNS[scheme].fullmatch(value):
        return WRONG[scheme]
    return _ROR_MISTYPED if scheme == Scheme.ROR and not ror_adds_up(value) else None


def _shaped() -> Q:
    """A value has the shape of its scheme; what scheme this is must be known."""
    condition = Q(scheme__in=list(PATTERNS))
    for scheme, pattern in PATTERNS.items():
        condition &= ~Q(scheme=str(scheme)) | Q(value__regex=f"^({pattern.pattern})$")
    return condition


# Crockford's base 32 without i, l, o, u: what ROR writes its numbers in.
_ROR_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"


def ror_adds_up(value: str) -> bool:
    """Whether the last two digits of a ROR id are the check digits of what stands before them (ISO 7064, mod 97-10)."""
    sign, check = value[-9:-2], value[-2:]
    number = 0
    for letter in sign:
        number = number * 32 + _ROR_SIGNS.index(letter)
    return 98 - (number * 100) % 97 == int(check)


class Identifier(models.Model):
    """A code by which the world knows an organisation."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="identifiers", verbose_name=_("organisation")
    )
    scheme = models.CharField(_("kind of code"), max_length=10, choices=Scheme.choices)
    value = models.CharField(_("code"), max_length=100)

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        ordering = ["scheme", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "value"],
                condition=~Q(scheme="oid"),
                name="members_identifier_once",
                violation_error_message=_("Another organisation already has this code."),
            ),
            models.UniqueConstraint(
                fields=["organisation", "scheme"],
                condition=~Q(scheme="national"),
                name="members_identifier_one_of_a_kind",
                violation_error_message=_("The organisation already has a code of this kind."),
            ),
            models.CheckConstraint(
                condition=_shaped(), name="members_identifier_shape",
                violation_error_message=_("This is not a valid code of this kind."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["scheme", "value"], name="members_identifier_value")]

    def __str__(self) -> str:
        return f"{self.get_scheme_display()} {self.value}"

    def clean(self) -> None:
        """Refuse a value that its scheme doesn't allow; that there is none, its field says."""
        self.value = plain_spaces(self.value or "")
        if self.scheme in PATTERNS and self.value and (words := wrong_code(self.scheme, self.value)):
            raise ValidationError({"value": _(words)})
