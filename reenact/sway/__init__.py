"""Hair, neck and shoulders that move as they are seen to move around a driving head."""
