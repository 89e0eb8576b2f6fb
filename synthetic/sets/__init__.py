"""Sets of footage with truth: capture, talking, driving, cross, consent, attack, training.

`docs/synthetic_sets.md` says what each holds, in which units and axes.
"""
