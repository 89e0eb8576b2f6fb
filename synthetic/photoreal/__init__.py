"""The photoreal renderer: Blender's Cycles draws the same figures as `synthetic.render`.

A development tool. Blender is GPL and is never imported by the product; it needs Python 3.11 and
is installed by hand, see docs/dependencies.md.
"""

from synthetic.photoreal.renderer import PhotorealRenderer

__all__ = ["PhotorealRenderer"]
