"""Lists that come in as files: holders of the Erasmus charter, the alliance's universities, fields of education."""

from members.imports.lists import load_charters, load_email_domains, load_fields, load_members
from members.imports.merging import Change, Counts, Plan, import_as_planned, import_charters, plan
from members.imports.names import load_names
from members.imports.reading import Charter, ListError, WrongRow, WrongRows, read_charters

__all__ = [
    "Change",
    "Charter",
    "Counts",
    "ListError",
    "Plan",
    "WrongRow",
    "WrongRows",
    "import_as_planned",
    "import_charters",
    "load_charters",
    "load_email_domains",
    "load_fields",
    "load_members",
    "load_names",
    "plan",
    "read_charters",
]
