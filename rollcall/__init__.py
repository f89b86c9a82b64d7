"""Rollcall: what the offices of a province did each month, from their files to a star schema."""
