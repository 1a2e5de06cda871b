"""How a project's phase and publication are shown."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ground import clock
from ground.templatetags.components import tag
from ground.templatetags.ground_tags import filled
from projects.models import Project
from projects.sheet import Sheet
from projects.workflow import Phase, Publication

register = template.Library()

_PHASES = {
    Phase.PLANNED: (gettext_lazy("planned"), "accent"),
    Phase.UNDER_WAY: (gettext_lazy("under way"), "good"),
    Phase.COMPLETED: (gettext_lazy("completed"), ""),
}
_PUBLICATIONS = {
    Publication.DRAFT: (gettext_lazy("draft"), "signal"),
    Publication.ARCHIVED: (gettext_lazy("archived"), ""),
}


@register.simple_tag
def phase_tag(project: Project) -> SafeString:
    """The phase in one or two words; the days where they run out."""
    day = clock.today(project.lead.zone)
    phase = project.phase_on(day)
    if phase != Phase.ENDING:
        return tag(*_PHASES[phase])
    left = project.days_left(day)
    if left == 0:
        return tag(_("ends today"), "signal")
    return tag(
        filled(ngettext("ends in %(count)d day", "ends in %(count)d days", left), count=left), "signal"
    )


@register.simple_tag
def period_words(sheet: Sheet) -> SafeString:
    """How far the period has come, in a sentence: "Day 640 of 1225"."""
    passed, length = sheet.days
    if sheet.day > sheet.project.ends_on:
        said = ngettext("The period had %(length)d day.", "The period had %(length)d days.", length)
    elif passed:
        said = _("Day %(passed)d of %(length)d.")
    else:
        said = ngettext("The period has %(length)d day.", "The period has %(length)d days.", length)
    return format_html('<p class="muted small">{}</p>', filled(said, passed=passed, length=length))


@register.simple_tag
def publication_tag(project: Project) -> SafeString:
    """A mark on what is not simply published; nothing for what is."""
    words = _PUBLICATIONS.get(Publication(project.publication))
    return tag(*words) if words else SafeString("")
