"""``lambda layer``: the record of a layer's version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Field, InvalidInput, Record, Section, command
from stackpane_lambda.calls import GET_LAYER
from stackpane_lambda.functions import moment
from stackpane_lambda.names import layer_version

if TYPE_CHECKING:
    from stackpane import Session


@command("layer", calls=(GET_LAYER,))
@click.argument("arn")
def layer(session: Session, arn: str) -> Record:
    """Show a version of a layer, by the ARN that the functions using it have.

    The layer may be another account's.
    """
    region, name, version = layer_version(arn)
    if region != session.region:
        where = f"by its ARN the layer is in {region}, and this is {session.region}"
        raise InvalidInput(where, f"Add --region {region}.")
    found = session.client("lambda").get_layer_version(LayerName=name, VersionNumber=version)
    content = found.get("Content", {})
    fields = (
        Field("LayerArn", found.get("LayerArn", name)),
        Field("Version", version, "number"),
        Field("Description", found.get("Description")),
        Field("CreatedDate", moment(found.get("CreatedDate")), "time"),
        Field("CompatibleRuntimes", found.get("CompatibleRuntimes"), "json"),
        Field("CompatibleArchitectures", found.get("CompatibleArchitectures"), "json"),
        Field("LicenseInfo", found.get("LicenseInfo")),
        # Not its Location: whoever has that link has the code.
        Field("CodeSize", content.get("CodeSize"), "size"),
        Field("CodeSha256", content.get("CodeSha256")),
    )
    plain = name.rpartition(":")[2]
    return Record(
        title=f"{plain}:{version}",
        sections=(Section("", tuple(field for field in fields if field.value not in (None, "", []))),),
        arn=arn,
        console_url=session.console_url(f"lambda/home?region={region}#/layers/{plain}/versions/{version}"),
    )
