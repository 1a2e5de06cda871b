"""What happens next with an agreement, and whether it waits for the person who looks: the home of these sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models.agreement import WAITING
from members.register.standing import Standing
from members.workflow import AgreementStatus, VersionStatus

# What a tag looks like that says how an agreement or a version stands.
TONES: Mapping[str, str] = {
    VersionStatus.DRAFT: "", VersionStatus.SENT: "accent", VersionStatus.APPROVED_ONE: "accent",
    VersionStatus.IN_FORCE: "good", VersionStatus.RETURNED: "signal", AgreementStatus.TERMINATED: "signal",
}  # fmt: skip
_ENDED: Mapping[str, Promise] = {
    AgreementStatus.EXPIRED: gettext_lazy("Its last academic year is over."),
    AgreementStatus.ABANDONED: gettext_lazy("The proposal was abandoned."),
}


@dataclass(frozen=True)
class Next:
    """`words` say what happens next; `waits` whether for this person; `button` and `url` where that is done.

    `kind` tells items of "My work" apart: approve, draft, returned, ending; "" where nothing waits.
    """

    words: str
    waits: bool = False
    button: str = ""
    url: str = ""
    kind: str = ""


def next_step(one: Standing, mine: set[int], names: Mapping[int, str], year: str) -> Next:
    """The next step of an agreement for who coordinates `mine`; `names` of universities by number, `year` runs now."""
    if one.status in (AgreementStatus.TERMINATED, AgreementStatus.ABANDONED):
        return _ended(one)
    if one.last.status in WAITING:
        return _waiting(one, mine, names)
    if one.last.status == VersionStatus.DRAFT:
        return _draft(one, mine, names)
    if one.last.status == VersionStatus.RETURNED:
        return _returned(one, mine, names)
    if one.status == AgreementStatus.IN_FORCE and one.last_year <= year and mine:
        words = _("It ends with this academic year. Agree on a longer one in time.")
        return Next(words, True, _("Open the agreement"), _page(one), "ending")
    if one.status == AgreementStatus.IN_FORCE:
        return Next(_("In force. Nothing waits."))
    if one.status == AgreementStatus.EXPIRED:
        return _ended(one)
    return Next(_("What was proposed is withdrawn. Write another version, or abandon the proposal."))


def _waiting(one: Standing, mine: set[int], names: Mapping[int, str]) -> Next:
    asked = [university for university in one.missing if university in mine]
    url = reverse("members:agreement_approve", args=[one.uuid, one.last.number])
    if one.last.author in asked:
        return Next(_("Sent, and not approved by you yet."), True, _("Read and approve"), url, "approve")
    if asked:
        return Next(_("It waits for your approval."), True, _("Read and approve"), url, "approve")
    awaited = ", ".join(names.get(university, "") for university in one.missing)
    return Next(_("Waits for an approval: %(university)s.") % {"university": awaited})


def _draft(one: Standing, mine: set[int], names: Mapping[int, str]) -> Next:
    if one.last.author in mine:
        url = reverse("members:agreement_edit", args=[one.uuid, one.last.number])
        return Next(_("Your draft is not sent yet."), True, _("Continue the draft"), url, "draft")
    return Next(
        _("A draft is being written: %(university)s.") % {"university": names.get(one.last.author, "")}
    )


def _returned(one: Standing, mine: set[int], names: Mapping[int, str]) -> Next:
    returned_by = one.other(one.last.author)
    told = {"side": names.get(returned_by, ""), "author": names.get(one.last.author, "")}
    if one.last.author in mine:
        words = _("%(side)s returned it with a comment. Write the next version.") % told
        return Next(words, True, _("Read the comment"), _page(one), "returned")
    if returned_by in mine:
        return Next(_("You returned it with a comment. The next version is written by %(author)s.") % told)
    return Next(_("%(side)s returned it with a comment. The next version is written by %(author)s.") % told)


def _ended(one: Standing) -> Next:
    if one.status == AgreementStatus.TERMINATED:
        return Next(_("Notice was given. It ends after %(year)s.") % {"year": one.ends_after})
    return Next(str(_ENDED[one.status]))


def _page(one: Standing) -> str:
    return reverse("members:agreement", args=[one.uuid])


@dataclass(frozen=True)
class State:
    """How something stands, in a word or two, and the tone of its tag."""

    words: str
    tone: str


def states(one: Standing) -> list[State]:
    """How the agreement stands; a proposal says how its version does, and so does an open change."""
    version = _state(VersionStatus(one.last.status))
    if one.status == AgreementStatus.PROPOSED:
        return [version]
    own = _state(AgreementStatus(one.status))
    if one.last.status not in (VersionStatus.DRAFT, *WAITING):
        return [own]
    return [own, State(_("Change: %(state)s") % {"state": version.words.lower()}, version.tone)]


def _state(status: AgreementStatus | VersionStatus) -> State:
    return State(str(status.label), TONES.get(status, ""))
