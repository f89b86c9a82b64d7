"""Ask the offices, over HTTP or through drop folders, and land what is new."""
