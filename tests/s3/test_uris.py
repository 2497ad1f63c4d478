"""S3 URIs: what they name, and what is said where they name nothing."""

from __future__ import annotations

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane.errors import InvalidInput
from stackpane_s3.params import BYTES, S3_URI
from stackpane_s3.uris import S3Uri

POINT = "arn:aws:s3:eu-west-1:123456789012:accesspoint/photos"
OUTPOST = "arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-01ac5d28a6a232904/accesspoint/logs"
BUCKETS = st.one_of(
    st.from_regex(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", fullmatch=True), st.sampled_from([POINT, OUTPOST])
)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(BUCKETS, KEYS)
def test_any_key_is_read_back_as_it_was_written(bucket: str, key: str) -> None:
    uri = S3Uri(bucket, key)
    assert S3Uri.parse(str(uri)) == uri
    assert S3Uri.parse(uri.arn("aws-cn" if not uri.is_access_point else "aws")) == uri


@pytest.mark.parametrize(
    ("text", "bucket", "key"),
    [
        ("s3://", "", ""),
        ("s3://photos", "photos", ""),
        ("s3://photos/", "photos", ""),
        ("s3://photos//x", "photos", "/x"),
        ("s3://photos/../x", "photos", "../x"),
        ("s3://photos/a b?c#d%20", "photos", "a b?c#d%20"),
        ("s3://Old_Bucket/k", "Old_Bucket", "k"),
        (f"s3://{POINT}/2026/a.jpg", POINT, "2026/a.jpg"),
        (f"s3://{POINT}", POINT, ""),
        ("arn:aws:s3:::photos/2026/a.jpg", "photos", "2026/a.jpg"),
        ("arn:aws-us-gov:s3:::photos", "photos", ""),
        (f"{POINT}/object/2026/a.jpg", POINT, "2026/a.jpg"),
    ],
)
def test_a_uri_or_arn_names_a_place(text: str, bucket: str, key: str) -> None:
    assert S3Uri.parse(text) == S3Uri(bucket, key)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("photos/2026", "s3://photos/2026"),
        ("s3:/photos", "s3://photos"),
        ("S3://photos/x", "s3://photos/x"),
        ("/photos", "s3://photos"),
        ("", "s3://BUCKET/KEY"),
        ("s3:///key", "two slashes"),
        ("s3://ph*tos/x", "globs go into the key"),
        ("s3://a:b/x", "Bucket names"),
        ("s3://" + "b" * 256, "Bucket names"),
        ("arn:aws:lambda:eu-west-1:123456789012:function:f", "is not the ARN of an S3"),
        ("s3://arn:aws:s3:::photos/x", "access point"),
        ("s3://b/\udc80", "UTF-8"),
    ],
)
def test_what_names_nothing_is_refused_with_what_to_write(text: str, says: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        S3Uri.parse(text)
    assert says in f"{refused.value.message} {refused.value.hint}"
    with pytest.raises(click.BadParameter) as failed:
        S3_URI.convert(text, None, None)
    assert says in failed.value.message


@pytest.mark.parametrize(
    ("text", "name", "parent"),
    [
        ("s3://b/2026/a.jpg", "a.jpg", "s3://b/2026/"),
        ("s3://b/2026/07/", "07/", "s3://b/2026/"),
        ("s3://b/a.jpg", "a.jpg", "s3://b/"),
        ("s3://b//", "/", "s3://b/"),
        ("s3://b/a//", "/", "s3://b/a/"),
        ("s3://b", "b", "s3://"),
        ("s3://", "", "s3://"),
    ],
)
def test_a_place_has_a_name_and_a_parent(text: str, name: str, parent: str) -> None:
    uri = S3Uri.parse(text)
    assert (uri.name, str(uri.parent)) == (name, parent)


@given(BUCKETS, KEYS.filter(bool))
def test_parent_and_name_make_the_key_again(bucket: str, key: str) -> None:
    uri = S3Uri(bucket, key)
    assert uri.parent.key + uri.name == key
    assert uri.parent.is_folder


def test_commands_ask_for_the_kind_of_place_they_need() -> None:
    root, bucket, thing = S3Uri.parse("s3://"), S3Uri.parse("s3://b"), S3Uri.parse("s3://b/k")
    assert bucket.need_bucket() is bucket
    assert bucket.need_bucket_only() is bucket
    assert thing.need_key() is thing
    for refuse in (root.need_bucket, root.need_key, root.need_bucket_only, bucket.need_key, thing.need_bucket_only):
        with pytest.raises(InvalidInput):
            refuse()


@pytest.mark.parametrize(
    ("url", "place"),
    [
        (
            "https://s3.console.aws.amazon.com/s3/buckets/photos?region=eu-west-1&prefix=2026/&showversions=false",
            "s3://photos/2026/",
        ),
        (
            "https://eu-west-1.console.aws.amazon.com/s3/object/photos?region=eu-west-1&prefix=2026/a%20b.jpg",
            "s3://photos/2026/a b.jpg",
        ),
        ("https://eu-west-1.console.aws.amazon.com/s3/buckets/photos", "s3://photos/"),
        ("https://console.amazonaws.cn/s3/buckets/photos", "s3://photos/"),
        ("https://eu-west-1.console.aws.amazon.com/lambda/home", None),
        ("https://console.aws.amazon.com.evil.example/s3/buckets/photos", None),
        ("https://evilconsole.aws.amazon.com/s3/buckets/photos", None),
        ("arn:aws:s3:::photos", None),
        ("https://[", None),
    ],
)
def test_a_console_address_leads_to_its_place(url: str, place: str | None) -> None:
    found = S3Uri.from_console_url(url)
    assert (None if found is None else str(found)) == place


@given(KEYS)
def test_the_consoles_path_leads_back(key: str) -> None:
    uri = S3Uri("photos", key)
    url = f"https://eu-west-1.console.aws.amazon.com/{uri.console_path('eu-west-1')}"
    assert url.isascii()
    assert S3Uri.from_console_url(url) == uri


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("1048576", 2**20),
        ("10k", 10240),
        ("10KB", 10240),
        ("5MiB", 5 * 2**20),
        ("1.5g", 3 * 2**29),
        ("2 TiB", 2**41),
    ],
)
def test_a_size_is_bytes_or_a_binary_unit(text: str, count: int) -> None:
    assert BYTES.convert(text, None, None) == count


@pytest.mark.parametrize("text", ["", "-1", "k", "1x", "1e3", "½", "٣"])
def test_anything_else_is_no_size(text: str) -> None:
    with pytest.raises(click.BadParameter):
        BYTES.convert(text, None, None)
