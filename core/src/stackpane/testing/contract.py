"""The contract of a plugin as tests that any plugin inherits."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Iterator
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
    need, through a plain client of your own.
    """

    plugin: ClassVar[str]
    runs: ClassVar[tuple[str, ...]] = ()

    def prepare(self, aws_endpoint: str) -> None:
        """Create what ``runs`` needs; called once per test on an empty emulator at that URL."""

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

    def test_declared_calls_are_the_calls_made(self, kit: Kit, aws_endpoint: str) -> None:
        """What ``stackpane policy`` prints is what the commands do, no less and no more."""
        self.prepare(aws_endpoint)
        for line in self.runs:
            kit.run(line)
        assert kit.undeclared_or_unused(self.plugin) == {}

    def test_every_link_is_a_command_line(self, kit: Kit, aws_endpoint: str) -> None:
        """A link that cannot be followed is worse than none."""
        self.prepare(aws_endpoint)
        for line in self.runs:
            assert kit.unresolved(kit.links(kit.run(line))) == [], line

    def test_what_is_shown_is_text_only(self, kit: Kit, aws_endpoint: str) -> None:
        """Whatever AWS answers, no control character reaches a terminal, in no format."""
        self.prepare(aws_endpoint)
        for line in self.runs:
            ran = kit.run(line)
            for name, text in kit.shown(ran):
                assert not unsafe_characters(text), f"{line} -o {name}"

    def test_every_command_line_is_its_own_address(self, kit: Kit) -> None:
        """``runs`` as links: what is shown as an address opens the same place."""
        for line in self.runs:
            link = Link.from_address(line)
            assert Link.from_address(link.address) == link
            assert kit.unresolved([link]) == []


def _commands(kit: Kit, plugin: Plugin) -> Iterator[tuple[str, click.Command]]:
    names = [plugin.service.name] if plugin.service else []
    for name in [*names, *(reference.name for reference in plugin.commands)]:
        yield from _below(name, kit.command([name]))


def _below(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        assert child is not None, f"{path} {name}: leads nowhere"
        yield from _below(f"{path} {name}", child)


def _takes_secret(parameter: click.Parameter) -> bool:
    """Whether a value would be typed into argv that belongs into a prompt; flags and file names are none."""
    if isinstance(parameter.type, click.File | click.Path) or getattr(parameter, "is_flag", False):
        return False
    words = {word for name in parameter.opts for word in name.strip("-").split("-")}
    return bool(words & set(_SECRET_WORDS))


def _modules_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())  # noqa: S603
