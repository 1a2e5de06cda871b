"""Who may do what on pages that belong to no room."""

import rules

from members.rules import is_administrator, is_office

rules.add_perm("alliance_portal.keep_messages", is_office | is_administrator)
