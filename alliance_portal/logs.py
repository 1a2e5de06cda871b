"""Log lines as JSON with the number of the request they belong to."""

import datetime as dt
import json
import logging
import re
from collections.abc import MutableMapping
from functools import lru_cache
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


def without_other_sites(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Where people come from and which host they name is theirs: the kind of the fault is enough."""
    for key, value in event.items():
        if not isinstance(value, str):
            continue
        if "checking failed" in value:
            value = _ORIGIN.sub(r"\1 checking failed - it is another site", value)
        if "HTTP_HOST" in value:
            value = _HOST.sub("Invalid HTTP_HOST header", value)
        if ":/" in value:
            value = _ADDRESS.sub(r"\1…", value)
        event[key] = value
    return event


def without_queries(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What stands behind the question mark of an address may name people: only the names of its fields stay."""
    for key, value in event.items():
        if isinstance(value, str) and "?" in value:
            event[key] = _QUERY.sub(lambda found: f"?{names_of_query(found[1])}", value)
    return event


def without_visitors(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The web server quotes broken requests with the address of who sent them; the kind of the fault is enough."""
    if isinstance(text := event.get("event"), str):
        event["event"] = _VISITOR.sub(r"Invalid request: \1", text)
    return event


def names_of_query(query: str) -> str:
    """In: the query of an address. Out: `q=…&page=…`, its fields without what stands in them.

    What does not look like the name of a field is left out too.
    """
    names = (part.partition("=") for part in query.split("&"))
    return "&".join(dict.fromkeys(f"{name}=…" for name, sign, _ in names if sign and _NAME.fullmatch(name)))


def without_secrets(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An address that opens something without a sign-in is a secret of its owner: its last part is left out."""
    for key, value in event.items():
        if isinstance(value, str) and ("/" in value or "%" in value):
            event[key] = _SECRET.sub(r"\1…", value)
    return event


_QUERY = re.compile(r"\?(\S+)")
_NAME = re.compile(r"[a-z][a-z0-9_-]{,39}", re.ASCII | re.IGNORECASE)
_VISITOR = re.compile(r"Invalid request from ip=\S+ ([A-Za-z /()]*).*", re.DOTALL)
# Ways that end in a secret; a test walks all addresses of the portal and names those that are missing here.
_SLASH = r"(?:/|%2f)+"
_SECRET = re.compile(
    rf"((?:calendar{_SLASH}[\w-]+|password{_SLASH}reset{_SLASH}key|confirm-email|unsubscribe|registrations"
    rf"|news{_SLASH}preview|newsletter{_SLASH}mine|(?<=/)mails|(?<=%2f)mails){_SLASH})[^\s?\"']+",
    re.IGNORECASE,
)
_ORIGIN = re.compile(r"(Origin|Referer) checking failed - .* does not match any trusted origins", re.DOTALL)
_HOST = re.compile(r"Invalid HTTP_HOST header: .*", re.DOTALL)
_ADDRESS = re.compile(r"\b(https?:/+)[^\s\"'<>]+", re.IGNORECASE)
_DETAIL = re.compile(r"DETAIL:.*")
_SHARED: list[Any] = [
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


_CLEANED = (without_other_sites, without_queries, without_visitors, without_secrets)


class Lines(structlog.stdlib.ProcessorFormatter):
    """One JSON object a line.

    A page from the shelf costs less than a line of the log about it, so its line goes no long way: what the record
    has as `answered` is cleaned and written as any other, but what comes again and again is remembered.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Out: the line."""
        answered = record.__dict__.get("answered")
        if answered is None:
            return super().format(record)
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC).replace(tzinfo=None).isoformat()
        parts = [f'"{name}": {_written(value)}' for name, value in answered.items() if name != "request_id"]
        parts += [
            f'"request_id": "{answered["request_id"]}"', f'"event": {_written(record.msg)}',
            f'"level": {_written(record.levelname.lower())}', f'"logger": {_written(record.name)}',
            f'"timestamp": "{moment}Z"',
        ]  # fmt: skip
        return f"{{{', '.join(parts)}}}"


@lru_cache(maxsize=2000, typed=True)
def _written(value: str | int | bool | None) -> str:
    """The value as JSON, without what has no place in the log."""
    event: MutableMapping[str, Any] = {"value": value}
    for clean in _CLEANED:
        event = clean(None, "", event)
    return json.dumps(event["value"], ensure_ascii=False)


def formatter() -> logging.Formatter:
    """A formatter that writes one JSON object a line."""
    return Lines(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            without_details,
            *_CLEANED,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
