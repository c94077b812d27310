from __future__ import annotations

import threading
import time

from emogui.live.mailbox import Mailbox


def test_the_newest_item_wins() -> None:
    box: Mailbox[int] = Mailbox()
    assert box.put(1)
    assert not box.put(2)
    assert box.replaced == 1
    assert box.take() == 2
    assert box.take() is None


def test_take_waits_for_an_item_and_no_longer_than_asked() -> None:
    box: Mailbox[str] = Mailbox()
    threading.Timer(0.03, box.put, ("late",)).start()
    assert box.take(2.0) == "late"
    began = time.monotonic()
    assert box.take(0.05) is None
    assert 0.04 < time.monotonic() - began < 1.0


def test_close_wakes_who_waits_and_refuses_what_comes() -> None:
    box: Mailbox[int] = Mailbox()
    got: list[int | None] = []
    thread = threading.Thread(target=lambda: got.append(box.take(None)))
    thread.start()
    box.close()
    thread.join(2)
    assert got == [None]
    assert not box.put(3)
    assert box.take() is None
    assert box.closed


def test_a_fast_giver_and_a_slow_taker_see_rising_items_and_the_last() -> None:
    box: Mailbox[int] = Mailbox()

    def give() -> None:
        for i in range(1, 20_001):
            box.put(i)

    thread = threading.Thread(target=give)
    thread.start()
    got: list[int] = []
    while not got or got[-1] != 20_000:
        item = box.take(2.0)
        assert item is not None
        got.append(item)
    thread.join()
    assert got == sorted(set(got))
    assert len(got) + box.replaced == 20_000
