"""Who may change the portal's own pages: the alliance office, in whose name they speak, and administrators."""

from __future__ import annotations

import rules

from members.rules import is_administrator, is_office

EDIT = "texts.edit_page"
rules.add_perm(EDIT, is_office | is_administrator)
