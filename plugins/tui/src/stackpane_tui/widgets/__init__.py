"""Widgets that know no view: what the panes are made of."""
