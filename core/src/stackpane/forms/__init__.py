"""A command's parameters as the plain fields of a form, and what was filled in as a command line.

Every face that shows forms builds them of these fields; no face knows click.
"""

from stackpane.forms.fields import FieldKind, FormField, Value, Values
from stackpane.forms.form import Form, Problem, form_of

__all__ = ["FieldKind", "Form", "FormField", "Problem", "Value", "Values", "form_of"]
