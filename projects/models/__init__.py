from projects.models.parts import (
    Department,
    FundingLine,
    Milestone,
    Partnership,
    ProjectDocument,
    TeamMember,
    Website,
)
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
    "Department",
    "FundingLine",
    "Milestone",
    "Partnership",
    "Programme",
    "Project",
    "ProjectDocument",
    "TeamMember",
    "Website",
    "address_key",
    "phase_condition",
    "phase_condition_by_lead",
]
