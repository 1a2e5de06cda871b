"""Which records of the room keep their history."""

import reversion

from members import models

_ALONE = (
    models.Identifier, models.Membership, models.Figure, models.Contact, models.OrganisationalUnit,
    models.CentreNetwork, models.Centre,
)  # fmt: skip


def keep() -> None:
    """Tell reversion, once; before the back office does so by itself and takes the search words along."""
    if reversion.is_registered(models.University):
        return
    for model in _ALONE:
        reversion.register(model)
    reversion.register(models.Organisation, exclude=["search"], follow=["identifiers"])
    reversion.register(models.University, follow=["memberships", "figures", "contacts", "units"])
