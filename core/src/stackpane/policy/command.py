"""``stackpane policy``: print the IAM policy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from stackpane.calls import Call, Effect
from stackpane.commands import command, load_reference
from stackpane.errors import InvalidInput
from stackpane.policy.statements import MANAGED_POLICY_LIMIT, Need, declared_calls, document, policy_size, scope_names
from stackpane.views import Document, Outcome

if TYPE_CHECKING:
    from stackpane.app import Run


@command("policy", needs="runner")
@click.option("--service", "services", multiple=True, metavar="NAME", help="Only this service; repeatable.")
@click.option("--account", metavar="ID", help="The account id in the ARNs; any unless given.")
@click.option(
    "--scope", "scopes", multiple=True, metavar="NAME=PATTERN", help="Limit a name in the ARNs: bucket=myapp-*."
)
@click.option("--from-use", is_flag=True, help="Only what was used since the last reset, by a local record of names.")
@click.option("--reset", is_flag=True, help="Forget the record of what was used.")
def policy(
    run: Run, services: tuple[str, ...], account: str | None, scopes: tuple[str, ...], *, from_use: bool, reset: bool
) -> Document | Outcome:
    """Print the IAM policy that the installed plugins need.

    With --read-only it has only what reading needs; --region and --account narrow the ARNs. Attach it as it is.
    """
    from stackpane.policy import usage

    if reset and not from_use:
        count = usage.reset()
        return Outcome(f"Forgot {count} recorded calls.", done=count)
    needs = list(usage.recorded() if from_use else _declared(run, services))
    if from_use and services:
        needs = [need for need in needs if need.title in services]
    names = _names(run, account, scopes, (call for need in needs for call in need.calls))
    needs = [Need(need.title, need.calls, {**names, **need.names}) for need in needs]
    policy = document(needs, read_only=_read(run))
    if reset:
        usage.reset()
    _remark(run, needs, policy_size(policy))
    if not policy["Statement"]:
        run.app.face.note("Nothing is needed: no call was recorded." if from_use else "Nothing is needed.")
    return Document(json.dumps(policy, indent=2).encode() + b"\n", media_type="application/json", name="policy.json")


def _read(run: Run) -> bool:
    return run.settings.read_only


def _declared(run: Run, services: tuple[str, ...]) -> Iterator[Need]:
    """What every command of the services declares. Raises ``InvalidInput`` for a service that is not installed."""
    plugins = {plugin.name: plugin for plugin in run.app.services()}
    for name in services:
        if name not in plugins:
            raise InvalidInput(f"there is no service {name!r}", f"Installed: {', '.join(plugins) or 'none'}.")
    for name, plugin in plugins.items():
        if plugin.service and (not services or name in services):
            group = load_reference(plugin.service.commands)
            yield Need(name, tuple(Call.by_name(declared_calls(group)).values()))


def _names(run: Run, account: str | None, scopes: Iterable[str], calls: Iterable[Call]) -> dict[str, str]:
    from stackpane.aws.endpoints import partition_of

    regions = run.settings.regions
    if len(regions) > 1:
        raise InvalidInput("a policy's ARNs name one region or all", "Give one --region, or none.")
    names = {"partition": partition_of(regions[0]).name if regions else "aws"}
    if regions:
        names["region"] = regions[0]
    if account is not None:
        if not (account.isdecimal() and len(account) == 12):
            raise InvalidInput(f"{account!r} is not a valid account id", "It has 12 digits.")
        names["account"] = account
    known = scope_names(calls)
    for scope in scopes:
        name, given, pattern = scope.partition("=")
        if not given or not pattern:
            raise InvalidInput(f"--scope wants NAME=PATTERN, not {scope!r}", f"Names: {', '.join(known)}.")
        if name not in known:
            raise InvalidInput(f"no ARN has a {name!r}", f"Names that can be scoped: {', '.join(known) or 'none'}.")
        names[name] = pattern
    return names


def _remark(run: Run, needs: Iterable[Need], size: int) -> None:
    """Say what cannot be scoped, or is not and had better be, and when the policy is too long for IAM."""
    told: set[str] = set()
    for need in needs:
        for call in (form for each in need.calls for form in each.forms):
            if call.name in told or (_read(run) and call.effect is not Effect.READ):
                continue
            told.add(call.name)
            open_ones = [name for name in scope_names([call]) if name not in need.names]
            if "*" in call.arns:
                why = f": it {call.note}" if call.note else ""
                run.app.face.note(f"{', '.join(call.actions)} works with Resource * only{why}")
            elif call.note and open_ones:
                scopes = " ".join(f"--scope {name}=…" for name in open_ones)
                run.app.face.note(f"{call.actions[0]} {call.note}: {scopes}")
    if size > MANAGED_POLICY_LIMIT:
        run.app.face.warn(
            f"the policy has {size} characters, and a managed policy may have {MANAGED_POLICY_LIMIT}: "
            "make one per service with --service"
        )
