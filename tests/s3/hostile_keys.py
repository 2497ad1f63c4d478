"""Keys that S3 takes and file systems do not, or that mean something else there."""

from __future__ import annotations

from hypothesis import strategies as st

_PARTS = [
    "a", "A", "b.txt", "B.TXT", ".", "..", "...", "....", "", " ", "  ", ". ", " .", "a.", "a ", "a. .", "a..",
    ".hidden",
    "~", "~~", "~user", "notes~", "~2E", "~2e", "~7E", "~-", "~+", "x~-", "x~+", "~2F", "a~2Fb", "~XX", "~4",
    "~E9", "~C3~A9",
    "con", "CON", "nul.txt", "Nul .txt", "aux", "prn", "com1", "COM9.log", "lpt0", "com¹", "conin$", "CONOUT$",
    "console",
    "C:", "c:\\x", "\\\\server\\share\\x", "..\\..\\x", "a\\b", "a:b", "a:stream:$DATA", "a<b>", 'q"uote',
    "pipe|", "q?", "st*r",
    "\x00", "nul\x00byte", "\x1b[2J", "\x1b]52;c;eA==\x07", "new\nline", "cr\r", "tab\t", "\x7f", "\x9b31m",
    "\u2028", "\u202egpj.exe",
    "\u2066x\u2069", "\u200b", "\ufeff", "é", "e\u0301", "É", "ﬁ", "ß", "ẞ", "İ", "ı", "K", "K", "Å", "Å",
    "日本", "😀", "❤️",
    "\ud800", "x\udfffy", "%2e%2e", "%2F", "&amp;", "<script>alert(1)</script>", "=cmd|' /C calc'!A0",
    "$(rm -rf)", "`id`", ";ls", "-rf",
    "--help", "*", "[a]", "{a,b}", "'", "' or 1=1", "a" * 255, "a" * 256, "é" * 128, "😀" * 64, "." * 300,
    " " * 300, "~" * 300,
    "con" + " " * 260, "\x01" * 250, "x" * 1024, ".x.0.stackpane-part", ".x.0.stackpane-journal", ".stackpane",
    "desktop.ini", "Thumbs.db", "$MFT",
]  # fmt: skip

KEYS = sorted(
    {
        *_PARTS,
        *(f"/{part}" for part in _PARTS),
        *(f"{part}/" for part in _PARTS),
        *(f"a/{part}/b" for part in _PARTS),
        *(f"../{part}" for part in _PARTS),
        "../../etc/passwd", "/etc/passwd", "//etc/passwd", "a/../../b", "a/./b", "a//b", "a///b", "./a",
        "a/b/", "a/b//", "////",
        "../" * 340, "a/" * 512, "..\\" * 300, "C:/Windows/x", "file:///etc/passwd", "~/.ssh/authorized_keys",
        "a/~-/b", "~+/a",
        "a~+/b", "~-/~-/a",
    }
    - {""},
    key=lambda key: key.encode(errors="surrogatepass"),
)  # fmt: skip
"""Several hundred keys; any two of them must have two local files."""

_characters = st.one_of(
    st.sampled_from('~/.-+ aAbB2EeéÉ\u0301\\:*?"<>|\x00\x1f\x7f\u202e'),
    st.characters(codec=None, exclude_categories=()),
)
_parts = st.one_of(
    st.sampled_from(_PARTS), st.text(_characters, max_size=12), st.text(_characters, min_size=200, max_size=600)
)

keys = st.lists(_parts, min_size=1, max_size=6).map("/".join).filter(lambda key: bool(key))
"""Any keys, lone surrogates included; longer ones than S3 has, too."""

utf8_keys = keys.filter(lambda key: not any("\ud800" <= character <= "\udfff" for character in key))
"""Keys as S3 can really have them, of any length."""
