"""Worker processes that outlive a bad job, and a pool that outlives a dead worker."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from avatar.console import environment

logger = logging.getLogger(__name__)

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
STOP_S = 20.0  # what an interrupted job gets to remove its half-written output


class WorkerDiedError(Exception):
    """A worker process ended in the middle of a job: killed, or crashed in native code."""

    exit_code = 1
    hint = "Run the batch again with --resume; if it dies there again, the job needs more memory."


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    connection: Connection
    index: int | None = None  # of the task at hand


def run_in_workers(
    function: Callable[[Any], Any], tasks: Sequence[Any], *, workers: int
) -> Iterator[tuple[int, Any]]:
    """Run a function on every task, in processes, and yield the results as they come.

    The processes are spawned, so `function` and the tasks must be importable and picklable. A
    worker that dies costs the task that it was running; another takes its place. When the caller
    stops early, or is interrupted, the workers are asked to end and get `STOP_S` for it.

    Args:
        function: Called with one task; what it raises becomes the result.
        tasks: The arguments.
        workers: Number of processes, at least one.

    Yields:
        (index of the task, what the function returned or raised).
    """
    if workers < 1:
        raise ValueError(f"workers must be at least 1, got {workers}")
    waiting = deque(range(len(tasks)))
    threads = max(1, (os.cpu_count() or 1) // workers)
    pool = [_start(function, threads) for _ in range(min(workers, len(tasks)))]
    try:
        while waiting or any(worker.index is not None for worker in pool):
            for position, worker in enumerate(pool):
                if worker.index is None and waiting:
                    if not worker.process.is_alive():
                        pool[position] = worker = _start(function, threads)
                    worker.index = waiting.popleft()
                    worker.connection.send(tasks[worker.index])
            busy = {worker.connection: worker for worker in pool if worker.index is not None}
            for connection in wait(list(busy)):
                worker = busy[connection]
                index, worker.index = worker.index, None
                yield index, _result_of(worker)
    finally:
        _stop(pool)


def _start(function: Callable[[Any], Any], threads: int) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(function, theirs))
    # Native libraries read these when they load; threads that outnumber the cores fight over them.
    with environment(**{name: os.environ.get(name, str(threads)) for name in THREAD_VARIABLES}):
        process.start()
    theirs.close()
    return _Worker(process, ours)


def _result_of(worker: _Worker) -> Any:
    try:
        return worker.connection.recv()
    except (EOFError, OSError):
        worker.process.join(STOP_S)
        code = worker.process.exitcode
        how = f"by signal {-code}" if code is not None and code < 0 else f"with code {code}"
        return WorkerDiedError(f"the worker process ended {how} while it rendered")


def _stop(pool: Sequence[_Worker]) -> None:
    for worker in pool:
        worker.connection.close()  # an idle worker ends by itself
        if worker.index is not None and worker.process.is_alive():
            worker.process.terminate()
    for worker in pool:
        worker.process.join(STOP_S)
        if worker.process.is_alive():
            logger.warning("killing worker %s, which did not end", worker.process.pid)
            worker.process.kill()
            worker.process.join()


def _serve(function: Callable[[Any], Any], connection: Connection) -> None:
    # Ctrl-C reaches the whole process group; the parent alone decides and terminates, once, so
    # that a worker cleans up undisturbed.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        while True:
            task = connection.recv()
            try:
                result = function(task)
            except Exception as error:  # noqa: BLE001 - the parent gets it as the task's result
                result = error
            connection.send(result)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
