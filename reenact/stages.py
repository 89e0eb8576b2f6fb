"""Stages that run side by side, each in its own thread, joined by short queues."""

import threading
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from queue import Empty, Full, Queue
from typing import Generic, TypeVar

Item = TypeVar("Item")

DEPTH = 4
"""Items that wait between two stages; memory stays flat however long the clip is."""
POLL_S = 0.1


class _End:
    """Marks the end of a stage's items, and carries its error if it failed."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class _Stage(Generic[Item]):
    def __init__(self, items: Iterable[Item], depth: int) -> None:
        self._items = items
        self._queue: Queue[Item | _End] = Queue(depth)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            for item in self._items:
                if not self._put(item):
                    break
        except BaseException as raised:  # noqa: BLE001 - handed to the consumer's thread
            error = raised
        finally:
            if isinstance(self._items, Generator):
                self._items.close()  # native trackers and files are released in their own thread
        self._put(_End(error))

    def _put(self, item: "Item | _End") -> bool:
        while not self._stopped.is_set():
            try:
                self._queue.put(item, timeout=POLL_S)
            except Full:
                continue
            return True
        return False

    def results(self) -> Iterator[Item]:
        self._thread.start()
        try:
            while True:
                item = self._queue.get()
                if isinstance(item, _End):
                    if item.error is not None:
                        raise item.error
                    return
                yield item
        finally:
            self._stopped.set()
            while True:  # let a waiting producer see that it shall stop
                try:
                    self._queue.get_nowait()
                except Empty:
                    break
            self._thread.join()


def side_by_side(items: Iterable[Item], *, depth: int = DEPTH) -> Iterator[Item]:
    """Make items in a thread of their own, at most `depth` ahead of who takes them.

    An error of the producer is raised where its items are taken. Closing the iterator, or an
    error or interrupt in the consumer, stops the producer and waits for it.
    """
    return _Stage(items, depth).results()


class Stopwatch:
    """Adds up the time spent in named stages."""

    def __init__(self) -> None:
        self._totals: dict[str, float] = {}
        self._started = time.perf_counter()

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Time a block."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self._totals[name] = self._totals.get(name, 0.0) + time.perf_counter() - begun

    def stage(self, name: str, items: Iterable[Item]) -> Iterator[Item]:
        """Time the making of each item."""
        iterator = iter(items)
        while True:
            with self(name):
                item = next(iterator, _DONE)
            if isinstance(item, _Done):
                return
            yield item

    def note(self, name: str) -> None:
        """Remember the time since the start, once."""
        self._totals.setdefault(name, time.perf_counter() - self._started)

    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._started

    def milliseconds_per(self, frames: int) -> dict[str, float]:
        """{stage: milliseconds a frame}; names that end in `_s` stay seconds in all."""
        return {
            name: round(total, 3) if name.endswith("_s") else round(1000 * total / frames, 2)
            for name, total in self._totals.items()
        }


class _Done:
    pass


_DONE = _Done()
