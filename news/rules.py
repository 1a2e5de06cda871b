"""Who may do what with news and events.

Source of the approval rule: domain.md, "News and events": a news item of an editor is approved by another editor of
the university or by the office. "Another" is measured by who wrote the present text.
"""

from __future__ import annotations

from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from members.appointments import held_by
from members.models import Role, University
from members.rules import is_administrator, is_office
from news.models import Event, NewsItem
from news.workflow import APPROVE, WRITE, Publication

_PLANNED = (Publication.DRAFT, Publication.IN_REVIEW)


@rules.predicate
def is_editor_of(user: Any, record: NewsItem | Event | None) -> bool:
    """An editor of the university whose text it is; texts of the alliance belong to editors of the alliance."""
    return record is not None and record.university_id in held_by(user).by_role.get(Role.EDITOR, frozenset())


@rules.predicate
def is_author(user: Any, record: NewsItem | Event | None) -> bool:
    """Whether the present text is this person's own."""
    author = getattr(record, "author_id", None)
    return author is not None and author == user.pk


@rules.predicate
def is_planned(user: Any, record: NewsItem | Event | None) -> bool:
    """Whether the text has not been published yet."""
    return record is not None and record.publication in _PLANNED


@rules.predicate
def is_archived(user: Any, record: NewsItem | Event | None) -> bool:
    return record is not None and record.publication == Publication.ARCHIVED


@rules.predicate
def is_editor(user: Any) -> bool:
    return held_by(user).has(Role.EDITOR)


@rules.predicate
def is_editor_of_alliance(user: Any) -> bool:
    """Whether the person writes in the name of the alliance."""
    return None in held_by(user).by_role.get(Role.EDITOR, frozenset())


KEEP_TOPICS = "news.keep_topics"
rules.add_perm(KEEP_TOPICS, is_office | is_administrator)
# What everybody reads first is no university's own: who writes for the alliance chooses it.
CHOOSE_LEAD = "news.choose_lead"
rules.add_perm(CHOOSE_LEAD, is_office | is_administrator | is_editor_of_alliance)
rules.add_perm("news.create_item", is_editor | is_office | is_administrator)
rules.add_perm(WRITE, is_office | is_administrator | is_editor_of)
# What everybody reads is changed by the office alone; an editor opens it again first.
rules.add_perm("news.change_item_text", is_office | is_administrator | (is_editor_of & is_planned))
# A date that moves can't wait: the editors of its university change a published event at once, and its history says so.
rules.add_perm("news.change_event", is_office | is_administrator | (is_editor_of & ~is_archived))
# Who registered is the organiser's business alone.
rules.add_perm("news.see_registrations", is_office | is_administrator | is_editor_of)
# A letter to everybody is the alliance's business; editors of one university don't send it.
SEND_NEWSLETTER = "news.send_newsletter"
rules.add_perm(SEND_NEWSLETTER, is_office | is_administrator | is_editor_of_alliance)
rules.add_perm(APPROVE, is_office | is_administrator | (is_editor_of & ~is_author))


def desks(user: Any) -> tuple[QuerySet[University], bool]:
    """The universities in whose name `user` may write, and whether also in that of the alliance."""
    held = held_by(user)
    universities = University.objects.for_list()
    if held.office or held.administrator:
        return universities, True
    own = universities.filter(pk__in=held.universities(Role.EDITOR))
    return own, None in held.by_role.get(Role.EDITOR, frozenset())


def require(by: Any, permission: str, record: Any) -> None:
    """Raises PermissionDenied when `by` may not do this to `record`."""
    if not by.has_perm(permission, record):
        raise PermissionDenied
