from members.models.exchange import Cefr, Eqf, Kind
from mobility.models.application import Application, ApplicationDocument, LanguageSkill, Wish
from mobility.models.call import GRACE, Call, Mode, Place, RequiredDocument

__all__ = [
    "GRACE",
    "Application",
    "ApplicationDocument",
    "Call",
    "Cefr",
    "Eqf",
    "Kind",
    "LanguageSkill",
    "Mode",
    "Place",
    "RequiredDocument",
    "Wish",
]
