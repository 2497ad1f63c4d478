"""A document: JSON that folds, text, an image or bytes; read in a thread, as far as it is wanted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from stackpane import Document, Link, StackpaneError
from stackpane.text import human_size, safe
from stackpane_tui.bodies import Body, Look, Shown, looks_of, shown_as
from stackpane_tui.dialogs.ask import Ask
from stackpane_tui.panes.pane import Pane
from stackpane_tui.saving import saving, suggested_file
from stackpane_tui.widgets.lines import Lines
from stackpane_tui.widgets.lineview import LineView
from stackpane_tui.widgets.searched import SearchedLines
from stackpane_tui.work import Ended, Task, current, start

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from textual.app import ComposeResult

__all__ = ["DocumentPane"]

_FIRST = 1024**2
"""Bytes that are read at once; of the rest, as many times more as the user asks for."""
_FURTHER = 4 * 1024**2
_IMAGE = 16 * 1024**2
"""Bytes up to which an image is read at once: a part of one shows nothing."""
_MOST = 64 * 1024**2
"""Bytes that are kept to be looked at; what is longer is saved to a file."""


_NAMES: dict[Look, str] = {"json": "JSON", "text": "text", "image": "image", "hex": "bytes"}


def is_cancelled(task: Task[Any] | None) -> bool:
    """Whether nobody waits any more for what the thread does."""
    return task is not None and task.cancelled


def _notes(document: Document) -> Content:
    """What is said of the thing that the body is the answer to, and what of it did not work."""
    lines = [Content(safe(note)) for note in document.notes]
    lines += [Content.styled(safe(f"{each.target}: {each.reason}"), "$text-error") for each in document.failed]
    return Content("\n").join(lines)


class DocumentPane(Pane[Document], can_focus=True):
    """Shows a body. ``v`` looks at it another way, ``m`` reads on, ``s`` saves all of it."""

    DEFAULT_CSS = """
    DocumentPane { layout: vertical; height: 1fr; }
    DocumentPane > .about { height: 1; padding: 0 1; color: $text-muted; background: $panel; }
    DocumentPane > .notes { height: auto; max-height: 40%; padding: 0 1; overflow-y: auto; }
    DocumentPane > .body { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "look", "View as", id="document.look"),
        Binding("m", "more", "Read on", id="document.more"),
        Binding("z", "wrap", "Wrap", id="document.wrap"),
        Binding("s", "save", "Save", id="document.save"),
    ]

    def __init__(self, view: Document, *, read_only: bool = False, beside: bool = False) -> None:
        super().__init__(view, read_only=read_only)
        self._beside = beside
        """Whether the keys are for something else, beside which this is shown."""
        self.body = Body(view)
        self.shown: Shown | None = None
        self.failure: BaseException | None = None
        self._reading: Task[Shown] | None = None
        self._state: Mapping[str, Any] = {}
        self._about = Static(classes="about")
        self._place = Container(classes="body")

    def compose(self) -> ComposeResult:
        """What it is, over what is in it."""
        yield self._about
        if notes := _notes(self.view):
            yield Static(notes, classes="notes")
        yield self._place

    def on_mount(self) -> None:
        """Read the beginning."""
        self._read(_FIRST)

    # Reading

    @property
    def is_reading(self) -> bool:
        """Whether something is being read or laid out."""
        return self._reading is not None and not self._reading.over

    def _read(self, most: int, look: Look | None = None) -> None:
        if self.is_reading:
            return
        self._about.update(Content(f"Reading {safe(self.view.name) or 'the body'} …"))
        self._reading = start(self, "reading", partial(self._work, most, look), self._arrived, self._broke)

    def _work(self, most: int, look: Look | None) -> Shown:
        """Read, and make of it what is shown; in a thread."""
        task = current()
        try:
            data = self.body.read(most, lambda: is_cancelled(task))
            if looks_of(data, complete=False)[0] == "image" and (self.view.size or 0) <= _IMAGE:
                data = self.body.read(_IMAGE, lambda: is_cancelled(task))
        except Exception as error:
            self.failure, data = error, self.body.data
        if is_cancelled(task):
            self.body.close()
        return shown_as(data, look, whole=self.is_whole)

    @property
    def is_whole(self) -> bool:
        """Whether everything is here that there is."""
        return self.body.ended and not self.view.partial and self.failure is None

    @on(Ended)
    def _ended(self, event: Ended) -> None:
        event.stop()
        event.task.settle(event)

    def _arrived(self, shown: Shown) -> None:
        self.shown = shown
        self.call_next(self._put, shown)
        self._tell()
        self.refresh_bindings()
        if self.failure is not None:
            self.post_message(self.Failed(self.failure))

    async def _put(self, shown: Shown) -> None:
        """Put the lines or the image into the place of what was there."""
        take_focus = not self._beside and (self.has_focus or self.has_focus_within or self.app.focused is None)
        self.can_focus = True
        await self._place.remove_children()
        if not isinstance(shown.made, Lines):
            # Pillow and its decoders are imported where there is an image.
            from stackpane_tui.widgets.picture import Picture

            await self._place.mount(Picture(shown.made))
            if take_focus:
                self.focus()
            return
        lines = SearchedLines(shown.made, cursor=shown.look == "json")
        await self._place.mount(lines)
        if take_focus or self.has_focus:
            lines.view.focus()
        self.can_focus = False  # the keys are for the lines, now that they are there
        self._restore(lines.view)

    def _broke(self, error: Exception) -> None:
        self.failure = error
        self._tell()
        self.post_message(self.Failed(error))

    def _tell(self) -> None:
        self._about.update(Content(" · ".join(filter(None, self._said()))))
        self.post_message(self.Changed())

    def _said(self) -> Iterator[str]:
        """What is shown: how, how much of it, and what else can be done."""
        look = (self.shown.note or _NAMES[self.shown.look]) if self.shown is not None else ""
        if self._beside:
            # There is little room, and the name stands in the row.
            yield from (self._amount(), look, safe(self.view.media_type))
            return
        yield from (safe(self.view.name), safe(self.view.media_type), look, self._amount())
        if self.shown is not None and len(self.shown.looks) > 1:
            yield f"v: {_NAMES[self._next_look()]}"

    def _amount(self) -> str:
        read, size = self.body.size, self.view.size
        if self.is_whole:
            return human_size(read)
        whole = f" of {human_size(size)}" if size is not None and size > read else ""
        if self.failure is not None:
            return f"only {human_size(read)}{whole} could be read"
        more = "" if self.body.ended else ", m reads on" if self.body.size < _MOST else ", s saves all of it"
        return f"a part only: {human_size(read)}{whole}{more}"

    # What the user does

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what there is something to do for."""
        if action == "more":
            return not self.body.ended and self.body.size < _MOST
        if action == "look":
            return self.shown is not None and len(self.shown.looks) > 1
        if action == "wrap":
            return self.shown is not None and self.shown.look in ("text", "json")
        return True

    def _next_look(self) -> Look:
        assert self.shown is not None  # noqa: S101 - offered only then
        looks = self.shown.looks
        return looks[(looks.index(self.shown.look) + 1) % len(looks)]

    def action_look(self) -> None:
        """Show the same bytes another way."""
        self._state = {}
        self._read(self.body.size, self._next_look())

    def action_more(self) -> None:
        """Read on."""
        self._state = self.state()
        self._read(min(_MOST, self.body.size + _FURTHER), self.shown.look if self.shown else None)

    def action_wrap(self) -> None:
        """Wrap long lines, or let them run out to the right."""
        for view in self.query(LineView):
            view.wrap = not view.wrap

    def action_save(self) -> None:
        """Ask for a file and save all of it there."""
        if self.is_reading:
            return
        self.app.push_screen(Ask("Save to the file", default=suggested_file(self.view.name)), self._save)

    def _save(self, answer: str | None) -> None:
        if answer is None:
            return
        try:
            job = saving(self.body, answer or suggested_file(self.view.name))
        except StackpaneError as error:
            self.post_message(self.Failed(error))
        else:
            self.post_message(self.Start(job))

    # What the browser asks

    def links(self) -> Sequence[Link]:
        """The document's own."""
        return self.view.links

    def state(self) -> Mapping[str, Any]:
        """Where one is in the lines, and how they look."""
        view = next(iter(self.query(LineView)), None)
        look = self.shown.look if self.shown else None
        return {"look": look, "lines": view.state()} if view is not None else {"look": look}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go there, as soon as the lines are."""
        self._state = state
        if self.shown is not None and state.get("look") not in (None, self.shown.look):
            self._read(self.body.size, state["look"])
        elif (view := next(iter(self.query(LineView)), None)) is not None:
            self._restore(view)

    def _restore(self, view: LineView) -> None:
        if "lines" in self._state:
            self.call_after_refresh(view.restore, dict(self._state["lines"]))
            self._state = {}

    def stop(self) -> None:
        """End the transfer."""
        if self._reading is not None and not self._reading.over:
            self._reading.cancel()
        elif not self.body.ended and not self.body.handed_on:
            start(self, "closing", self.body.close, lambda _none: None, lambda _error: None)
