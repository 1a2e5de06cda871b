from members.models.exchange import Cefr, Eqf, Kind
from members.models.factsheet import Term
from mobility.models.application import Application, Gender, Seniority
from mobility.models.asked import (
    CallChange,
    CallLanguage,
    Criterion,
    Question,
    QuestionOption,
    RequiredDocument,
)
from mobility.models.call import GRACE, Call, Mode
from mobility.models.call_draft import CallDraft
from mobility.models.dialogue import Appeal, ApplicationMessage, CompletionRequest
from mobility.models.place import Place
from mobility.models.review import (
    BulkDecision,
    ConflictOfInterest,
    ImpartialityStatement,
    InternalNote,
    PendingDecision,
    Review,
    ReviewerUnit,
    SavedTable,
    Score,
)
from mobility.models.submission import Reading, Submission
from mobility.models.written import Answer, ApplicationDocument, LanguageSkill, PartDraft, Wish

__all__ = [
    "GRACE", "Answer", "Appeal", "Application", "ApplicationDocument", "ApplicationMessage", "BulkDecision", "Call",
    "CallChange", "CallDraft", "CallLanguage", "Cefr", "CompletionRequest", "ConflictOfInterest", "Criterion", "Eqf",
    "Gender", "ImpartialityStatement", "InternalNote", "Kind", "LanguageSkill", "Mode", "PartDraft", "PendingDecision",
    "Place", "Question", "QuestionOption", "Reading", "RequiredDocument", "Review", "ReviewerUnit", "SavedTable",
    "Score", "Seniority", "Submission", "Term", "Wish",
]  # fmt: skip
