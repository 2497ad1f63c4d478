"""Amazon Cognito user pools for Stackpane: users, groups, app clients, exports, imports, and tokens of test users.

This module holds the hooks and imports nothing else of the plugin before one of them needs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stackpane import Link, Service, hookimpl

if TYPE_CHECKING:
    from stackpane import Session


@hookimpl
def stackpane_service() -> Service:
    """Cognito user pools."""
    return Service(
        name="cognito",
        title="Amazon Cognito",
        help="User pools: users, groups, app clients.",
        commands="stackpane_cognito.commands:cognito",
        home=Link.to("cognito ls", label="User pools"),
        probe=Link.to("cognito ls", label="List the user pools", limit=1),
    )


@hookimpl
def stackpane_open(target: str) -> Link | None:
    """Lead to a user pool, or to what is in it: from its ARN or its page of the AWS console."""
    from stackpane_cognito.places import link_of

    return link_of(target)


@hookimpl
def stackpane_demo(session: Session) -> Sequence[Link]:
    """Fill a pool of customers with groups and app clients, and a small one of staff."""
    from stackpane_cognito.demo import seed

    return seed(session)
