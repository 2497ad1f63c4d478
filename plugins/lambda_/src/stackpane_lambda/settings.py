"""The settings of a function that ``lambda config`` changes: what there is, what is wanted, and what takes it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackpane import InvalidInput, Link
from stackpane_lambda.configuring import Change
from stackpane_lambda.functionrecord import log_group

if TYPE_CHECKING:
    from stackpane_lambda.names import FunctionName

__all__ = ["OPTIONS", "Setting", "settings_change"]

Reply = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: the option that changes it, AWS's name of it, and where it is in a configuration.

    ``member`` is the structure that it is a part of, which is sent as a whole; empty where it stands alone.
    """

    option: str
    name: str
    member: str = ""
    now: Callable[[Reply], Any] | None = None

    def of(self, config: Reply) -> Any:
        """Its value in a configuration, ``None`` where there is none."""
        if self.now is not None:
            return self.now(config)
        return (config.get(self.member, {}) if self.member else config).get(self.name)


def _layers(config: Reply) -> list[str]:
    return [each.get("Arn", "") for each in config.get("Layers", ())]


OPTIONS = (
    Setting("memory", "MemorySize"),
    Setting("function_timeout", "Timeout"),
    Setting("storage", "Size", "EphemeralStorage"),
    Setting("handler", "Handler"),
    Setting("runtime", "Runtime"),
    Setting("description", "Description"),
    Setting("role", "Role"),
    Setting("layer", "Layers", now=_layers),
    Setting("log_group", "LogGroup", "LoggingConfig", now=log_group),
    Setting("log_format", "LogFormat", "LoggingConfig"),
    Setting("tracing", "Mode", "TracingConfig"),
)


def settings_change(function: FunctionName, config: Reply, wanted: Mapping[str, Any]) -> Change:
    """What to send so that the settings are as ``wanted``, by option; ``None`` leaves one alone."""
    asked = {setting: wanted[setting.option] for setting in OPTIONS if wanted.get(setting.option) is not None}
    if not asked:
        raise InvalidInput("nothing is to be changed", "See the options: stackpane lambda config --help")
    changed = {setting: value for setting, value in asked.items() if setting.of(config) != value}
    request: dict[str, Any] = {}
    for setting, value in changed.items():
        if setting.member:
            # Sent as a whole: what is left out of it would be as it is for a new function.
            request.setdefault(setting.member, dict(config.get(setting.member, {})))[setting.name] = value
        else:
            request[setting.name] = value
    dropped = _without_levels(request.get("LoggingConfig"))
    return Change(
        request=request,
        steps=[_step(setting, setting.of(config), value) for setting, value in changed.items()],
        fits=lambda found: all(setting.of(found) == value for setting, value in changed.items()),
        differs=_differing,
        undo=None if dropped else _undo(function, config, changed),
        lasting="the log levels that go with JSON end with it" if dropped else "AWS does not say what it was",
    )


def _without_levels(logging: dict[str, Any] | None) -> bool:
    """Take out what a log of text cannot have, and say whether there was any: AWS refuses it otherwise.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
    """
    if logging is None or logging.get("LogFormat") != "Text":
        return False
    dropped = [logging.pop(name, None) for name in ("ApplicationLogLevel", "SystemLogLevel")]
    return any(dropped)


def _step(setting: Setting, before: Any, after: Any) -> str:
    name = setting.member if setting.name in ("Size", "Mode") else setting.name
    return f"{name} {_text(before)} → {_text(after)}"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(each.rpartition(":layer:")[2] for each in value) or "none"
    return "none" if value in (None, "") else str(value)


def _differing(before: Reply, after: Reply) -> Sequence[str]:
    """The settings that are not the same, with their new values; the environment's values are nobody's business."""
    found = [_step(each, each.of(before), each.of(after)) for each in OPTIONS if each.of(before) != each.of(after)]
    others = (name for name in ("Environment", "VpcConfig", "CodeSha256") if before.get(name) != after.get(name))
    return [*found, *others]


def _undo(function: FunctionName, config: Reply, changed: Mapping[Setting, Any]) -> Link | None:
    """The options that bring back what there was; ``None`` where one of them cannot say it."""
    back: dict[str, Any] = {}
    for setting in changed:
        before = setting.of(config)
        if setting.option == "layer" and not before:
            back["no_layers"] = True
        elif before is None and setting.option != "description":
            return None
        else:
            back[setting.option] = before or ""
    return Link.to("lambda config", function.target, label="Undo", **back)
