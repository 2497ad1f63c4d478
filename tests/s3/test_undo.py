"""Do, undo, compare: a link that undoes a change leads back to what was, and a plan says beforehand if there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stackpane import Plan
from stackpane_s3.uris import S3Uri
from tests.harness import hostile
from tests.s3.writing import Runner, bodies, facts, fill, finish, version_on

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator

# ministack lists what XML cannot carry without the encoding that is asked for.
KEYS = sorted(
    key for key in set(hostile.KEYS.values()) if hostile.in_xml(key) and "\r" not in key and len(key.encode()) < 1000
)
WORDS = st.sampled_from(["a", "1", "with space", "a=b", "x/y"])
EDITS = st.one_of(
    WORDS.map(lambda word: f"--metadata=note={word}"),
    WORDS.map(lambda word: f"--tag=tag={word}"),
    st.sampled_from(
        [
            "--remove-metadata=kept",
            "--remove-tag=kept",
            "--content-type=a/b",
            "--cache-control=",
            "--expires=2031-01-01",
        ]
    ),
)


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, ...]:
    """A command and its arguments, on ``SOURCE`` (a key that exists) and maybe ``TARGET`` (which may, too)."""
    command = draw(st.sampled_from(["rm", "mv", "cp", "edit", "rm -r", "rm **"]))
    if command == "edit":
        return ("edit", "SOURCE", *draw(st.lists(EDITS, min_size=1, max_size=3, unique_by=lambda each: each[:9])))
    if command in ("mv", "cp"):
        overwrite = draw(st.booleans())
        return (command, "SOURCE", "EXISTING" if overwrite else "TARGET", "--no-glob", *(["--overwrite"] * overwrite))
    return {"rm": ("rm", "SOURCE", "--no-glob"), "rm -r": ("rm", "FOLDER", "-r", "--no-glob"), "rm **": ("rm", "GLOB")}[
        command
    ]


def state(emulator: Emulator) -> dict[str, Any]:
    """All that a reader can see in the bucket."""
    return {key: (body, facts(emulator, "bucket", key)) for key, body in bodies(emulator, "bucket").items()}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    versioned=st.booleans(),
    source=st.sampled_from(KEYS),
    existing=st.sampled_from(KEYS),
    change=changes(),
    metadata=hostile.metadata(),
)
def test_what_is_undone_is_as_it_was(
    ministack: Emulator, versioned: bool, source: str, existing: str, change: tuple[str, ...], metadata: dict[str, str]
) -> None:
    ministack.reset()
    ministack.client("s3").create_bucket(Bucket="bucket")
    if versioned:
        version_on(ministack, "bucket")
    if existing == source:
        existing += "-2"
    settings_of = {"Metadata": metadata | {"kept": "k"}, "Tagging": "kept=t", "ContentType": "text/plain"}
    fill(ministack, "bucket", [source, existing, "folder/1", "folder/2"], **settings_of)
    before = state(ministack)
    words = {
        "SOURCE": str(S3Uri("bucket", source)),
        "EXISTING": str(S3Uri("bucket", existing)),
        "TARGET": "s3://bucket/target-that-is-new",
        "FOLDER": "s3://bucket/folder",
        "GLOB": "s3://bucket/**",
    }
    s3 = Runner(ministack.url)
    view = s3.view(*(words.get(word, word) for word in change))
    outcome = finish(view)
    assert not outcome.failed
    if outcome.done:
        assert (state(ministack) != before) or change[0] == "edit"
    if isinstance(view, Plan) and change[0] == "rm":
        assert view.reversible.startswith("Can be undone") == (outcome.undo is not None) == versioned
    if outcome.undo is not None:
        s3.follow(outcome.undo)
        assert state(ministack) == before
    else:
        # What was there is gone where nothing keeps it; and no destination of mv can name a key that ends in a slash.
        cannot_be_named = change[0] == "mv" and source.endswith("/")
        assert not versioned or not outcome.done or cannot_be_named or ("mv" in change and "EXISTING" in change)
