"""The back office of mobility."""

from mobility.admin import applications, calls, kept  # noqa: F401 - registers the records
