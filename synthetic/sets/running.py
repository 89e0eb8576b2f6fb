"""Makes the items of a set, those that are missing, by several processes."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path

from avatar.console import environment
from synthetic.sets.items import Item, is_done, make_item, sweep
from synthetic.sets.studio import Studio

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many items there were."""

    made: int
    skipped: int


def make_items(items: Sequence[Item], out: Path, *, workers: int = 1) -> Tally:
    """Make all items that are not finished yet.

    Args:
        items: In an order in which neighbours share a person where they can.
        out: The set's folder.
        workers: Processes, of one thread each.

    Raises:
        ValueError: Two items have one name.
        Exception: The first that an item raised; the others were tried all the same.
    """
    if len({item.name for item in items}) != len(items):
        raise ValueError("two items of a set have the same name")
    out.mkdir(parents=True, exist_ok=True)
    sweep(out)
    missing = [item for item in items if not is_done(item, out)]
    made, errors = 0, []
    for item, error in _made(missing, out, workers):
        made += error is None
        log.info("%s: %s (%d of %d)", item.name, error or "made", made, len(missing))
        if error is not None:
            errors.append(error)
    if errors:
        raise errors[0]
    return Tally(made, len(items) - len(missing))


def _made(
    items: Sequence[Item], out: Path, workers: int
) -> Iterator[tuple[Item, Exception | None]]:
    if workers <= 1:
        studio = Studio()
        for item in items:
            yield item, _attempt(item, out, studio)
        return
    one_thread = dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
    )
    with environment(**one_thread), _pool(workers) as pool:
        waiting: dict[Future[list[Exception | None]], list[Item]] = {
            pool.submit(_make_all, batch, out): batch for batch in batches(items, workers)
        }
        for future in as_completed(waiting):
            yield from zip(waiting[future], future.result(), strict=True)


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool that, on an interrupt, does not begin what is still waiting."""
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def batches(items: Sequence[Item], workers: int) -> list[list[Item]]:
    """Items that belong together in one process: those of one person, unless that idles others."""
    groups = [list(group) for _, group in groupby(items, key=lambda item: item.person)]
    return groups if len(groups) >= 2 * workers else [[item] for item in items]


_process: dict[str, Studio] = {}


def _start() -> None:
    import cv2

    cv2.setNumThreads(1)
    _process["studio"] = Studio()


def _make_all(items: Sequence[Item], out: Path) -> list[Exception | None]:
    return [_attempt(item, out, _process["studio"]) for item in items]


def _attempt(item: Item, out: Path, studio: Studio) -> Exception | None:
    """Make an item; an error is handed on so that the others are still made."""
    try:
        make_item(item, out, studio)
    except Exception as error:  # noqa: BLE001 - raised again by `make_items`
        return error
    return None
