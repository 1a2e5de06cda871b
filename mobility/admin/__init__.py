"""The back office of mobility."""

from mobility.admin import applications, kept  # noqa: F401 - registers the records
