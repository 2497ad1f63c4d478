"""What ``dynamodb copy`` does: reads a table in segments, and puts what each page has before it reads the next."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import batched
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackpane import Failure, InvalidInput, Job, Link, Outcome, Plan, Progress, StackpaneError
from stackpane.fanout import as_they_come
from stackpane.paths import state_folder
from stackpane.text import human_count
from stackpane_dynamodb.capacity import Meter
from stackpane_dynamodb.moving.batches import BATCH, Puts
from stackpane_dynamodb.moving.importing import PATIENCE, TICK, is_empty
from stackpane_dynamodb.moving.masking import Mask
from stackpane_dynamodb.moving.unfinished import Checkpoint
from stackpane_dynamodb.places import scan_link
from stackpane_dynamodb.reading import Reading
from stackpane_dynamodb.tables import describe, model_of
from stackpane_dynamodb.values.wire import decoded

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_dynamodb.finding import Find
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item

__all__ = ["Copy"]
