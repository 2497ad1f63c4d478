"""Keys that mean something else to the local names, or to file systems, beside the harness's hostile ones."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.harness import hostile

_MARKS = [
    "~", "~~", "~user", "notes~", "~2E", "~2e", "~7E", "~-", "~+", "x~-", "x~+", "~2F", "a~2Fb", "~XX", "~4", "~E9",
    "~C3~A9", "~-/a", "~+/a", "a~+/b", "a/~-/b", "~-/~-/a", "a/~/b",
    ".x.0.stackpane-part", ".x.0.stackpane-journal", ".x.0.stackpane-probe", ".stackpane",
]  # fmt: skip
_NAMES = [
    "A", "a.", "a ", "a. .", ". ", " .", "\x9b31m", "\u2028", "\x00", "nul\x00byte", "É", "é", "e\u0301", "ẞ", "ß",
    "Nul .txt", "COM9.log", "lpt0", "console", "a:stream", "pipe|", "日本", "\ud800", "x\udfffy",
]  # fmt: skip
_LONG = ["a" * 255, "a" * 256, "é" * 128, "😀" * 64, "." * 300, " " * 300, "~" * 300, "con" + " " * 260, "\x01" * 250]
_PARTS = [*_MARKS, *_NAMES, *_LONG]

KEYS = sorted(
    {
        *hostile.KEYS.values(),
        *_PARTS,
        *(f"/{part}" for part in _PARTS),
        *(f"{part}/" for part in _PARTS),
        *(f"a/{part}/b" for part in _PARTS),
        *(f"../{part}" for part in _PARTS),
        "../" * 340,
        "a/" * 512,
        "..\\" * 300,
    },
    key=lambda key: key.encode(errors="surrogatepass"),
)
"""Several hundred keys; any two of them must have two local files."""

_characters = st.one_of(
    st.sampled_from('~/.-+ aAbB2EeéÉ\u0301\\:*?"<>|\x00\x1f\x7f\u202e'),
    st.characters(codec=None, exclude_categories=()),
)
_parts = st.one_of(
    st.sampled_from(_PARTS), st.text(_characters, max_size=12), st.text(_characters, min_size=200, max_size=600)
)

keys = st.one_of(hostile.keys(), st.lists(_parts, min_size=1, max_size=6).map("/".join)).filter(bool)
"""Any keys, also with lone surrogates and longer than S3 has them."""


def storable_keys(emulator: str) -> list[str]:
    """Those that an emulator keeps as they are: AWS's keys have 1 to 1,024 bytes of UTF-8."""
    return [
        key
        for key in sorted({*hostile.KEYS.values(), *_PARTS})
        if len(key.encode(errors="surrogatepass")) <= 1024
        and not any("\ud800" <= character <= "\udfff" for character in key)
        and hostile.storable(key, emulator)
    ]
