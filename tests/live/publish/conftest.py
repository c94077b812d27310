from __future__ import annotations

import pytest

from emogui.live.publish.publishing import Publishing
from tests.live.publish.feeding import publish_threads


@pytest.fixture
def publishing():
    """At the end all publishers have ended, and no thread of theirs is left."""
    one = Publishing()
    yield one
    one.stop()
    assert one.join(20) and not one.alive
    assert publish_threads() == []
