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
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

import pluggy

from stackpane.discovery import GROUP, Candidate, installed
from stackpane.hookspecs import CommandReference, Hooks, Service

__all__ = ["Plugin", "Registry", "State"]

State = Literal["found", "loaded", "quarantined", "off"]
"""``found``: not imported yet; ``off``: left out by ``STACKPANE_PLUGINS``."""


@dataclass(slots=True)
class Plugin:
    """One plugin and what is known of it. ``load_time`` is in seconds, ``error`` one line."""

    found: Candidate
    state: State = "found"
    error: str = ""
    load_time: float | None = None
    hooks: tuple[str, ...] = ()
    service: Service | None = None
    commands: tuple[CommandReference, ...] = ()

    @property
    def name(self) -> str:
        """The entry point's name."""
        return self.found.name

    @property
    def origin(self) -> str:
        """Where it was imported from; the module's name as long as it was not."""
        module = sys.modules.get(self.found.module)
        return getattr(module, "__file__", None) or self.found.module


class Registry:
    """All plugins of one program. ``reserved`` are command names that no plugin may take."""

    def __init__(
        self,
        found: Iterable[Candidate] | None = None,
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
        wanted = None if only is None else {name.strip() for name in only.split(",")} - {""}
        by_name: dict[str, list[Candidate]] = {}
        for candidate in installed() if found is None else found:
            by_name.setdefault(candidate.name, []).append(candidate)
        for name, candidates in by_name.items():
            plugin = self.plugins[name] = Plugin(candidates[0])
            if wanted is not None and name not in wanted:
                plugin.state = "off"
            elif len(candidates) > 1:
                who = ", ".join(sorted(candidate.distribution for candidate in candidates))
                self._quarantine(plugin, f"{len(candidates)} distributions bring a plugin of this name: {who}")
            elif name in self._reserved:
                self._quarantine(plugin, f"the command {name!r} is Stackpane's own")
        for name in sorted((wanted or set()) - set(by_name)):
            report(f"STACKPANE_PLUGINS names {name!r}, which is not installed")

    @classmethod
    def from_environment(cls, reserved: Iterable[str], report: Callable[[str], None], strict: bool = False) -> Registry:
        """The installed plugins that ``STACKPANE_PLUGINS`` allows: unset means all, empty means none."""
        return cls(only=os.environ.get("STACKPANE_PLUGINS"), reserved=reserved, report=report, strict=strict)

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
            if plugin.found.misfit:
                raise ImportError(plugin.found.misfit)
            module = import_module(plugin.found.module)
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


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
