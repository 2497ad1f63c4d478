"""The fields of a form: what click knows of a parameter, and how a value is written and read on a command line.

click is asked by its getters (``to_info_dict``, ``get_default`` …): its attributes hold internal marks, which differ
between versions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import click

from stackpane.options import GLOBAL_OPTIONS
from stackpane.times import MomentType

__all__ = ["FieldKind", "FormField", "Value", "Values", "field_of", "is_given", "texts", "value_of", "written"]

FieldKind = Literal["text", "integer", "number", "choice", "flag", "switch", "path", "time", "count"]
"""How a field is filled in: ``flag`` is given or not, ``switch`` has a spelling for yes and one for no and may be left
open, ``count`` says how often an option is repeated, ``path`` names a file or folder of this machine."""

Value = str | bool | int | tuple[str, ...] | None
Values = Mapping[str, Value]
"""What is filled in, by ``FormField.key``: a text, or several where ``many``; ``bool`` for flags and switches, ``int``
for counts. What is missing or ``None`` is not given; an empty text is given, and empty."""


@dataclass(frozen=True, slots=True)
class FormField:
    """One parameter. ``key`` is its longest spelling (``--since``), or the name of an argument.

    ``width`` is how many texts one value takes, ``many`` says that there may be several values; the texts of them all
    are one tuple. ``default`` is what holds where nothing is given, as it would be typed.
    """

    key: str
    label: str
    help: str = ""
    kind: FieldKind = "text"
    metavar: str = ""
    required: bool = False
    many: bool = False
    width: int = 1
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    default: str = ""
    secret: bool = False
    argument: bool = False
    negative: str = ""
    folder: bool = False
    shared: bool = False

    @property
    def several(self) -> bool:
        """Whether its value is a tuple of texts."""
        return self.many or self.width > 1


def field_of(parameter: click.Parameter, context: click.Context) -> FormField | None:
    """The parameter as a field; ``None`` for ``--help`` and for what is hidden."""
    info = parameter.to_info_dict()
    if info.get("hidden") or set(context.help_option_names) & set(info["opts"]):
        return None
    argument = isinstance(parameter, click.Argument)
    spellings = [*info["opts"]]
    key = info["name"] if argument else max(spellings, key=len)
    kind = _kind(parameter, info)
    many = bool(info["multiple"]) or info["nargs"] < 0
    width = 1 if kind in ("flag", "switch", "count") else max(1, info["nargs"])
    field = FormField(
        key=key,
        label=_unbracketed(parameter.human_readable_name) if argument else key,
        help=info.get("help") or "",
        kind=kind,
        metavar=(parameter.metavar or "") if not argument else "",
        required=bool(info["required"]),
        many=many and kind not in ("flag", "switch", "count"),
        width=width,
        secret=bool(getattr(parameter, "hide_input", False)),
        argument=argument,
        negative=max(info["secondary_opts"], key=len, default=""),
        shared=any(parameter is option for option in GLOBAL_OPTIONS),
        default=_default(info.get("default"), lambda: parameter.get_default(context)),
    )
    return _limited(field, parameter, context)


def _kind(parameter: click.Parameter, info: Mapping[str, Any]) -> FieldKind:
    if info.get("count"):
        return "count"
    if info.get("is_flag"):
        return "switch" if info["secondary_opts"] else "flag"
    for kind, types in _KINDS:
        if isinstance(parameter.type, types):
            return kind
    return "text"


_KINDS: tuple[tuple[FieldKind, tuple[type, ...]], ...] = (
    ("choice", (click.Choice,)),
    ("integer", (type(click.INT),)),
    ("number", (type(click.FLOAT),)),
    ("path", (click.Path, click.File)),
    ("time", (MomentType, click.DateTime)),
)


def _limited(field: FormField, parameter: click.Parameter, context: click.Context) -> FormField:
    """The field with what its type allows."""
    about = parameter.type.to_info_dict()
    if field.kind == "choice":
        # What is typed for a choice, which need not be a text itself, is known to its completion alone.
        choices = tuple(item.value for item in parameter.type.shell_complete(context, parameter, ""))
        return replace(field, choices=choices)
    if field.kind in ("integer", "number"):
        return replace(field, minimum=_bound(about.get("min")), maximum=_bound(about.get("max")))
    if field.kind == "path":
        return replace(field, folder=not about.get("file_okay", True))
    return field


def _bound(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) else None


def _default(value: Any, call: Callable[[], Any]) -> str:
    if callable(value):
        value = call()
    if value is None or isinstance(value, bool) or value == ():
        return ""
    return " ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _unbracketed(metavar: str) -> str:
    """``URI`` of ``[URI]``: a form says otherwise what may be left out."""
    return metavar[1:-1] if metavar.startswith("[") and metavar.endswith("]") else metavar


def is_given(value: Value) -> bool:
    """Whether a value puts anything on the command line."""
    return value is not None and value is not False and value != ()


def texts(value: Value) -> tuple[str, ...]:
    """The texts of a value; a flag and a count have none."""
    if value is None or isinstance(value, (bool, int)):
        return ()
    return value if isinstance(value, tuple) else (value,)


def written(field: FormField, value: Value) -> Iterator[str]:
    """How an option is written: ``--name=value``, so that no value can be read as an option."""
    match field.kind:
        case "flag":
            if value:
                yield field.key
        case "switch":
            if value is not None:
                yield field.key if value else field.negative
        case "count":
            yield from [field.key] * int(value) if isinstance(value, int) else ()
        case _:
            parts = texts(value)
            for start in range(0, len(parts), field.width):
                first, *others = parts[start : start + field.width]
                yield f"{field.key}={first}" if field.key.startswith("--") else f"{field.key}{first}"
                yield from others


def value_of(field: FormField, parameter: click.Parameter, given: Any) -> Value:
    """What click's parser found for a field, as texts; its marks for "not given" are none of these types."""
    match field.kind:
        case "flag":
            # Several flags may choose between the values of one parameter.
            return True if given == parameter.to_info_dict()["flag_value"] else None
        case "switch":
            return given if isinstance(given, bool) else None
        case "count":
            return given if isinstance(given, int) and given else None
    if field.several:
        return (tuple(_flat(given)) or None) if isinstance(given, (list, tuple)) else None
    return given if isinstance(given, str) else None


def _flat(given: Sequence[Any]) -> Iterator[str]:
    for each in given:
        if isinstance(each, str):
            yield each
        elif isinstance(each, (list, tuple)):
            yield from _flat(each)
