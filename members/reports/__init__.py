"""Papers about universities: an agreement as a tagged PDF."""

from ground.papers import typeset
from members.reports.agreement import agreement_paper

__all__ = ["agreement_paper", "typeset"]
