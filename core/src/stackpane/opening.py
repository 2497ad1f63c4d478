"""``stackpane open TARGET``: an ARN, a URI or an AWS console URL leads to its pane."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

import click

from stackpane.commands import command
from stackpane.errors import InvalidInput
from stackpane.views import Document, Link, View

if TYPE_CHECKING:
    from stackpane.app import Run

__all__ = ["open_target", "place_of"]

_CONSOLE = re.compile(r"https://([a-z0-9-]+\.)*console\.(aws\.amazon|amazonaws(-us-gov)?|amazonaws-eusc)\.(com|cn|eu)/")


@command("open", needs="runner")
@click.argument("target", metavar="ARN|URI|CONSOLE-URL")
@click.option("--console", is_flag=True, help="Print the AWS console's page for it, and open it on a desktop.")
def open_target(run: Run, target: str, *, console: bool) -> View:
    """Show what an ARN, a URI such as s3://bucket/key, or an AWS console URL leads to."""
    link = run.app.target(target)
    if link is None:
        installed = ", ".join(plugin.name for plugin in run.app.services()) or "none"
        raise InvalidInput(f"no installed plugin opens {target!r}", f"Services installed: {installed}.")
    view = run.follow(place_of(target, link))
    if not console:
        return view
    url = target if _CONSOLE.match(target) else getattr(view, "console_url", None)
    if not url:
        raise InvalidInput(f"the AWS console has no page for {target!r} that is known here")
    _launch(url)
    return Document(f"{url}\n".encode(), media_type="text/uri-list")


def place_of(target: str, link: Link) -> Link:
    """The link, at the region that the target names where the link itself names none."""
    if link.region is not None:
        return link
    region = ""
    if target.startswith("arn:"):
        region = (target.split(":", 5) + [""] * 6)[3]
    elif _CONSOLE.match(target) and (match := re.search(r"[?&]region=([a-z0-9-]+)", target)):
        region = match[1]
    return link.at(link.connection, region or None)


def _launch(url: str) -> None:
    """Open the page where there is a desktop to open it on, and a person who sees it."""
    desktop = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if desktop and sys.stdout.isatty():
        import webbrowser

        webbrowser.open(url)
