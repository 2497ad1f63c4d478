"""Sessions: a connection opened at one region, which gives guarded clients to a command."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stackpane.errors import InvalidInput, Refused

if TYPE_CHECKING:
    from datetime import datetime

    from stackpane.aws.clients import Opened
    from stackpane.aws.lane import Lane
    from stackpane.calls import Call
    from stackpane.connections.model import Connection
    from stackpane.editor import Editing
    from stackpane.links import Link

__all__ = ["Session"]


def _nobody(question: str, *, secret: bool = False) -> str:  # noqa: ARG001 - as a face is asked
    """Refuse: this session was opened where nobody can be asked."""
    raise Refused(f"this needs an answer, and there is nobody to ask: {question}")


def _no_editor(editing: Editing) -> str | None:
    """Refuse: this session was opened where nobody can edit."""
    raise Refused("nothing was sent: a text has to be edited, and there is nobody to do it", editing.instead)


@dataclass(frozen=True, slots=True)
class Session:
    """What a command is given: the connection's public facts and guarded clients, never credentials.

    ``region`` is the one this session is opened at, ``calls`` what the running command declared. Safe to use from
    several threads.
    """

    opened: Opened = field(repr=False)
    region: str
    calls: tuple[Call, ...] | None
    dry_run: bool = False
    notify: Callable[[str], None] = field(default=lambda _line: None, repr=False)
    regions: tuple[str, ...] = ()
    """All regions of this connection that the command runs at: where there are several, what is the same in each of
    them (a global list) is better left to the one it belongs to."""

    remark: Callable[[str], None] = field(default=lambda _line: None, repr=False)
    elsewhere: Callable[[str | None, str | None], Session] | None = field(default=None, repr=False)
    prompt: Callable[..., str] = field(default=_nobody, repr=False)
    editor: Callable[[Editing], str | None] = field(default=_no_editor, repr=False)
    place: tuple[str, ...] = ()
    """The global options that lead here, as words of a command line."""

    @property
    def connection(self) -> Connection:
        """The connection's public facts: name, kind, ``read_only``, ``account_id``, ``pins`` …; it holds no secret."""
        return self.opened.connection

    @property
    def partition(self) -> str:
        """AWS's partition of the region: ``aws``, ``aws-cn``, ``aws-us-gov`` …."""
        return self.opened.partition(self.region)

    @property
    def is_emulator(self) -> bool:
        """Whether requests go somewhere else than to AWS itself."""
        return self.opened.is_emulator

    def client(
        self, service: str, *, region: str | None = None, raw: bool = False, read_timeout: float | None = None
    ) -> Any:
        """A botocore client of ``service`` behind the guard; cached, and safe to share between threads.

        ``raw`` gives replies of calls with a lean parser as undecoded rows. ``read_timeout`` (seconds) is for calls
        that answer late, as a function does. Signing, retries and paging are botocore's own.
        """
        return self.opened.client(
            service,
            region=region or self.region,
            calls=self.calls,
            raw=raw,
            read_timeout=read_timeout,
            dry_run=self.dry_run,
        )

    def at(self, connection: str | None = None, region: str | None = None) -> Session:
        """A further session of the same command: of another connection, or at another region of this one.

        It is opened as if it was named on the command line, and its connection's own guard holds there. Raises
        ``ConnectionProblem`` and ``InvalidInput`` as the command line would.
        """
        if connection is None and region in (None, self.region):
            return self
        if self.elsewhere is None:
            raise InvalidInput("this session cannot open another one")
        return self.elsewhere(connection, region)

    def lane(self, service: str, *, region: str | None = None) -> Lane | None:
        """A lane for many small requests of ``service``, at a third of a client's cost; ``None`` where there is none.

        The caller closes it, and makes the client's call wherever the lane has no answer: see ``stackpane.aws.lane``.
        """
        return self.opened.lane(service, region=region or self.region, calls=self.calls, dry_run=self.dry_run)

    def fetch(self, service: str, url: str, *, most: int) -> Generator[bytes, None, None]:
        """What a link leads to that ``service`` has answered, piece by piece, at most so many bytes.

        It is followed to AWS's own hosts, or to the connection's endpoint, and without credentials; it is itself a
        secret, and nothing that is raised has it. Raises ``StackpaneError``.
        """
        from stackpane.aws.fetching import fetch

        return fetch(self.connection, service, url, most)

    def account_id(self) -> str:
        """The account of the credentials, asked of AWS once (``sts:GetCallerIdentity``, which needs no right)."""
        return self.opened.identity(self.region).account

    def credentials_end(self) -> datetime | None:
        """When the credentials end, and what is signed with them; ``None``: never, or nobody says when."""
        return self.opened.credentials_end()

    def warn(self, message: str) -> None:
        """Tell the user, in one line, what is missing or went wrong beside the result."""
        self.notify(message)

    def note(self, message: str) -> None:
        """Tell the user, in one line, what is worth knowing beside the result."""
        self.remark(message)

    def ask(self, question: str, *, secret: bool = False) -> str:
        """The user's answer to one question, asked by the face: the way for a password to get in, which no option is.

        What is typed for a secret is not shown. Raises ``Refused`` where nobody can be asked.
        """
        return self.prompt(question, secret=secret)

    def edit(self, editing: Editing) -> str | None:
        """What the user makes of a text, valid by its own check; ``None`` where it was left as it was.

        Raises ``Refused`` where there is nobody to edit it, and ``InvalidInput`` where the user gives up on it.
        """
        return self.editor(editing)

    def line(self, link: Link) -> str:
        """The whole line to type for a link, in this session's place: for messages, which no face can put there."""
        return (link if link.place else replace(link, argv=(*self.place, *link.argv))).command_line

    def under_way(self) -> list[str]:
        """The changes that were sent and are not answered yet: the operation, and the ARN that it is about."""
        from stackpane.calls import fill

        values = {"partition": self.partition, "region": self.region}
        return [f"{call.name} on {fill(call.arns[0], {**values, **names})}" for call, names in self.opened.under_way]

    @contextmanager
    def part(self, what: str, *, on_fault: bool = True) -> Iterator[None]:
        """Let a part of a view be missing: where it is denied, or the endpoint does not have it, warn and go on.

        ``what`` names the part ("the bucket's tags"). An emulator that fails (HTTP 5xx) counts as one that does not
        have it, unless ``on_fault`` is off: for what a change depends on. Everything else propagates.
        """
        from stackpane.aws.explain import is_denied, is_fault, is_unsupported, needed_actions

        try:
            yield
        except Exception as error:
            if is_denied(error):
                actions, _ = needed_actions(error, self.opened.asker(self.region))
                self.warn(f"{what} left out: {', '.join(actions) or 'the right to read it'} is denied")
            elif is_unsupported(error):
                self.warn(f"{what} left out: the endpoint does not have this operation")
            elif on_fault and self.is_emulator and is_fault(error):
                # Some emulators answer so to every operation that they do not have.
                self.warn(f"{what} left out: the emulator fails at this operation")
            else:
                raise

    def console_url(self, path: str) -> str:
        """The AWS console's page for a path of this session's region (``"s3/buckets/photos"``)."""
        from stackpane.aws.endpoints import console_host

        return f"https://{console_host(self.region)}/{path.lstrip('/')}"

    def explain(self, error: BaseException) -> BaseException:
        """The error as the user reads it, ``error`` itself where it is none of AWS's."""
        from stackpane.aws.explain import explain

        return explain(error, self.opened.asker(self.region)) or error
