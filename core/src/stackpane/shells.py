"""How each shell asks for proposals, and takes them: the scripts, and what differs from click's own.

A proposal that ends in a slash goes on, so no space follows it. bash breaks words at colons and others, whatever they
are quoted with, and replaces only what is behind the last break; so its script sends the line as it stands.
https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    split_arg_string,
)

if TYPE_CHECKING:
    _Base = ShellComplete
else:
    _Base = object

__all__ = ["SHELLS"]

_BASH = """\
%(complete_func)s() {
    local kind value
    COMPREPLY=()
    while IFS=, read -r kind value; do
        case $kind in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain)
                COMPREPLY+=("$value")
                [[ $value == */ ]] && compopt -o nospace ;;
        esac
    done < <(env COMP_WORDS="${COMP_LINE:0:COMP_POINT}" COMP_WORDBREAKS="$COMP_WORDBREAKS" \
%(complete_var)s=bash_complete "$1" 2>/dev/null)
    return 0
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_ZSH = """\
#compdef %(prog_name)s
%(complete_func)s() {
    local kind value help
    local -a response described names open
    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) \
%(complete_var)s=zsh_complete $words[1] 2>/dev/null)}")
    for kind value help in $response; do
        case $kind in
            dir) _path_files -/ ;;
            file) _path_files -f ;;
            plain)
                if [[ $help != _ ]]; then described+=("$value:$help")
                elif [[ $value == */ ]]; then open+=("$value")
                else names+=("$value")
                fi ;;
        esac
    done
    (( $#described )) && _describe -V unsorted described -U
    (( $#names )) && compadd -U -V unsorted -a names
    (( $#open )) && compadd -U -S '' -V unsorted -a open
    return 0
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH = """\
function %(complete_func)s
    set -l words (commandline -opc)
    for line in (env COMP_WORDS=(commandline -cp | string collect) COMP_CWORD=(commandline -ct | string collect) \
%(complete_var)s=fish_complete $words[1] 2>/dev/null)
        set -l parts (string split -m 1 , -- $line)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain
                printf '%%s\\n' $parts[2]
        end
    end
end
complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""

# What ``shlex.quote`` would quote for, but letters of any script.
_ACTED_ON = re.compile(r"[^\w@%+=:,./-]")
_ACTED_ON_IN_QUOTES = re.compile(r'[$`"\\]')


class _WithOption(_Base):
    """Gives the value of ``--option=value`` with the option before it, as the shell takes the two for one word."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """The proposals for the whole word that is being written."""
        items = super().get_completions(args, incomplete)
        option, equals, _ = incomplete.partition("=")
        if not equals or not option.startswith("-"):
            return items
        return [
            CompletionItem(f"{option}={item.value}" if item.type == "plain" else item.value, item.type, item.help)
            for item in items
        ]


class _Bash(_WithOption, BashComplete):
    """bash puts a proposal into the line as it stands: what it would act on gets a backslash, unless it is quoted."""

    source_template = _BASH
    _quote = ""
    _kept = 0

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor, and the one that is being written there."""
        line = os.environ["COMP_WORDS"]
        incomplete = _words(line)[-1]
        self._quote, behind = _behind_break(line, os.environ.get("COMP_WORDBREAKS", ""))
        self._kept = len(incomplete) - len(behind if self._quote else _words(behind)[-1])
        return _words(line)[1:-1], incomplete

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """A proposal's type and text, without what is before the last break of the word."""
        if item.type != "plain":
            return f"{item.type},{item.value}"
        value = str(item.value)[self._kept :]
        if self._quote == "'":
            return "" if "'" in value else f"plain,{value}"
        acted_on = _ACTED_ON_IN_QUOTES if self._quote else _ACTED_ON
        return "plain," + acted_on.sub(r"\\\g<0>", value)


class _Zsh(_WithOption, ZshComplete):
    """zsh takes whole words, and quotes them itself."""

    source_template = _ZSH


class _Fish(_WithOption, FishComplete):
    """fish takes whole words, and quotes them itself."""

    source_template = _FISH


SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}
"""The shells that names complete in."""


def _words(line: str) -> list[str]:
    """The words of a line; the last is the one at its end, empty behind a space."""
    *words, last = split_arg_string(f"{line}x")
    return [*words, last[:-1]]


def _behind_break(line: str, breaks: str) -> tuple[str, str]:
    """The quote that is open at the end of the line, and what is behind it or the last unquoted break."""
    quote, start, position = "", 0, 0
    while position < len(line):
        character = line[position]
        if character == "\\" and quote != "'":
            position += 1
        elif quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote, start = character, position + 1
        elif character.isspace() or character in breaks:
            start = position + 1
        position += 1
    return quote, line[start:]
