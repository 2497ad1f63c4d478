"""``dynamodb edit``: change an item, nothing but what is meant of it, and over nobody else's changes."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import click

from stackpane import InvalidInput, Job, Outcome, Plan, command
from stackpane_dynamodb.calls import DESCRIBE_TABLE, GET_ITEM, TRANSACT_WRITE_ITEMS, UPDATE_ITEM
from stackpane_dynamodb.params import TABLE

if TYPE_CHECKING:
    from stackpane import Progress, Session
    from stackpane.editor import Draft
    from stackpane_dynamodb.assignments import Assignments
    from stackpane_dynamodb.drafting import Form
    from stackpane_dynamodb.expressions.conditions import Condition
    from stackpane_dynamodb.saving import Saving
    from stackpane_dynamodb.values.plain import Item


@command("edit", calls=(DESCRIBE_TABLE, GET_ITEM, UPDATE_ITEM, TRANSACT_WRITE_ITEMS))
@click.argument("table", type=TABLE)
@click.argument("key", nargs=-1, required=True, metavar="KEY [SORT-KEY]")
@click.option("--set", "put", multiple=True, metavar="PATH=VALUE", help="Set what is at a path: JSON, or a text.")
@click.option("--remove", multiple=True, metavar="PATH", help="Remove what is at a path.")
@click.option("--add", multiple=True, metavar="PATH=N", help="Add to a number, or members to a set.")
@click.option("--if", "only_if", metavar="EXPRESSION", help="Only while this holds of the item.")
@click.option("--dynamodb-json", "typed", is_flag=True, help="Edit DynamoDB's own JSON, with the type of every value.")
def edit(
    session: Session,
    table: str,
    key: tuple[str, ...],
    put: tuple[str, ...],
    remove: tuple[str, ...],
    add: tuple[str, ...],
    only_if: str | None,
    typed: bool,
) -> Plan | Job | Outcome:
    """Change an item: in the editor, or with --set, --remove and --add.

    Only the attributes that change are sent, each on the condition of the value that was read: where somebody else has
    changed one of them meanwhile nothing is saved, and all three versions are shown. Another key is a plan of its own.
    """
    from stackpane_dynamodb.assignments import Assignments
    from stackpane_dynamodb.drafting import Form
    from stackpane_dynamodb.expressions.language import parse
    from stackpane_dynamodb.items import need_item
    from stackpane_dynamodb.keys import key_of
    from stackpane_dynamodb.tables import describe, model_of

    model = model_of(describe(session, table))
    wanted = Assignments.of(model, put, remove, add)
    if wanted and typed:
        raise InvalidInput("--dynamodb-json is for the editor", "Leave out --set, --remove and --add, or this.")
    item = need_item(session, model, key_of(model, key))
    return _Editing(session, Form(model, typed), item, wanted, parse(only_if) if only_if else None).view()


@dataclass(frozen=True)
class _Editing:
    """One run of the command."""

    session: Session
    form: Form
    old: Item
    wanted: Assignments
    only_if: Condition | None
    draft: Draft | None = field(default=None, compare=False)

    def view(self) -> Plan | Job | Outcome:
        """The change, or a plan of it: for a dry run, and where it is another key."""
        if self.wanted:
            return self._changed(self._applied(self.old))
        from stackpane_dynamodb.drafting import edited
        from stackpane_dynamodb.keys import key_in, said

        name = said(self.form.model, key_in(self.form.model, self.old))
        new, draft = edited(self.form, self.old, name)
        if new is None:
            draft.drop()
            return Outcome("Nothing was changed.", 0)
        return replace(self, draft=draft)._changed(new)

    def _applied(self, item: Item) -> Item:
        return self.form.need_valid(self.wanted.applied(item))

    def _changed(self, new: Item) -> Plan | Job | Outcome:
        from stackpane_dynamodb.keys import key_in
        from stackpane_dynamodb.rekeying import Rekeying
        from stackpane_dynamodb.saving import Saving
        from stackpane_dynamodb.values.same import same_item

        model = self.form.model
        if not same_item(key_in(model, self.old), key_in(model, new)):
            self._keep()  # nobody knows yet whether the plan will be confirmed
            return Rekeying(self.session, model, self.old, new, self.only_if, self._drop).plan()
        again, counts = (self._applied, self.wanted.counts(self.old)) if self.wanted.add else (None, False)
        saving = Saving(self.session, model, self.old, new, self.only_if, again, counts)
        if not saving.changes:
            self._drop()
            return Outcome(f"{saving.name} is like that already.", 0)
        saving.request()  # what is too long is refused before anything is shown
        if self.session.dry_run:
            self._keep()
            return self._plan(saving)
        return Job(f"Edit {saving.name}", lambda: self._save(saving))

    def _plan(self, saving: Saving) -> Plan:
        from stackpane_dynamodb.saving import change_said, of_most
        from stackpane_dynamodb.undoing import edit_back

        undo = edit_back(saving.model, saving.old, saving.changes)
        return Plan(
            title=f"Edit {saving.name}",
            count=1,
            unit="item",
            targets=lambda: iter([saving.name]),
            phrase="y",
            apply=lambda: Job(f"Edit {saving.name}", lambda: self._save(saving)),
            reversible=f"Can be undone with: {undo.command_line}" if undo else "Cannot be undone by a command.",
            notes=(*map(change_said, saving.changes), f"The item will have {of_most(saving.new)}."),
        )

    def _save(self, saving: Saving) -> Generator[Progress, None, Outcome]:
        yield from ()
        try:
            outcome = saving.save()
        except BaseException:
            self._keep()
            raise
        if outcome.failed:
            self._keep()
        else:
            self._drop()
        return outcome

    def _keep(self) -> None:
        if self.draft is not None:
            self.session.note(f"What you wrote is in {self.draft.path}")

    def _drop(self) -> None:
        if self.draft is not None:
            self.draft.drop()
