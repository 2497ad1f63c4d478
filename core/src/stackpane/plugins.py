"""Plugins: found by name, loaded one by one, each on its own risk.

Names come from the entry points without importing anything. A plugin is imported when its command is used, and all of
them where every one has a say (``--help``, a record's links, ``open``). A plugin that cannot be loaded costs only
itself: it is quarantined with its reason, and everything else goes on.

pluggy's own ``load_setuptools_entrypoints`` is not used: one broken plugin would stop it, and of two plugins with one
name the second would be ignored without a word.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

import pluggy

from stackpane.hookspecs import CommandReference, Hooks, Service

__all__ = ["GROUP", "Plugin", "Registry", "State"]

GROUP = "stackpane"
State = Literal["found", "loaded", "quarantined", "off"]
"""``found``: not imported yet; ``off``: left out by ``STACKPANE_PLUGINS``."""


@dataclass(slots=True)
class Plugin:
    """One plugin and what is known of it. ``load_time`` is in seconds, ``error`` one line."""

    name: str
    entry_point: EntryPoint
    state: State = "found"
    error: str = ""
    load_time: float | None = None
    hooks: tuple[str, ...] = ()
    service: Service | None = None
    commands: tuple[CommandReference, ...] = ()

    @property
    def distribution(self) -> str:
        """The name of the distribution that brings it."""
        return self.entry_point.dist.name if self.entry_point.dist else ""

    @property
    def version(self) -> str:
        """The distribution's version."""
        return self.entry_point.dist.version if self.entry_point.dist else ""

    @property
    def origin(self) -> str:
        """Where it was imported from; the module's name as long as it was not."""
        module = sys.modules.get(self.entry_point.module)
        return getattr(module, "__file__", None) or self.entry_point.module


class Registry:
    """All plugins of one program. ``reserved`` are command names that no plugin may take."""

    def __init__(
        self,
        found: Iterable[EntryPoint] | None = None,
        *,
        only: str | None = None,
        reserved: Iterable[str] = (),
        report: Callable[[str], None] = lambda _line: None,
        strict: bool = False,
    ) -> None:
        self._manager = pluggy.PluginManager(GROUP)
        self._manager.add_hookspecs(Hooks)
        self._reserved = frozenset(reserved)
        self._report = report
        self._strict = strict
        self.plugins: dict[str, Plugin] = {}
        points = sorted(entry_points(group=GROUP) if found is None else found, key=lambda point: point.name)
        times = Counter(point.name for point in points)
        wanted = None if only is None else {name.strip() for name in only.split(",")} - {""}
        for point in points:
            plugin = self.plugins.setdefault(point.name, Plugin(point.name, point))
            if wanted is not None and point.name not in wanted:
                plugin.state = "off"
            elif times[point.name] > 1:
                who = ", ".join(
                    sorted({other.dist.name for other in points if other.name == point.name and other.dist})
                )
                self._quarantine(plugin, f"{times[point.name]} distributions bring a plugin of this name: {who}")
            elif point.name in self._reserved:
                self._quarantine(plugin, f"the command {point.name!r} is Stackpane's own")
        for name in sorted((wanted or set()) - set(times)):
            report(f"STACKPANE_PLUGINS names {name!r}, which is not installed")

    @classmethod
    def from_environment(cls, reserved: Iterable[str], report: Callable[[str], None], strict: bool = False) -> Registry:
        """The installed plugins that ``STACKPANE_PLUGINS`` allows: unset means all, empty means none."""
        return cls(only=os.environ.get("STACKPANE_PLUGINS"), reserved=reserved, report=report, strict=strict)

    @property
    def hook(self) -> Any:
        """pluggy's hook caller over the plugins loaded so far: ``registry.hook.stackpane_open(target=…)``."""
        return self._manager.hook

    def load(self, name: str) -> Plugin | None:
        """The plugin of that name, imported now if it was not; ``None`` where there is none that works."""
        plugin = self.plugins.get(name)
        if plugin is not None and plugin.state == "found":
            self._load(plugin)
        return plugin if plugin is not None and plugin.state == "loaded" else None

    def load_all(self) -> list[Plugin]:
        """Import every plugin that was not yet, and return those that work."""
        loaded = [self.load(name) for name in list(self.plugins)]
        return [plugin for plugin in loaded if plugin is not None]

    def ask(self, hook: str, **arguments: Any) -> list[tuple[Plugin, Any]]:
        """What each working plugin answers to a hook; one that raises is reported and left out."""
        answers = []
        for plugin in self.load_all():
            implementation = getattr(self._manager.get_plugin(plugin.name), hook, None)
            if implementation is None:
                continue
            try:
                answer = self._manager.subset_hook_caller(hook, self._others(plugin))(**arguments)
            except Exception as error:
                if self._strict:
                    raise
                self._report(f"the plugin {plugin.name} failed in {hook}: {_one_line(error)}")
            else:
                answers.append((plugin, answer[0] if isinstance(answer, list) and answer else answer))
        return answers

    def _others(self, plugin: Plugin) -> list[Any]:
        return [module for name, module in self._manager.list_name_plugin() if name != plugin.name]

    def _load(self, plugin: Plugin) -> None:
        started = time.perf_counter()
        try:
            _check_bounds(plugin)
            module = plugin.entry_point.load()
            self._manager.register(module, plugin.name)
            self._manager.check_pending()
            plugin.hooks = tuple(sorted(caller.name for caller in self._manager.get_hookcallers(module) or ()))
            self._read(plugin)
        # SystemExit too: a plugin that exits on import must not end the program.
        except (Exception, SystemExit) as error:
            if self._strict:
                raise
            if self._manager.has_plugin(plugin.name):
                self._manager.unregister(name=plugin.name)
            self._quarantine(plugin, _one_line(error))
        else:
            plugin.state = "loaded"
            plugin.load_time = time.perf_counter() - started

    def _read(self, plugin: Plugin) -> None:
        """Take what the plugin's own hooks declare. Raises ``ValueError`` where that is not well formed."""
        others = [other for name, other in self._manager.list_name_plugin() if name != plugin.name]
        services = self._manager.subset_hook_caller("stackpane_service", others)()
        commands = self._manager.subset_hook_caller("stackpane_commands", others)()
        for service in services:
            if not isinstance(service, Service):
                raise ValueError(f"stackpane_service returned {type(service).__name__}, not a Service")
            if service.name != plugin.name:
                raise ValueError(f"its service is named {service.name!r}, its entry point {plugin.name!r}")
            plugin.service = service
        plugin.commands = tuple(reference for references in commands for reference in references)
        for reference in plugin.commands:
            if not isinstance(reference, CommandReference):
                raise ValueError(f"stackpane_commands returned a {type(reference).__name__}, not a CommandReference")
            owner = self._owner(reference.name, plugin)
            if owner:
                raise ValueError(f"its command {reference.name!r} is {owner} already")

    def _owner(self, name: str, plugin: Plugin) -> str:
        if name in self._reserved:
            return "Stackpane's own"
        if name != plugin.name and name in self.plugins:
            return f"the plugin {name}'s"
        for other in self.plugins.values():
            if other is not plugin and any(reference.name == name for reference in other.commands):
                return f"the plugin {other.name}'s"
        return ""

    def _quarantine(self, plugin: Plugin, reason: str) -> None:
        plugin.state, plugin.error, plugin.service, plugin.commands = "quarantined", reason, None, ()
        self._report(f"the plugin {plugin.name} is left out: {reason} (see: stackpane plugins)")


def _check_bounds(plugin: Plugin) -> None:
    """Raise ``ImportError`` where the plugin's distribution asks for another version of ``stackpane``."""
    wanted = (
        [line for line in (plugin.entry_point.dist.requires or ()) if line.startswith("stackpane")]
        if (plugin.entry_point.dist)
        else []
    )
    if not wanted:
        return
    from packaging.requirements import Requirement

    from stackpane import __version__

    for requirement in map(Requirement, wanted):
        if requirement.name == "stackpane" and not requirement.specifier.contains(__version__, prereleases=True):
            raise ImportError(f"it needs {requirement}, and this is stackpane {__version__}")


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
