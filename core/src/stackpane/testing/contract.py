"""The contract of a plugin as tests that any plugin inherits."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

import click
import pytest

from stackpane.commands import Command
from stackpane.links import Link
from stackpane.options import GLOBAL_OPTIONS
from stackpane.testing.kit import Kit, unsafe_characters

if TYPE_CHECKING:
    from stackpane.plugins import Plugin

__all__ = ["PluginContract"]

_HEAVY = ("boto3", "botocore", "rich", "textual", "starlette", "keyring")
_SECRET_WORDS = ("secret", "password", "token", "passphrase")


class PluginContract:
    """Inherit it in a class named ``Test…``, name the plugin, and give command lines that succeed on a fresh emulator.

    ``runs`` should between them make every call that the commands declare. Override ``prepare`` to create what they
    need, through a plain client of your own, and ``provoke`` for calls that are only made when something goes wrong.
    ``unmade`` names the calls that cannot be made here, each with the reason: ``{"s3:GetObjectAnnotation": "moto has no
    annotations"}``; one that is made after all fails the test.
    """

    plugin: ClassVar[str]
    runs: ClassVar[tuple[str, ...]] = ()

    @property
    def unmade(self) -> Mapping[str, str]:
        """The declared calls that the emulator lacks, with the reason."""
        return {}

    def prepare(self, aws_endpoint: str) -> Mapping[str, str] | None:
        """Create what ``runs`` needs; called once per test on an empty emulator at that URL.

        Returns what is only known by then, such as ids: ``{"version": …}`` fills in ``{version}`` in ``runs``.
        """

    def provoke(self, kit: Kit, aws_endpoint: str) -> None:
        """Have commands make the calls that ``runs`` cannot, as by ``kit.run(…, endpoint_url=…)`` at a faulty proxy."""

    def _prepared(self, aws_endpoint: str) -> tuple[str, ...]:
        """The lines of ``runs``, with what they need created and filled in."""
        lines = self.runs
        for name, value in (self.prepare(aws_endpoint) or {}).items():
            lines = tuple(line.replace(f"{{{name}}}", value) for line in lines)
        return lines

    @pytest.fixture
    def loaded(self, kit: Kit) -> Plugin:
        """The plugin, which must work."""
        plugin = kit.app.plugins.load(self.plugin)
        assert plugin is not None, f"the plugin {self.plugin!r} is not installed, or is quarantined"
        return plugin

    def test_its_module_imports_nothing_heavy(self, loaded: Plugin) -> None:
        """``stackpane --help`` imports every plugin's module."""
        found = _modules_after(f"import {loaded.found.module}")
        assert not found & set(_HEAVY), f"{loaded.found.module} imports {found & set(_HEAVY)}"

    def test_its_commands_import_nothing_heavy(self, kit: Kit, loaded: Plugin) -> None:
        """The help and the completion of a command import its module."""
        modules = {
            inspect.getmodule(inspect.unwrap(each.callback)) for _, each in _commands(kit, loaded) if each.callback
        }
        names = sorted(module.__name__ for module in modules if module)
        found = _modules_after(f"import {', '.join(names)}")
        assert not found & set(_HEAVY), f"{names} import {found & set(_HEAVY)}"

    def test_every_command_is_one_that_returns_views(self, kit: Kit, loaded: Plugin) -> None:
        """Commands are made with ``stackpane.command`` and say in one line what they do."""
        for path, command in _commands(kit, loaded):
            assert isinstance(command, Command), f"{path}: make it with stackpane.command"
            assert command.get_short_help_str(), f"{path}: has no help"

    def test_no_option_prompts_takes_a_secret_or_hides_a_global_one(self, kit: Kit, loaded: Plugin) -> None:
        """A form cannot answer prompts, argv is no place for secrets, and a name means the same everywhere."""
        taken = {name for option in GLOBAL_OPTIONS for name in option.opts}
        for path, command in _commands(kit, loaded):
            for parameter in command.params:
                where = f"{path} {parameter.opts}"
                assert not getattr(parameter, "prompt", None), f"{where}: prompts"
                assert not taken & set(parameter.opts), f"{where}: is a global option"
                assert not _takes_secret(parameter), f"{where}: takes a secret; ask the face, or read stdin"

    def test_home_and_probe_lead_somewhere(self, kit: Kit, loaded: Plugin) -> None:
        """The links of the service are command lines of its own."""
        if loaded.service:
            assert kit.unresolved([loaded.service.home, loaded.service.probe]) == []

    def test_declared_calls_are_the_calls_made(self, kit: Kit, loaded: Plugin, aws_endpoint: str) -> None:
        """What ``stackpane policy`` prints is what the commands do, each of them: no less and no more."""
        for line in self._prepared(aws_endpoint):
            kit.run(line)
        self.provoke(kit, aws_endpoint)
        made = set().union(*kit.seen.values())
        assert not made & set(self.unmade), "made after all"
        found = kit.undeclared_or_unused(*_names(loaded))
        wrong = {path: (more, less - set(self.unmade)) for path, (more, less) in found.items()}
        assert {path: calls for path, calls in wrong.items() if any(calls)} == {}, "made undeclared, declared unmade"

    def test_every_link_is_a_command_line(self, kit: Kit, aws_endpoint: str) -> None:
        """A link that cannot be followed is worse than none."""
        for line in self._prepared(aws_endpoint):
            assert kit.unresolved(kit.links(kit.run(line))) == [], line

    def test_what_is_shown_is_text_only(self, kit: Kit, aws_endpoint: str) -> None:
        """Whatever AWS answers, no control character reaches a terminal, in no format."""
        for line in self._prepared(aws_endpoint):
            ran = kit.run(line)
            for name, text in kit.shown(ran):
                assert not unsafe_characters(text), f"{line} -o {name}"

    def test_every_command_line_is_its_own_address(self, kit: Kit, aws_endpoint: str) -> None:
        """``runs`` as links: what is shown as an address opens the same place."""
        for line in self._prepared(aws_endpoint):
            link = Link.from_address(line)
            assert Link.from_address(link.address) == link
            assert kit.unresolved([link]) == []


def _names(plugin: Plugin) -> list[str]:
    """The names of the plugin's service and commands."""
    service = [plugin.service.name] if plugin.service else []
    return [*service, *(reference.name for reference in plugin.commands)]


def _commands(kit: Kit, plugin: Plugin) -> Iterator[tuple[str, click.Command]]:
    for path, command in kit.commands(*_names(plugin)):
        yield " ".join(path), command


def _takes_secret(parameter: click.Parameter) -> bool:
    """Whether a value would be typed into argv that belongs into a prompt; flags and file names are none."""
    if isinstance(parameter.type, click.File | click.Path) or getattr(parameter, "is_flag", False):
        return False
    words = {word for name in parameter.opts for word in name.strip("-").split("-")}
    return bool(words & set(_SECRET_WORDS))


def _modules_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())  # noqa: S603
