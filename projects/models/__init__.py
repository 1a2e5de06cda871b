from projects.models.batches import BulkChange, Import, ImportRow
from projects.models.outcomes import Amendment, Result, Sharing
from projects.models.parts import (
    Department,
    FundingLine,
    Milestone,
    Partnership,
    ProjectDocument,
    TeamMember,
    Website,
)
from projects.models.personal import Follower, FormDraft, SavedFilter
from projects.models.programme import Programme
from projects.models.project import (
    RESERVED_KEYS,
    Project,
    address_key,
    phase_condition,
    phase_condition_by_lead,
)

__all__ = [
    "RESERVED_KEYS",
    "Amendment",
    "BulkChange",
    "Department",
    "Follower",
    "FormDraft",
    "FundingLine",
    "Import",
    "ImportRow",
    "Milestone",
    "Partnership",
    "Programme",
    "Project",
    "ProjectDocument",
    "Result",
    "SavedFilter",
    "Sharing",
    "TeamMember",
    "Website",
    "address_key",
    "phase_condition",
    "phase_condition_by_lead",
]
