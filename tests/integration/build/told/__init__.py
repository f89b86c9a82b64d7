"""
Small worlds with right values worked out by hand: one for each line of what was told to go wrong.

Each has a city of its own, so that all share one build and none disturbs another.
"""
