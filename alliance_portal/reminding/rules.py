"""Who may say what reminders tell: the alliance office, which answers for them, and administrators."""

from __future__ import annotations

import rules

from members.rules import is_administrator, is_office

KEEP = "notifications.keep_rules"
rules.add_perm(KEEP, is_office | is_administrator)
