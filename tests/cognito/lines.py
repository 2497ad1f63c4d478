"""A command line for every command of Cognito, and the small pool that they work on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cognito.stage import PASSWORD, make_pool

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator

__all__ = ["LINES", "PASSWORD", "set_up"]

LINES = (
    "cognito ls",
    "cognito show shop",
    "cognito users shop --search ann",
    "cognito user shop ann",
    "cognito groups shop",
    "cognito group show shop staff",
    "cognito group users shop staff",
    "cognito clients shop",
    "cognito client shop {client}",
    "cognito create shop new --attribute email=new@example.com --stdin",
    "cognito edit shop new --set custom:note=x",
    "cognito disable shop new",
    "cognito enable shop new",
    "cognito set-password shop new --stdin",
    "cognito confirm shop unconfirmed",
    "cognito sign-out shop ann",
    "cognito reset-password shop bob",
    "cognito token shop ann --stdin",
    "cognito token shop ann --stdin --flow srp",
    "cognito group create shop crew",
    "cognito group add shop crew ann",
    "cognito group remove shop crew ann",
    "cognito group rm shop crew --yes",
    "cognito export shop users.json --overwrite",
    "cognito import other users.json --yes",
    "cognito copy shop other --yes",
    "cognito rm shop new --yes",
)
"""``{client}`` is the id of the only app client; what reads stdin reads ``PASSWORD``."""


def set_up(emulator: Emulator) -> dict[str, str]:
    """Make the pools ``shop`` and ``other``; gives what to fill in, and the secrets that may be shown nowhere."""
    shop = make_pool(emulator)
    make_pool(emulator, "other")
    shop.user("ann", {"email": "ann@example.com"})
    shop.user("bob", {"email": "bob@example.com", "email_verified": "true"})
    shop.password("ann")
    shop.password("bob")
    shop.group("staff", "ann")
    made = shop.app(secret=False)
    shop.client.sign_up(ClientId=made["ClientId"], Username="unconfirmed", Password=PASSWORD)
    return {"client": made["ClientId"]}
