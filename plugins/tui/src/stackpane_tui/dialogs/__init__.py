"""Dialogs: what is asked, chosen or told on top of a pane."""
