"""The office's rules of reminders: who is told how long before or after a date, when, where and in which words.

The planner and its ledger know no domain and stand in `notifications`; rights, the log and the pages need what rooms
above know, and stand here.
"""
