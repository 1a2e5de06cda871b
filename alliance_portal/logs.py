"""Log lines as JSON with the number of the request they belong to."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog


def without_addresses(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An IP address is personal data and stays out of the logs."""
    event.pop("ip", None)
    return event


def without_details(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What the database adds to an error quotes the rows it is about, and those are people's."""
    if isinstance(text := event.get("exception"), str):
        event["exception"] = _DETAIL.sub("DETAIL: left out", text)
    return event


def without_secrets(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An address that opens something without a sign-in is a secret of its owner: its last part is left out."""
    for key, value in event.items():
        if isinstance(value, str) and "calendar/projects/" in value:
            event[key] = _SECRET.sub(r"\1…", value)
    return event


_SECRET = re.compile(r"(calendar/projects/)[^\s?\"']+")
_DETAIL = re.compile(r"DETAIL:.*")
_SHARED = [
    structlog.contextvars.merge_contextvars,
    without_addresses,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

structlog.configure(
    processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)


def formatter() -> logging.Formatter:
    """A formatter that writes one JSON object a line."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            without_details,
            without_secrets,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
