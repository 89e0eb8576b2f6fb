"""Comparing a sequence of words that was heard with the one that was expected."""

from collections.abc import Sequence


def in_this_order(heard: Sequence[str], expected: Sequence[str]) -> tuple[int, ...]:
    """Indices into `heard` of the most expected words, in order and without others in between.

    Expected words may be missing. An immediate repetition is skipped, as people start again.
    Of equally long runs the last one counts.
    """
    best: tuple[int, ...] = ()
    for start in range(len(heard)):
        for first in range(len(expected)):
            run = _run_from(heard, start, expected, first)
            if len(run) >= len(best):
                best = run
    return best


def _run_from(
    heard: Sequence[str], start: int, expected: Sequence[str], first: int
) -> tuple[int, ...]:
    """Indices of the run that begins with `heard[start]` as `expected[first]`."""
    run: list[int] = []
    wanted = first
    for index in range(start, len(heard)):
        if run and heard[index] == heard[run[-1]]:
            continue
        following = [at for at in range(wanted, len(expected)) if expected[at] == heard[index]]
        if not following:
            break
        run.append(index)
        wanted = following[0] + 1
    return tuple(run)


def longest_common(first: Sequence[str], second: Sequence[str]) -> int:
    """Length of the longest sequence of words that both hold in order (gaps allowed)."""
    row = [0] * (len(second) + 1)
    for word in first:
        diagonal = 0
        for index, other in enumerate(second, start=1):
            above = row[index]
            row[index] = diagonal + 1 if word == other else max(above, row[index - 1])
            diagonal = above
    return row[-1]
