"""Synthetic people with ground truth: seeded parameters, a fast renderer, footage.

Development only: nothing at run time imports this package.
"""
