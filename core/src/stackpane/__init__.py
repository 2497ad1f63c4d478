"""Stackpane: an AWS browser whose services are plugins."""
