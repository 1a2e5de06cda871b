"""Back office of this room, one module for each kind of record."""

from members.admin import agreements, factsheets, organisations, releases, requests
from members.admin.organisations import OF_UNIVERSITY, UniversityFilter

__all__ = [
    "OF_UNIVERSITY",
    "UniversityFilter",
    "agreements",
    "factsheets",
    "organisations",
    "releases",
    "requests",
]
