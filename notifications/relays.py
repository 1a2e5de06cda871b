"""Where e-mails go: files for the demo, SMTP for the world. A relay says how far it got."""

from __future__ import annotations

import datetime as dt
import os
import re
import smtplib
import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings

from notifications import mail_log
from notifications.composing import Envelope

HandOver = Callable[[], None]
Record = Callable[[str, dt.datetime], bool | None]
# RFC 5321 and 3463: no such mailbox, moved, wrongly written. 5.7 is the relay's policy, 5.2 a full box.
NO_SUCH_ADDRESS = re.compile(r"(550|551|553|556)[ -](?:5\.1\.|(?!\d\.\d))")
FILE_NAME = re.compile(r"[0-9a-f]{32}@[a-z0-9.-]{1,100}")


class Delayed(Exception):
    """Not taken, and certainly not passed on; later it may be.

    `whole`: the relay takes nothing at all now. `heard`: it was told of this message, so that this one may be why.
    """

    def __init__(self, reason: str, *, whole: bool = False, heard: bool = True) -> None:
        super().__init__(reason)
        self.whole, self.heard = whole, heard


class Refused(Exception):
    """Not taken, and it never will be. `address`: because there is no such address, whatever one sends there."""

    def __init__(self, reason: str, *, address: bool = False) -> None:
        super().__init__(reason)
        self.address = address


class Unclear(Exception):
    """The text was handed over and no answer came: it may have been taken."""


class Relay(ABC):
    """One delivery at a time; usable as a context, at whose end connections are closed.

    `can_be_asked`: it keeps a record, so that one who gets no answer from it now may get one later.
    """

    can_be_asked = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:  # noqa: B027 - most relays hold nothing
        """Give back what is held."""

    @abstractmethod
    def deliver(self, envelope: Envelope, hand_over: HandOver) -> None:
        """Pass `envelope` on. `hand_over` is called right before the text leaves; what it raises stops the delivery.

        Raises Delayed, Refused or Unclear; returning means that the relay has taken it.
        """

    @abstractmethod
    def has(self, message_id: str, since: dt.datetime) -> bool | None:
        """Whether the relay took a message of this name, handed over at `since`; None when nobody can tell."""


class FileRelay(Relay):
    """Writes each message as one whole file, named by its Message-ID; the folder is the record."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, message_id: str) -> Path:
        """The file of a message. Raises Refused when the name could leave the folder."""
        if not FILE_NAME.fullmatch(message_id):
            raise Refused("This Message-ID can't name a file.")
        return self.folder / f"{message_id}.eml"

    def deliver(self, envelope: Envelope, hand_over: HandOver) -> None:
        """Under another name first, then renamed: a file is there as a whole or not at all."""
        target = self.path(envelope.message_id)
        unfinished = target.with_suffix(f".{os.getpid()}.new")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                file.write(envelope.data)
                file.flush()
                os.fsync(file.fileno())
            hand_over()
            unfinished.replace(target)
            self._keep_name()
        except OSError as error:
            raise Delayed(
                f"The mail folder can't be written: {error.strerror}", whole=True, heard=False
            ) from error
        finally:
            with suppress(OSError):
                unfinished.unlink()

    def _keep_name(self) -> None:
        """The folder's entry outlives a power cut too; where a system can't promise that, the file is there anyway."""
        with suppress(OSError):
            descriptor = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def has(self, message_id: str, since: dt.datetime) -> bool | None:
        """The folder knows."""
        return self.path(message_id).exists()


class SmtpRelay(Relay):
    """Hands messages to an SMTP server, in steps, so that it is known whether the text had left.

    `record` answers for a Message-ID whether the server took it, where its log or spool can be read.
    """

    def __init__(
        self, host: str, port: int, *, user: str = "", password: str = "", tls: bool = False, timeout: float = 20,
        record: Record | None = None,
    ) -> None:  # fmt: skip
        self.host, self.port, self.user, self.password = host, port, user, password
        self.tls, self.timeout, self.record = tls, timeout, record
        self._server: smtplib.SMTP | None = None

    def close(self) -> None:
        """Say goodbye, if anybody still listens."""
        server, self._server = self._server, None
        if server:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    @property
    def can_be_asked(self) -> bool:  # type: ignore[override]
        """Whether there is a record."""
        return self.record is not None

    def has(self, message_id: str, since: dt.datetime) -> bool | None:
        """What the record says; None without one."""
        return self.record(message_id, since) if self.record else None

    def deliver(self, envelope: Envelope, hand_over: HandOver) -> None:
        """MAIL, RCPT, then DATA; after an error the next message gets a new connection."""
        try:
            server = self._announce(envelope)
            hand_over()
            self._hand_over_text(server, envelope.data)
        except BaseException:
            self._drop()
            raise

    def _announce(self, envelope: Envelope) -> smtplib.SMTP:
        """Up to the acceptance of the recipient. Nothing has left yet, so every failure is certain."""
        kept = self._server is not None
        try:
            try:
                return self._envelope(self._connected(), envelope)
            except (OSError, smtplib.SMTPException, Delayed):
                if not kept:
                    raise
                self._drop()  # a server may end a connection that it finds old
                return self._envelope(self._connected(), envelope)
        except (OSError, smtplib.SMTPException) as error:
            heard = self._server is not None
            raise Delayed(f"{type(error).__name__}: {error}", whole=True, heard=heard) from error

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
            try:
                self._greet(server)
            except BaseException:
                server.close()
                raise
            self._server = server
        return self._server

    def _greet(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self.tls:
            server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
        if self.user:
            server.login(self.user, self.password)

    def _envelope(self, server: smtplib.SMTP, envelope: Envelope) -> smtplib.SMTP:
        options = []
        if not envelope.recipient.isascii():
            if not server.has_extn("smtputf8"):
                raise Refused("The relay can't send to addresses with letters outside ASCII.")
            server.command_encoding = "utf-8"
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        _expect(server.mail(envelope.sender, options), (250,))
        _expect(server.rcpt(envelope.recipient), (250, 251), of_recipient=True)
        return server

    def _hand_over_text(self, server: smtplib.SMTP, data: bytes) -> None:
        """Once the text has begun to leave, only the server's answer tells; one that is none tells nothing."""
        try:
            answer = server.docmd("DATA")
            begun = answer[0] == 354
            if begun:
                server.send(re.sub(rb"(?m)^\.", b"..", data.removesuffix(b"\r\n")) + b"\r\n.\r\n")
                answer = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise Unclear(f"{type(error).__name__}: {error}") from error
        if begun and not 400 <= answer[0] < 600 and answer[0] != 250:
            raise Unclear(f"{answer[0]} {answer[1].decode('utf-8', 'replace')}"[:500])
        _expect(answer, (250,) if begun else ())

    def _drop(self) -> None:
        server, self._server = self._server, None
        if server:
            server.close()


def _expect(answer: tuple[int, bytes], good: tuple[int, ...], *, of_recipient: bool = False) -> None:
    """Raises Delayed or Refused unless the server said yes. An answer to RCPT may be about the address itself."""
    code, words = answer
    if code in good:
        return
    said = f"{code} {words.decode('utf-8', 'replace')}"[:500]
    if 500 <= code < 600:
        raise Refused(said, address=of_recipient and bool(NO_SUCH_ADDRESS.match(said)))
    raise Delayed(said, whole=code in (421, -1))


def chosen() -> Relay:
    """The relay that the settings name."""
    if settings.MAIL_RELAY == "file":
        return FileRelay(Path(settings.MAIL_DIR))
    if settings.MAIL_RELAY == "provider":
        return _provider(settings.MAIL_PROVIDER)
    return SmtpRelay(
        settings.EMAIL_HOST, settings.EMAIL_PORT, user=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD, tls=settings.EMAIL_USE_TLS, timeout=settings.EMAIL_TIMEOUT,
        record=_record(settings.MAIL_RECORD),
    )  # fmt: skip


@cache
def _record(said: str) -> Record | None:
    """One reader for a process: it reads on where it stopped."""
    return mail_log.from_setting(said)


def _provider(name: str) -> Relay:
    """Read only where it is used: what speaks to providers takes memory in every process."""
    from notifications import reports
    from notifications.provider import ProviderRelay

    return ProviderRelay(name, told=reports.heard_of)
