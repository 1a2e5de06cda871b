"""What is done to projects, in the verbs that people say."""

from projects.actions.amendments import AlreadyAmended, Paper, Terms, Unfit, amend_period, withdraw_amendment
from projects.actions.bulk import Change, change_many, foreseen, undo_change, work_on_changes
from projects.actions.deleting import delete_draft, deleted_before, why_kept
from projects.actions.departments import change_departments
from projects.actions.door import Stale
from projects.actions.drafts import DraftTooBig, OtherDraft, discard_draft, keep_draft, sweep_drafts
from projects.actions.duplicating import PARTS_TO_TAKE, Copy, duplicate_project
from projects.actions.editing import (
    PARTS,
    AlreadyCreated,
    CodeTaken,
    Refused,
    create_project,
    edit_project,
)
from projects.actions.following import follow, tell_followers, unfollow
from projects.actions.milestones import AlreadyDone, Evidence, complete_milestone
from projects.actions.papers import add_document, remove_document
from projects.actions.publication import change_publication
from projects.actions.restoring import NumberTaken, Plan, plan_restoring, restore_revision
from projects.actions.sharing import share_project, unshare_project

__all__ = [
    "PARTS",
    "PARTS_TO_TAKE",
    "AlreadyAmended",
    "AlreadyCreated",
    "AlreadyDone",
    "Change",
    "CodeTaken",
    "Copy",
    "DraftTooBig",
    "Evidence",
    "NumberTaken",
    "OtherDraft",
    "Paper",
    "Plan",
    "Refused",
    "Stale",
    "Terms",
    "Unfit",
    "add_document",
    "amend_period",
    "change_departments",
    "change_many",
    "change_publication",
    "complete_milestone",
    "create_project",
    "delete_draft",
    "deleted_before",
    "discard_draft",
    "duplicate_project",
    "edit_project",
    "follow",
    "foreseen",
    "keep_draft",
    "plan_restoring",
    "remove_document",
    "restore_revision",
    "share_project",
    "sweep_drafts",
    "tell_followers",
    "undo_change",
    "unfollow",
    "unshare_project",
    "why_kept",
    "withdraw_amendment",
    "work_on_changes",
]
