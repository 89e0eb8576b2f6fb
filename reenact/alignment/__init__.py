"""Learning from a person's own footage where warping puts things, and where they belong."""
