"""Files of items: what is written is what is read, in every form, packed or not."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stackpane import InvalidInput, StackpaneError
from stackpane_dynamodb.moving.forms import Form, form_of
from stackpane_dynamodb.moving.packing import packer
from stackpane_dynamodb.moving.records import Source
from stackpane_dynamodb.moving.tabular import convert
from stackpane_dynamodb.values.lines import plain_line, plain_lines, raw_item, typed_lines
from stackpane_dynamodb.values.plain import item_from_text
from tests.dynamodb.items import items
from tests.dynamodb.moving import same

WITH_KEYS = st.lists(items, max_size=4).map(
    lambda found: [item | {"id": {"S": str(number)}} for number, item in enumerate(found)]
)


def written(path: Path, form: Form, found: Sequence[dict[str, Any]], columns: Sequence[str] = ()) -> Source:
    """A file of these items, which come without blanks, as from AWS, or with them, as from some emulators."""
    separators = None if len(found) % 3 == 0 else (",", ":")
    raw = [json.dumps(item, ensure_ascii=False, separators=separators).encode() for item in found]
    if form.kind in ("csv", "parquet"):
        with path.open("wb") as out:
            assert list(convert(io.BytesIO(b"".join(item + b"\n" for item in raw)), out, form, ["id"], columns))
    else:
        pack = packer(form.packing)
        lines = plain_lines if form.kind == "jsonl" else typed_lines
        path.write_bytes(b"".join(pack.pack(lines([item])) + pack.end() for item in raw))
    return Source(str(path), form)


@given(items)
def test_the_fast_way_to_plain_text_is_the_slow_one(item: dict[str, Any]) -> None:
    assert item_from_text(plain_line(raw_item(sent_raw(item)))) == item


def sent_raw(item: dict[str, Any]) -> Any:
    import msgspec

    return msgspec.Raw(json.dumps(item, indent=1).encode())


@pytest.mark.parametrize("kind", ["jsonl", "dynamodb", "csv", "parquet"])
def test_items_of_all_types_come_back_from_every_form(kind: Any, tmp_path: Path) -> None:
    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(WITH_KEYS)
    @example([{"id": {"S": "0"}, "\0": {"M": {}}, "\0…": {"S": "a"}, "…": {"S": "b"}}])
    def check(found: list[dict[str, Any]]) -> None:
        lines = list(written(tmp_path / "file", Form(kind), found).lines()) if found else []
        assert [line.reason for line in lines if line.reason] == []
        assert same(line.item for line in lines if line.item is not None) == same(found)

    check()


def test_parquet_is_written_anew_where_later_items_are_of_another_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stackpane_dynamodb.moving.rowgroups._ROWS", 2)

    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(st.lists(items, min_size=3, max_size=9), st.sampled_from([[], ["a", "id"]]))
    @example([{"a": {"N": number}} for number in ("1", "2", "3.25", "4E+5", "-0.001", "+7", "9" * 38)], [])
    @example([{"a": {"S": "x"}}, {}, {"b": {"S": '"'}}, {"a": {"S": "y"}}, {"a": {"BOOL": True}}], ["a", "id"])
    def check(found: list[dict[str, Any]], columns: list[str]) -> None:
        numbered = [item | {"id": {"S": str(number)}} for number, item in enumerate(found)]
        lines = list(written(tmp_path / "file", Form("parquet"), numbered, columns).lines())
        assert same(line.item for line in lines if line.item is not None) == same(numbered)

    check()


def test_a_sheet_with_columns_that_are_named_loses_nothing(tmp_path: Path) -> None:
    found = [{"id": {"S": "1"}, "b": {"N": "5"}, "…": {"S": "rest"}, "a": {"SS": ["x", "y"]}}]
    source = written(tmp_path / "file.csv", Form("csv"), found, columns=["b", "id"])
    assert (tmp_path / "file.csv").read_text().splitlines()[0] == "b,id,…"
    assert [line.item for line in source.lines()] == found


def test_cells_are_read_as_a_person_writes_them(tmp_path: Path) -> None:
    sheet = tmp_path / "people.csv"
    sheet.write_bytes(
        b'\xef\xbb\xbfid,name,age,tags\r\n1,"Smith, J.",41,"{""$SS"": [""a""]}"\n"""2""",true,,"two\nlines"\n'
    )
    assert [line.item for line in Source(str(sheet), Form("csv")).lines()] == [
        {"id": {"N": "1"}, "name": {"S": "Smith, J."}, "age": {"N": "41"}, "tags": {"SS": ["a"]}},
        {"id": {"S": "2"}, "name": {"BOOL": True}, "tags": {"S": "two\nlines"}},
    ]


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_a_packed_file_that_is_cut_is_not_taken_for_a_whole_one(packing: Any, tmp_path: Path) -> None:
    path = tmp_path / "cut"
    source = written(path, Form("jsonl", packing), [{"id": {"S": str(number)}} for number in range(100)])
    assert source.count() == 100
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(StackpaneError, match="cannot be read to its end"):
        source.count()


def test_a_line_that_is_no_item_says_why_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b'{"id": 1}\n\n{"id": NaN}\n{"a": 1, "a": 2}\n\xff\n[]\n{"id": 2}')
    lines = list(Source(str(path), Form("jsonl")).lines())
    assert [(line.number, line.reason.partition(":")[0]) for line in lines if line.reason] == [
        (3, "NaN is no JSON, and DynamoDB has no such number"),
        (4, "has 'a' twice"),
        (5, "is not UTF-8"),
        (6, "an item is a JSON object"),
    ]
    assert [line.item for line in lines if line.item] == [{"id": {"N": "1"}}, {"id": {"N": "2"}}]


def test_a_sheet_that_says_something_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"
    path.write_bytes('id,a,…\r\n0,x,"{""a"":1,""b"":2}"\r\n1,,"{""a"":1}"\r\n'.encode())
    first, second = Source(str(path), Form("csv")).lines()
    assert first.reason == "a: stands among the further attributes and in a column of its own"
    assert second.item == {"id": {"N": "1"}, "a": {"N": "1"}}
    for header, reason in {"…,…": "two columns are named '…'", "a,a": "named 'a'", "a,,": "named ''"}.items():
        path.write_bytes(header.encode() + b"\r\n")
        with pytest.raises(InvalidInput, match=reason):
            list(Source(str(path), Form("csv")).lines())


def test_names_say_the_form() -> None:
    assert form_of("a.jsonl", None) == Form("jsonl")
    assert form_of("A.NDJSON.GZ", None) == Form("jsonl", "gzip")
    assert form_of("export/x.json.gz", None) == Form("dynamodb", "gzip")
    assert form_of("a.csv.zst", None) == Form("csv", "zstd")
    assert form_of("-", None) == Form("jsonl")
    assert form_of("anything", "csv") == Form("csv")
    with pytest.raises(InvalidInput, match="does not say what form"):
        form_of("a.txt", None)
    with pytest.raises(InvalidInput, match="packed within"):
        form_of("a.parquet.gz", None)
