"""Cognito keeps the contract of plugins, on both emulators; every command declares exactly the calls it makes."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

from stackpane.testing import HOSTILE_TEXTS, Kit, PluginContract
from stackpane_cognito.moving import preview
from tests.cognito.stage import PASSWORD, denied, make_pool
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.harness.emulators import Emulator


@pytest.fixture
def aws_endpoint(aws: Emulator) -> str:
    return aws.url


@pytest.fixture
def kit(aws_endpoint: str) -> Kit:
    return Kit(aws_endpoint)


@pytest.mark.usefixtures("no_pauses")
class Runs:
    """What is run, and on what."""

    plugin = "cognito"
    runs: ClassVar[tuple[str, ...]] = (
        "cognito ls",
        "cognito show shop",
        "cognito users shop",
        "cognito users shop --filter 'username ^= \"a\"' --attribute custom:note",
        "cognito users shop --search '<script>'",
        "cognito user shop ann",
        "cognito clients shop",
        "cognito client shop {client}",
        "cognito create shop new --attribute email=new@example.com",
        "cognito edit shop new --set custom:note=x --remove email",
        "cognito disable shop new",
        "cognito enable shop new",
        "cognito set-password shop new --stdin --permanent",
        "cognito sign-out shop new",
        "cognito confirm shop unconfirmed",
        "cognito reset-password shop verified",
        "cognito groups shop",
        "cognito group create shop crew --description 'all of them' --precedence 3",
        "cognito group add shop crew new ann",
        "cognito group show shop crew",
        "cognito group users shop crew",
        "cognito group remove shop crew ann",
        "cognito group rm shop crew",
        "cognito export shop out.jsonl --overwrite",
        "cognito import other given.json --permanent",
        "cognito import other given.json --update",
        "cognito import other changed.json --update",
        "cognito copy shop copy",
        "cognito copy changed copy --update",
        "cognito copy shop copy --update",
        "cognito token shop ann --client {client} --stdin --flow admin",
        "cognito rm shop new",
        "cognito rm shop --search text-5",
    )

    @pytest.fixture(autouse=True)
    def _emulator(self, aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.emulator = aws
        self.monkeypatch = monkeypatch

        class Stdin:
            """Has the password whenever it is read."""

            @property
            def buffer(self) -> io.BytesIO:
                return io.BytesIO(PASSWORD.encode())

        monkeypatch.setattr(sys, "stdin", Stdin())

    def prepare(self, aws_endpoint: str) -> Mapping[str, str]:
        """A pool whose values are hostile texts, and files to import."""
        self.emulator.reset()
        stage = make_pool(self.emulator)
        self.stage = stage
        for number, text in enumerate(HOSTILE_TEXTS):
            attributes = {"email": f"{number}@example.com", "custom:note": text, "custom:tenant": f"text-{number}"}
            stage.user(f"user{number}", attributes)
        stage.users(["ann", "verified"])
        stage.client.admin_update_user_attributes(
            UserPoolId=stage.pool, Username="verified", UserAttributes=[{"Name": "email_verified", "Value": "true"}]
        )
        stage.password("ann")
        stage.password("verified")
        stage.group("hostile", "ann", Description=HOSTILE_TEXTS[0])
        client = stage.app()["ClientId"]
        stage.client.sign_up(ClientId=client, Username="unconfirmed", Password=PASSWORD)
        make_pool(self.emulator, "other")
        make_pool(self.emulator, "copy")
        changed = make_pool(self.emulator, "changed")
        changed.user("ann", {"email": "ann@example.com", "custom:note": "new"})
        changed.group("late", "ann")
        changed.client.admin_disable_user(UserPoolId=changed.pool, Username="ann")
        user = {"Username": "zoe", "Attributes": {"custom:note": HOSTILE_TEXTS[1]}, "Groups": ["readers"]}
        disabled = {"Username": "off", "Enabled": False, "password": PASSWORD}
        Path("given.json").write_text(json.dumps([user, disabled]))
        both = [{**user, "Attributes": {"custom:note": "other"}, "Groups": ["late"]}, {"Username": "off"}]
        Path("changed.json").write_text(json.dumps(both))
        return {"client": client}

    def provoke(self, kit: Kit, aws_endpoint: str) -> None:
        """What only failures, other flows and long files bring about."""
        with FaultProxy(aws_endpoint) as proxy:
            pin = f"arn:aws:cognito-idp:us-east-1:123456789012:userpool/{self.stage.pool}"
            _pinned(kit, proxy, pin)
            proxy.fault(modes.reset_after_body(), "AdminCreateUser", times=1)
            kit.run("cognito create shop twice", endpoint_url=proxy.url)
            assert proxy.count("AdminGetUser") == 1
        kit.run("cognito token shop ann --stdin --flow srp")
        self.stage.password("verified", permanent=False)
        for flow in ("admin", "password"):
            kit.app.face.ask = lambda question, **_: PASSWORD + "-2"  # type: ignore[method-assign]
            kit.run(f"cognito token shop verified --stdin --flow {flow}")
            self.stage.password("verified", permanent=False)
        self.monkeypatch.setattr(preview, "_ONE_BY_ONE", 0)
        kit.run("cognito import other given.json")
        kit.run("cognito rm shop --filter 'username = \"twice\"'")


class TestCognito(Runs, PluginContract):
    """On the emulator that knows Cognito better."""


class TestCognitoOnMoto(Runs):
    """The calls on the other one."""

    unmade = PluginContract.unmade
    _prepared = PluginContract._prepared
    loaded = PluginContract.loaded
    test_declared_calls_are_the_calls_made = PluginContract.test_declared_calls_are_the_calls_made

    @pytest.fixture
    def aws(self, moto: Emulator) -> Emulator:
        moto.reset()
        return moto


def _pinned(kit: Kit, proxy: FaultProxy, pin: str) -> None:
    """Run ``ls`` on a connection that pins a pool, and may list none."""
    from stackpane.connections import ConnectionStore
    from stackpane.connections.model import Connection, Source

    made = Connection(name="pinned", source=Source.DUMMY, endpoint_url=proxy.url, regions=("us-east-1",), pins=(pin,))
    ConnectionStore().save(made, replace=False)
    proxy.fault(denied("ListUserPools"), "ListUserPools")
    kit.run("cognito ls", endpoint_url=None, connections=("pinned",))
    proxy.clear()
