"""
Every figure counted again by brute force, from the definitions in indicators.csv and nothing of the models.

For each office and day the records are looked at one by one. Slow, short, and plain to check.
"""
