"""The first-order motion model as published, for checkpoints that its users already have.

A. Siarohin, S. Lathuilière, S. Tulyakov, E. Ricci, N. Sebe, "First Order Motion Model for Image
Animation", NeurIPS 2019. Written from the paper; modules are named so that the entries of a
released checkpoint fall into their places.
"""
