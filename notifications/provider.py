"""A mail provider with an API of its own, by way of django-anymail.

A provider keeps no record that could be asked. What it reports later (`provider_reports.py`) names the message by the
identifier that goes along with it, because not every provider keeps a Message-ID.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from anymail.message import AnymailMessage
from django.utils.module_loading import import_string
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

from notifications.composing import Envelope
from notifications.failures import PROVIDER_REFUSES
from notifications.relays import Delayed, HandOver, Refused, Relay, Unclear

MARK = "portal"  # under this name the identifier of a message goes along
ABOUT_MESSAGE = {
    400,
    406,
    410,
    413,
    414,
    415,
    422,
    431,
}  # other 4xx are about the account, the key or the pace
ANSWER_LOST = {502, 504}  # what stands before the provider got no answer of it
_OWN_FIELDS = {"from", "to", "subject", "date", "mime-version", "content-type", "content-transfer-encoding"}


@dataclass(frozen=True)
class Provider:
    """What is particular about one: where its reports arrive, and what it takes."""

    name: str
    reports: str
    keeps_name: bool = True
    unwatched: bool = True  # can be told, message by message, to count neither openings nor clicks
    headers: Mapping[str, str] = field(default_factory=dict)


PROVIDERS = {
    one.name: one
    for one in (
        Provider("brevo", "BrevoTrackingWebhookView", unwatched=False),
        Provider("mailgun", "MailgunTrackingWebhookView"),
        Provider("mailjet", "MailjetTrackingWebhookView", keeps_name=False),
        Provider("mailtrap", "MailtrapTrackingWebhookView", unwatched=False),
        Provider("mandrill", "MandrillCombinedWebhookView"),
        Provider("postmark", "PostmarkTrackingWebhookView", headers={"X-PM-KeepID": "true"}),
        Provider("sparkpost", "SparkPostTrackingWebhookView"),
    )
}


class UnknownProvider(ValueError):
    """The portal can't speak to this one."""


def find(name: str) -> Provider:
    """The provider of this name. Raises UnknownProvider."""
    try:
        return PROVIDERS[name]
    except KeyError:
        raise UnknownProvider(f"MAIL_PROVIDER is one of {', '.join(sorted(PROVIDERS))}.") from None


class ProviderRelay(Relay):
    """Hands each message to the provider in one request, and knows whether its text had begun to leave.

    `told` answers for a Message-ID whether a report about it has come.
    """

    def __init__(self, name: str, *, told: Callable[[str], bool] | None = None) -> None:
        self.provider, self.told = find(name), told
        self._backend = import_string(f"anymail.backends.{name}.EmailBackend")()
        self._leaving = _Leaving()

    def close(self) -> None:
        """End the connections."""
        self._backend.close()

    def has(self, message_id: str, since: dt.datetime) -> bool | None:
        """Yes, once the provider has reported anything about it; else nobody can tell."""
        return True if self.told and self.told(message_id) else None

    def deliver(self, envelope: Envelope, hand_over: HandOver) -> None:
        """One request, never repeated and never led on to another address."""
        mail = self._mail(envelope)
        self._leaving.begin(hand_over)
        self._connect()
        try:
            self._backend.send_messages([mail])
        except AnymailRecipientsRefused as error:
            raise Refused(f"{PROVIDER_REFUSES}: {_said(error)}", address=True) from error
        except AnymailAPIError as error:
            raise self._outcome(error) from error
        except AnymailError as error:  # it can't be put into a request: nothing left
            raise Refused(f"{type(error).__name__}: {error}"[:500]) from error
        self._check(mail.anymail_status)

    def _check(self, answer: Any) -> None:
        """Anymail reads some refusals from words that a provider may change: what it did not raise is seen here."""
        said = f"{answer.esp_response.status_code}: {answer.esp_response.text[:400]}"
        if answer.status & {"invalid", "rejected"}:
            raise Refused(f"{PROVIDER_REFUSES}: {said}", address=True)
        if "failed" in answer.status or not answer.esp_response.ok:
            raise Refused(f"{self._backend.esp_name} {said}")

    def _outcome(self, error: AnymailAPIError) -> Exception:
        """What an answer other than yes means; without one it counts whether the text had begun to leave."""
        status: int | None = getattr(error, "status_code", None)
        name = self._backend.esp_name
        if status is None:
            cause = type(error.__cause__ or error).__name__
            return (
                Unclear(f"{name}: {cause}") if self._leaving.left else Delayed(f"{name}: {cause}", whole=True)
            )
        if status < 300 or status in ANSWER_LOST:
            return Unclear(f"{name} answered {status}, and nothing that could be read.")
        if status in ABOUT_MESSAGE:
            return Refused(f"{name} {_said(error)}")
        return Delayed(f"{name} answered {status}.", whole=True)

    def _connect(self) -> None:
        if self._backend.session is None:
            session = self._backend.create_session()
            session.get_redirect_target = lambda response: None  # it goes where it was told to
            for scheme in ("http://", "https://"):
                session.mount(scheme, _Adapter(self._leaving))
            self._backend.session = session

    def _mail(self, envelope: Envelope) -> AnymailMessage:
        """What the envelope holds, in the parts that a provider takes."""
        read = message_from_bytes(envelope.data, _class=EmailMessage, policy=policy.SMTPUTF8)  # type: ignore[arg-type]
        plain, html = read.get_body(("plain",)), read.get_body(("html",))
        kept = {name: str(value) for name, value in read.items() if name.lower() not in _OWN_FIELDS}
        if not self.provider.keeps_name:
            del kept["Message-ID"]
        mail = AnymailMessage(
            subject=str(read["Subject"]), body=plain.get_content() if plain else "", from_email=str(read["From"]),
            to=[str(read["To"])], headers=kept | dict(self.provider.headers),
            metadata={MARK: envelope.message_id.partition("@")[0]},
        )  # fmt: skip
        if html:
            mail.attach_alternative(html.get_content(), "text/html")
        if self.provider.unwatched:
            mail.track_opens = mail.track_clicks = False
        return mail


class _Leaving:
    """Whether the text of the present message has begun to leave, and whom to tell before."""

    def begin(self, hand_over: HandOver) -> None:
        self._hand_over, self.left = hand_over, False

    def now(self) -> None:
        self._hand_over()
        self.left = True


class _Adapter(HTTPAdapter):
    """Connections that first connect, then say that the text leaves, then let it go. No second try."""

    def __init__(self, leaving: _Leaving) -> None:
        self._leaving = leaving
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self._watch(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        return self._watch(super().proxy_manager_for(*args, **kwargs))

    def _watch(self, manager: Any) -> Any:
        pools = {"http": HTTPConnectionPool, "https": HTTPSConnectionPool}
        manager.pool_classes_by_scheme = {name: _telling(kind, self._leaving) for name, kind in pools.items()}
        return manager


def _telling(kind: Any, leaving: _Leaving) -> Any:
    """A pool whose connections tell `leaving` once they are connected and right before a request."""

    class Connection(kind.ConnectionCls):  # type: ignore[misc]
        def request(self, *args: Any, **kwargs: Any) -> None:
            if self.is_closed:
                self.connect()
            leaving.now()
            super().request(*args, **kwargs)

    return type("Pool", (kind,), {"ConnectionCls": Connection})


def _said(error: Any) -> str:
    """The provider's own words."""
    response = error.response
    return f"{response.status_code}: {response.text[:400]}" if response is not None else str(error)[:400]
