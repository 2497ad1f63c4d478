"""Fetching the code of a function: whole and proven, as an archive or unpacked.

https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
"""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackpane import AwsError, InvalidInput, Job, Outcome, Progress, StackpaneError
from stackpane.text import human_count, human_size
from stackpane_lambda.functions import qualified
from stackpane_lambda.unpacking import MOST_PACKED, Unpacked, check_folder, unpack

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_lambda.names import FunctionName

__all__ = ["fetch_code"]

_TICK = 0.2

Steps = Generator[Progress, None, Outcome]


def fetch_code(
    session: Session, function: FunctionName, qualifier: str | None, target: Path | None, *, overwrite: bool
) -> Job | Outcome:
    """Fetch the code into ``target``: a file that ends in ``.zip``, or a folder (of the function's name unless given).

    Raises ``InvalidInput`` where something is there already, and where the code is an image.
    """
    place = target or Path(str(function))
    packed = place.suffix.lower() == ".zip"
    if packed:
        _check_file(place, overwrite=overwrite)
    else:
        check_folder(place, overwrite=overwrite)
    found = session.client("lambda").get_function(**qualified(session, function, qualifier))
    code, config = found.get("Code", {}), found["Configuration"]
    if config.get("PackageType") == "Image" or code.get("ImageUri"):
        image = code.get("ResolvedImageUri") or code.get("ImageUri") or "unknown"
        raise InvalidInput(f"the code of {function} is an image, and no archive", f"Fetch it with: docker pull {image}")
    if not code.get("Location"):
        why = code.get("Error", {}).get("Message") or "AWS does not say where it is"
        raise AwsError(f"the code of {function} cannot be fetched: {why}", "", "NoCode")
    if session.dry_run:
        return Outcome(f"Dry run: {human_size(config.get('CodeSize', 0))} of code would go to {place}.", done=0)
    return Job(
        f"Fetching the code of {function}",
        lambda: _run(session, function, code["Location"], config, place, packed=packed, overwrite=overwrite),
    )


def _check_file(path: Path, *, overwrite: bool) -> None:
    if path.is_dir():
        raise InvalidInput(f"{path} is a folder")
    if path.exists() and not overwrite:
        raise InvalidInput(f"{path} is there already", "Name another file, or add --overwrite.")


def _run(
    session: Session,
    function: FunctionName,
    location: str,
    config: Mapping[str, Any],
    place: Path,
    *,
    packed: bool,
    overwrite: bool,
) -> Steps:
    place.absolute().parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{place.name}-", dir=place.absolute().parent)
    archive = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield from _download(session, function, location, config, file)
        if packed:
            return _kept(archive, place, overwrite=overwrite)
        result = yield from _unpacked(archive, place, overwrite=overwrite)
        return Outcome(
            f"Unpacked {human_count(result.files, 'file')} ({human_size(result.bytes)}) of {function} into {place}.",
            done=result.files,
            skipped=result.skipped,
            result={"Path": str(place), "Files": result.files, "CodeSha256": config.get("CodeSha256")},
        )
    finally:
        archive.unlink(missing_ok=True)


def _download(
    session: Session, function: FunctionName, location: str, config: Mapping[str, Any], file: Any
) -> Generator[Progress, None, None]:
    """Write the archive to ``file``. Raises ``AwsError`` where it is not the one that AWS has described."""
    digest, got, size, due = hashlib.sha256(), 0, config.get("CodeSize"), 0.0
    with closing(session.fetch("lambda", location, most=MOST_PACKED)) as pieces:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
            got += len(piece)
            if time.monotonic() >= due:
                due = time.monotonic() + _TICK
                yield Progress(got, size, current=str(function))
    if base64.b64encode(digest.digest()).decode() != config.get("CodeSha256"):
        raise AwsError(
            f"the code of {function} that came is not what AWS has described (its SHA-256 differs)",
            "Try again; where it stays so, somebody has just deployed it, or something on the way changes answers.",
            "WrongCode",
        )


def _kept(archive: Path, place: Path, *, overwrite: bool) -> Outcome:
    size = archive.stat().st_size
    archive.chmod(0o644)
    if overwrite:
        archive.replace(place)
    else:
        try:
            os.link(archive, place)  # fails where there is one meanwhile
        except FileExistsError:
            raise StackpaneError(f"{place} has come to be meanwhile; nothing was replaced") from None
    return Outcome(f"Wrote {human_size(size)} to {place}.", result={"Path": str(place), "Size": size})


def _unpacked(archive: Path, place: Path, *, overwrite: bool) -> Generator[Progress, None, Unpacked]:
    due = 0.0
    for step in unpack(archive, place.absolute(), overwrite=overwrite):
        if isinstance(step, Unpacked):
            return step
        if time.monotonic() >= due:
            due = time.monotonic() + _TICK
            yield Progress(*step, current="unpacking")
    raise StackpaneError("the archive was not unpacked to its end")
