"""Face trackers, one module each; imported when used."""
