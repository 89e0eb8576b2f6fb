"""Enrolment: from footage of a consenting person to a sealed avatar, and its 3D head."""
