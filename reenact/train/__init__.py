"""Training of the networks that draw faces: data, losses, and a loop that knows no network.

Nothing of the product imports this package; `docs/training.md` says how it is used.
"""
