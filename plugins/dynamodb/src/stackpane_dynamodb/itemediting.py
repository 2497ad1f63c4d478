"""Changing an item, in the editor or by assignments: nothing but what is meant, and over nobody else's changes."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from stackpane import Job, Outcome, Plan

if TYPE_CHECKING:
    from stackpane import Progress, Session
    from stackpane.editor import Draft
    from stackpane_dynamodb.assignments import Assignments
    from stackpane_dynamodb.drafting import Form
    from stackpane_dynamodb.expressions.conditions import Condition
    from stackpane_dynamodb.saving import Saving
    from stackpane_dynamodb.values.plain import Item

__all__ = ["ItemEditing"]


@dataclass(frozen=True)
class ItemEditing:
    """One change of an item: by assignments, or in the editor where there are none."""

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
        new, draft = edited(self.session, self.form, self.old, name)
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
            reversible=f"Can be undone with: {self.session.line(undo)}" if undo else "Cannot be undone by a command.",
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
