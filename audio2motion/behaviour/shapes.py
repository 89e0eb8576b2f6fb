"""Shapes of single movements over time."""

import math


def bump(time_s: float, onset_s: float, hold_s: float, decay_s: float) -> float:
    """A rise over the onset before 0, 1 during the hold, a fall over the decay.

    Rise and fall are raised cosines: one clean velocity peak each.
    """
    if time_s < 0:
        return 0.5 + 0.5 * math.cos(math.pi * min(-time_s / onset_s, 1.0))
    return 0.5 + 0.5 * math.cos(math.pi * min(max((time_s - hold_s) / decay_s, 0.0), 1.0))


def ease(share: float) -> float:
    """From 0 at 0 to 1 at 1, flat at both ends."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)
