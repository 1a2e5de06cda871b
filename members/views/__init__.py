"""The pages of the members: one module per part of the room."""

from members.views.directory import university_list
from members.views.factsheet_editing import factsheet_create, factsheet_edit, factsheet_publication
from members.views.factsheets import factsheet_page

__all__ = ["factsheet_create", "factsheet_edit", "factsheet_page", "factsheet_publication", "university_list"]
