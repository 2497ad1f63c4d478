"""Amazon Cognito user pools for the Stackpane AWS browser: users, groups, clients, export and import."""

from __future__ import annotations
