"""YAML, through PyYAML (the extra ``stackpane[yaml]``), imported when it is asked for.

As in JSON, whatever could drive a terminal is written as an escape: a text that holds such a character is put in double
quotes, the one YAML style that has escapes.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stackpane.errors import InvalidInput
from stackpane.formats.values import row_object
from stackpane.text import escape_block, is_plain

if TYPE_CHECKING:
    import yaml

    from stackpane.cli.output.console import Console
    from stackpane.views import Column, Row

__all__ = ["YamlDumper", "YamlList", "YamlRows"]


class YamlDumper:
    """PyYAML's safe dumper, set up for Stackpane. Raises ``InvalidInput`` where PyYAML is not installed."""

    def __init__(self) -> None:
        try:
            import yaml
        except ImportError as error:
            raise InvalidInput(
                "-o yaml needs PyYAML, which is not installed.", 'Install it: pip install "stackpane[yaml]"'
            ) from error

        class Safe(yaml.SafeDumper):
            def ignore_aliases(self, data: Any) -> bool:
                return True

        Safe.add_representer(str, _represent)
        Safe.add_representer(Decimal, _represent_number)
        self._yaml, self._class = yaml, Safe

    def __call__(self, value: Any) -> str:
        """A machine value as a YAML document without a ``---`` line."""
        text: str = self._yaml.dump(
            value, Dumper=self._class, sort_keys=False, allow_unicode=True, default_flow_style=False, width=2**31
        )
        return escape_block(text.removesuffix("...\n"), _escape)


def _represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_plain(text) else '"')


def _represent_number(dumper: yaml.SafeDumper, number: Decimal) -> yaml.ScalarNode:
    text = str(number)
    if text.lstrip("-").isdecimal():
        return dumper.represent_scalar("tag:yaml.org,2002:int", text)
    # To YAML 1.1 a number with an exponent is one only with a point.
    mantissa, exponent, power = text.partition("E")
    text = text if "." in mantissa or not exponent else f"{mantissa}.0E{power}"
    return dumper.represent_scalar("tag:yaml.org,2002:float", text)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


class YamlList:
    """Writes a list, element by element."""

    def __init__(self, io: Console) -> None:
        self._io = io
        self._dump = YamlDumper()
        self._empty = True

    def add(self, elements: Sequence[Any]) -> None:
        """Write machine values."""
        if elements:
            self._empty = False
            self._io.write(self._dump(list(elements)))

    def close(self) -> None:
        """Write ``[]`` where there was nothing."""
        if self._empty:
            self._io.write("[]\n")


class YamlRows:
    """Writes a table's rows as mappings."""

    def __init__(self, columns: Sequence[Column], io: Console) -> None:
        self._list = YamlList(io)
        self._columns = columns

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows."""
        self._list.add([row_object(self._columns, row) for row in rows])

    def close(self) -> None:
        """End the output."""
        self._list.close()
