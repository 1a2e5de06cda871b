"""Which records of the room keep their history."""

import reversion

from members import models

_ALONE = (
    models.Identifier, models.Membership, models.Figure, models.Contact, models.OrganisationalUnit,
    models.CentreNetwork, models.Centre, models.OwnProfile, models.TeachingLanguage,
    models.EmailDomain, models.FactsheetTerm, models.FactsheetLanguage,
)  # fmt: skip

# What is kept with every save of a university, so that one revision tells the whole of it.
UNIVERSITY = [
    "memberships",
    "figures",
    "contacts",
    "units",
    "own_profile",
    "teaching_languages",
    "email_domains",
]


def keep() -> None:
    """Tell reversion, once; before the back office does so by itself and takes the search words along."""
    if reversion.is_registered(models.University):
        return
    for model in _ALONE:
        reversion.register(model)
    reversion.register(models.Organisation, exclude=["search"], follow=["identifiers"])
    reversion.register(models.University, follow=UNIVERSITY)
    reversion.register(models.Factsheet, follow=["terms", "languages"])
