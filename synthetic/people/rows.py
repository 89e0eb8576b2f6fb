"""Writes identity rows shortly: pairs of left and right by one name."""


def rows(alone: dict[str, float], both: dict[str, float]) -> dict[str, float]:
    """Amounts of rows, those in `both` for the left and the right side."""
    out = dict(alone)
    for name, amount in both.items():
        out[f"l-{name}"] = out[f"r-{name}"] = amount
    return out
