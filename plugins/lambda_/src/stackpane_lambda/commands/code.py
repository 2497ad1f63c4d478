"""``lambda code``: fetch the code of a function."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stackpane import View, command
from stackpane_lambda.calls import GET_FUNCTION
from stackpane_lambda.params import FUNCTION, QUALIFIER, qualifier_of

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_lambda.names import FunctionName


@command("code", calls=(GET_FUNCTION,))
@click.argument("function", type=FUNCTION)
@click.argument("target", type=click.Path(path_type=Path), required=False, metavar="[FOLDER|FILE.zip]")
@click.option("--qualifier", type=QUALIFIER, help="Of this version or alias; NAME:ALIAS is the same.")
@click.option("--overwrite", is_flag=True, help="Replace files that are there.")
def code(session: Session, function: FunctionName, target: Path | None, qualifier: str | None, overwrite: bool) -> View:
    """Fetch the code of a function and unpack it into FOLDER (named like the function), or keep it as FILE.zip.

    It is checked to be the very code that runs. Entries that would leave the folder, and symbolic links, are left out
    and named.
    """
    from stackpane_lambda.codes import fetch_code

    return fetch_code(session, function, qualifier_of(function, qualifier), target, overwrite=overwrite)
