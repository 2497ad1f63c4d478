"""Files of users: read in every form they come in, written without loss, and never a formula to a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane import InvalidInput
from stackpane_cognito.moving.entries import EntryError, Group, User, entry_of
from stackpane_cognito.moving.files import Kind, convert, json_line, kind_of, objects
from stackpane_cognito.moving.rules import Rules

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)
NAMES = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20)
USERS = st.builds(
    lambda name, attributes, groups, enabled: {
        "Username": name,
        "Enabled": enabled,
        "Groups": groups,
        "Attributes": attributes,
    },
    NAMES,
    st.dictionaries(st.sampled_from(["email", "phone_number", "custom:tenant", "custom:note"]), TEXTS),
    st.lists(NAMES, max_size=3, unique=True),
    st.booleans(),
)


def read(kind: Kind, data: bytes) -> list[Any]:
    return [entry_of(found) for _, found in objects(kind, io.BytesIO(data))]


def written(kind: Kind, entries: list[dict[str, Any]]) -> bytes:
    lines = [json_line(entry) for entry in entries]
    if kind == "jsonl":
        return b"".join(lines)
    out = io.BytesIO()
    list(convert(kind, lambda: lines, out))
    return out.getvalue()


@pytest.mark.parametrize("kind", ["json", "jsonl", "csv"])
@given(st.lists(USERS, max_size=4))
def test_what_is_written_is_what_is_read(kind: Kind, users: list[dict[str, Any]]) -> None:
    expected = [User(each["Username"], each["Attributes"], tuple(each["Groups"]), each["Enabled"]) for each in users]
    assert read(kind, written(kind, users)) == expected


@pytest.mark.parametrize("value", ["=1+1", "+15551234567", "-2", "@x", "\t=1", "  =1", "'=1", "＝1"])
def test_no_cell_of_a_sheet_is_a_formula(value: str) -> None:
    data = written("csv", [{"Username": "ann", "Attributes": {"custom:note": value}}])
    (_, row) = csv.reader(io.StringIO(data.decode(), newline=""))
    assert f"'{value}" in row
    assert read("csv", data)[0].attributes == {"custom:note": value}


def test_users_come_in_the_forms_of_others_too() -> None:
    ann = User("ann", {"email": "a@example.com", "email_verified": "true"}, ("staff",))
    listed = {
        "Users": [
            {
                "Username": "ann",
                "Attributes": [
                    {"Name": "sub", "Value": "1"},
                    {"Name": "email", "Value": "a@example.com"},
                    {"Name": "email_verified", "Value": "true"},
                ],
                "Groups": ["staff"],
                "Enabled": True,
                "MFAOptions": [],
            }
        ]
    }
    assert read("json", json.dumps(listed, indent=4).encode()) == [ann]
    flat = {"username": "ann", "email": "a@example.com", "email_verified": True, "groups": "staff", "nickname": None}
    assert read("jsonl", b"\xef\xbb\xbf" + json.dumps(flat).encode()) == [ann]
    sheet = "cognito:username,email,email_verified,Groups,cognito:mfa_enabled\nann,a@example.com,true,staff,false\n"
    assert read("csv", sheet.encode()) == [ann]


def test_a_long_array_is_read_piece_by_piece() -> None:
    users = [{"Username": f"user{number}", "Attributes": {"custom:note": "ü" * 900}} for number in range(300)]
    found = read("json", json.dumps(users, indent=1).encode())
    assert [user.name for user in found] == [user["Username"] for user in users]


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ([], "is no object"),
        ({"email": "a"}, "has no Username"),
        ({"Username": 5}, "Username: is no text"),
        ({"Username": "a", "Attributes": "x"}, "Attributes: is neither"),
        ({"Username": "a", "email": []}, "email: is neither a text nor a number"),
        ({"Username": "a", "Groups": [1]}, "Groups: is no list"),
        ({"Username": "a", "Enabled": "maybe"}, "neither true nor false"),
        ({"Username": "a", "password": 5}, "password: is no text"),
    ],
)
def test_what_is_no_user_has_a_reason(found: Any, reason: str) -> None:
    with pytest.raises(EntryError, match=reason):
        entry_of(found)


def test_a_group_and_a_password_are_known_and_the_password_is_not_shown() -> None:
    assert entry_of({"GroupName": "staff", "Precedence": 3, "RoleArn": ""}) == Group("staff", {"Precedence": 3})
    user = entry_of({"Username": "ann", "password": "Secret-1"})
    assert isinstance(user, User)
    assert user.password == "Secret-1"
    assert "Secret-1" not in repr(user) + str(user.without_password())


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("json", b'{"a": 1}', "no JSON array"),
        ("json", b'[{"Username": "a"}, {]', "entry 2"),
        ("json", b"[\xff]", "not UTF-8"),
        ("csv", b"a,a\n1,2\n", "two columns"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(kind: Kind, data: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        list(objects(kind, io.BytesIO(data)))


def test_a_bad_line_is_an_error_in_its_place() -> None:
    found = list(objects("jsonl", io.BytesIO(b'{"Username": "a"}\n\nnonsense\n{"Username": "b"}\n')))
    assert [number for number, _ in found] == [1, 3, 4]
    assert isinstance(found[1][1], ValueError)
    found = list(objects("csv", io.BytesIO(b"Username\na\nb,c\nd\n")))
    assert [type(each) for _, each in found] == [dict, ValueError, dict]


def test_the_name_says_the_form() -> None:
    assert [kind_of(name, None) for name in ("a.json", "b.JSONL", "c.csv", "-")] == ["json", "jsonl", "csv", "jsonl"]
    assert kind_of(str(Path("a.txt")), "csv") == "csv"
    with pytest.raises(InvalidInput, match="does not say"):
        kind_of("a.txt", None)


RULES = Rules(
    {
        "sub": {"Required": True},
        "email": {"Required": True, "StringAttributeConstraints": {"MaxLength": "20"}},
        "custom:tenant": {},
    },
    {"MinimumLength": 8, "RequireUppercase": True, "RequireNumbers": True, "RequireSymbols": True},
)


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        (User("a", {"email": "a@b.c"}), ""),
        (User("a"), "has no email"),
        (User("a", {"email": "x" * 30}), "has 30 characters, and the pool allows 20"),
        (User("a", {"email": "a@b.c", "nickname": "x"}), "the pool has no attribute nickname"),
        (User("a", {"email": "a@b.c"}, password="short"), "8 characters, an upper-case letter, a digit, a symbol"),
        (User("a", {"email": "a@b.c"}, password="Long-enough1"), ""),
        (User("a", {"email": "a@b.c"}, status="EXTERNAL_PROVIDER"), "another provider"),
    ],
)
def test_what_a_pool_would_refuse_is_known_before(user: User, reason: str) -> None:
    faults = list(RULES.faults(user))
    assert len(faults) == bool(reason)
    assert reason in "".join(faults)


def test_pools_that_sign_in_by_address_name_users_by_it() -> None:
    rules = Rules(sign_in=("email", "phone_number"))
    assert rules.name_of(User("a@b.c")) == "a@b.c"
    assert rules.name_of(User("+49123")) == "+49123"
    assert rules.name_of(User("1f2e", {"email": "a@b.c"})) == "a@b.c"
    assert list(rules.faults(User("1f2e"))) == ["has no email or phone_number, which the pool's users sign in by"]
