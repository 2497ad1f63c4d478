"""Records in the browser: fields by kind, nested values that fold, secrets one by one, and links to go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stackpane import Field, Link, Record, Section
from stackpane.text import safe
from stackpane_tui.panes.record import RecordPane
from stackpane_tui.widgets.lines import plain
from stackpane_tui.widgets.lineview import safe_spans
from stackpane_tui.widgets.recordlines import RecordLines
from tests.harness.terminal import hostile_bytes
from tests.tui.host import Host, screen, until

HOSTILE = "a\x1b[31m\x1b]0;x\x07[red]b[/]\u202e\x9b2J\u200bz"
ARN = "arn:aws:iam::123456789012:role/r"
POLICY = {"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Limit": Decimal("1.50")}]}
RECORD = Record(
    "photos",
    (
        Section(
            "",
            (
                Field("Size", 12_345_678, "size"),
                Field("Made", datetime(2026, 11, 29, 12, 0, tzinfo=UTC), "time"),
                Field("Age", timedelta(hours=3), "duration"),
                Field("State", "CREATE_FAILED", "state"),
                Field("Nothing", None),
                Field("Password", "hunter2hunter2", secret=True),
                Field("Token", "second-secret", secret=True),
                Field("Role", ARN, "arn"),
                Field("Table", "shop", link=Link.to("dynamodb show", "shop")),
            ),
        ),
        Section(
            "Policy",
            (
                Field("Document", POLICY, "json"),
                Field("Short", {"a": [1, 2]}, "json"),
                Field("Text", "first\n\tsecond\n"),
            ),
        ),
    ),
    arn="arn:aws:s3:::photos",
    console_url="https://console.example/photos",
    tags={"team": "pictures"},
    links=(Link.to("s3 ls", "s3://photos", label="List"), Link.to("s3 rb", "s3://photos", label="Remove")),
)


def record_app(record: Record = RECORD) -> tuple[Host, RecordPane]:
    pane = RecordPane(record)
    return Host(pane), pane


def go_to(pane: RecordPane, name: str) -> None:
    """Put the cursor on the field of that name."""
    index = next(index for index, entry in enumerate(pane.lines.entries) if name in entry.key)
    pane.line_view.reveal(index)


async def test_fields_are_shown_by_their_kind() -> None:
    app, _pane = record_app()
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: "Policy" in screen(app))
        lines = [line.strip() for line in screen(app).splitlines()]
        for expected in (
            "photos",
            "Size      11.8 MiB (12,345,678 bytes)",
            "Made      2026-11-29 12:00:00Z",
            "Age       3h",
            "State     CREATE_FAILED",
            "Nothing   -",
            "Password  ••••  x shows it",
            f"Role      {ARN}",
            "Document  {",
            '"Limit": 1.50',
            'Short     {"a": [1, 2]}',
            "first",
            "second",
            "Arn         arn:aws:s3:::photos",
            "team  pictures",
            "List    s3 ls s3://photos",
        ):
            assert expected in lines


async def test_secrets_are_shown_one_by_one_and_hidden_when_the_pane_is_left() -> None:
    app, pane = record_app()
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.pause()
        assert "2 masked" in pane.summary
        go_to(pane, "Password")
        await pilot.press("c")
        assert app.copied == []
        await pilot.press("x")
        await until(pilot, lambda: "hunter2hunter2" in screen(app))
        assert "second-secret" not in screen(app)
        await pilot.press("c")
        assert app.copied == ["hunter2hunter2"]
        assert "hunter2" not in repr(pane.state())
        pane.display = False
        await pilot.pause()
        pane.display = True
        await until(pilot, lambda: "Password  ••••" in screen(app))
        assert "hunter2" not in screen(app)
        go_to(pane, "Token")
        pane.line_view.focus()
        await pilot.press("enter")
        await until(pilot, lambda: "second-secret" in screen(app))
        await pilot.press("x")
        await until(pilot, lambda: "second-secret" not in screen(app))


async def test_enter_follows_a_link_an_arn_and_what_the_record_offers() -> None:
    app, pane = record_app()
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.pause()
        for name in ("Table", "Role", "arn", "link"):
            go_to(pane, name)
            pane.line_view.focus()
            await pilot.press("enter")
        await pilot.pause()
        assert [each.link.address for each in app.asked] == [
            "dynamodb show shop",
            f"open {ARN}",
            "open arn:aws:s3:::photos",
            "s3 ls s3://photos",
        ]
        go_to(pane, "Role")
        assert [link.address for link in pane.links()] == [f"open {ARN}", "s3 ls s3://photos", "s3 rb s3://photos"]
        assert pane.arn == ARN
        assert pane.summary == f"Enter: open {ARN}"
        go_to(pane, "Size")
        assert pane.arn == "arn:aws:s3:::photos"
        assert pane.console_url == "https://console.example/photos"


async def test_nested_values_fold_and_are_copied_as_they_are() -> None:
    app, pane = record_app()
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.pause()
        go_to(pane, "Document")
        pane.line_view.focus()
        await pilot.press("c", "left")
        await until(pilot, lambda: "Document  { … 1 … }" in screen(app))
        assert app.copied == [
            '{"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Limit": 1.50}]}'
        ]
        state = pane.state()
        await pilot.press("right", "down", "down", "c")
        assert app.copied[-1].startswith('{"Effect": "Allow"')
        pane.restore(state)
        await until(pilot, lambda: "Document  { … 1 … }" in screen(app))
        await pilot.press("slash", *"putobject", "enter")
        await until(pilot, lambda: '"s3:PutObject"' in screen(app))


KINDS = st.sampled_from(["text", "number", "size", "time", "duration", "state", "bool", "arn", "uri", "json", "binary"])
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.builds(Field, st.text(), ANY, KINDS, st.booleans())


@given(st.lists(FIELDS, max_size=5), st.text(), st.dictionaries(st.text(), st.text(), max_size=3))
def test_whatever_a_record_holds_is_shown_safe_and_its_secrets_are_not(
    fields: list[Field], text: str, tags: dict[str, str]
) -> None:
    record = Record(text, (Section(text, tuple(fields)),), arn=text, tags=tags, links=(Link.to("x", text, label=text),))
    lines = RecordLines(record)
    assert len(lines.entries) == len(lines)
    shown = [plain(safe_spans(lines.spans(index))) for index in range(len(lines))]
    assert hostile_bytes("\n".join(shown).replace("\ufffd", "").encode(), own=False) == []
    assert shown[0] == safe(text)
    for index, entry in enumerate(lines.entries):
        if entry.masked:
            assert entry.value is None
            assert "••••" in shown[index]
    for tag, value in tags.items():
        assert any(safe(tag) in line and safe(value) in line for line in shown)
    assert lines.width >= 0


async def test_hostile_values_are_text_on_the_screen() -> None:
    sections = (Section(HOSTILE, (Field(HOSTILE, HOSTILE), Field("json", {HOSTILE: [HOSTILE] * 5}, "json"))),)
    record = Record(HOSTILE, sections, arn=HOSTILE, console_url=HOSTILE, tags={HOSTILE: HOSTILE})
    app, pane = record_app(record)
    async with app.run_test(size=(160, 40)) as pilot:
        await until(pilot, lambda: "json" in screen(app))
        assert hostile_bytes(screen(app).encode(), own=False) == []
        assert screen(app).count("[red]b[/]") >= 8
        values: list[Any] = [entry.value for entry in pane.lines.entries if entry.key == (0, 0, HOSTILE)]
        assert values == [HOSTILE]
