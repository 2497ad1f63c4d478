"""What opens in S3, and that every link leads to a command that takes it."""

from __future__ import annotations

import pytest

from stackpane import InvalidInput, Link
from stackpane.app import App
from stackpane_s3 import stackpane_open, stackpane_service
from stackpane_s3.places import (
    bucket_actions,
    folder_actions,
    link_to,
    list_link,
    object_actions,
    preview_link,
    show_link,
)
from stackpane_s3.uris import S3Uri


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("s3://", "s3 ls"),
        ("s3://photos", "s3 ls s3://photos/"),
        ("s3://photos/2026/", "s3 ls s3://photos/2026/"),
        ("s3://photos/2026/a.jpg", "s3 show s3://photos/2026/a.jpg"),
        ("s3://photos/a[1]/", "s3 ls --no-glob 's3://photos/a[1]/'"),
        ("arn:aws:s3:::photos", "s3 show s3://photos/"),
        ("arn:aws:s3:::photos/2026/", "s3 ls s3://photos/2026/"),
        ("arn:aws:s3:::photos/2026/a.jpg", "s3 show s3://photos/2026/a.jpg"),
        (
            "https://s3.console.aws.amazon.com/s3/buckets/photos?region=eu-west-1&prefix=2026/",
            "s3 ls s3://photos/2026/",
        ),
        ("https://eu-west-1.console.aws.amazon.com/s3/object/photos?prefix=a.jpg", "s3 show s3://photos/a.jpg"),
        ("arn:aws:lambda:us-east-1:123456789012:function:f", None),
        ("arn:aws:s3:us-east-1:123456789012:job/1", None),
        ("https://example.com/s3/buckets/photos", None),
        ("lambda", None),
    ],
)
def test_a_target_leads_to_its_pane(target: str, address: str | None) -> None:
    link = stackpane_open(target)
    assert (None if link is None else link.address) == address


def test_a_uri_that_names_nothing_is_refused() -> None:
    with pytest.raises(InvalidInput):
        stackpane_open("s3:///key")


def test_a_preview_reads_no_more_than_a_glance_needs() -> None:
    uri = S3Uri("photos", "a.jpg")
    assert preview_link(uri, 2 * 1024**2, "STANDARD") == Link.to("s3 cat", "s3://photos/a.jpg")
    assert preview_link(uri, 2 * 1024**2 + 1, None) == Link.to("s3 cat", "s3://photos/a.jpg", range="0-65535")
    assert preview_link(uri, 0, "STANDARD") is None
    assert preview_link(uri, 9, "GLACIER") is None
    assert preview_link(uri, 9, "GLACIER_IR") is not None


@pytest.mark.parametrize("key", ["2026/a.jpg", "a*[1]?", "-rf", "a b\x1b[31m\n", "2026/"])
def test_every_link_is_taken_by_its_command(key: str) -> None:
    uri = S3Uri("photos", key)
    links = [
        *bucket_actions(S3Uri("photos")),
        *folder_actions(uri.at(f"{key}/")),
        *object_actions(uri),
        *object_actions(uri, "3sL4kqtJlcpXroDTDmJ"),
        link_to(uri),
        list_link(uri),
        list_link(S3Uri()),
        show_link(uri, version_id="null"),
        stackpane_service().home,
        stackpane_service().probe,
    ]
    for link in links:
        parse(link)
        assert Link.from_address(link.address) == link
        assert link.label


def parse(link: Link) -> None:
    """Have the link's own command parse its arguments; fails where it does not take them."""
    root = App().root
    with root.make_context("stackpane", link.to_argv()[:0], resilient_parsing=True) as context:
        service = root.get_command(context, link.argv[0])
        assert service is not None
        with service.make_context(link.argv[0], [], parent=context, resilient_parsing=True) as inner:
            command = service.get_command(inner, link.argv[1])  # type: ignore[attr-defined]
            assert command is not None, link.argv
            command.make_context(link.argv[1], list(link.argv[2:]), parent=inner)
