"""
Every rule of counting stated again, by brute force, from the contract and nothing of the models.

For each office and day the records are looked at one by one. Slow, short, and plain to check. What the contract leaves
open and is decided here stands in the docstrings after "Chosen".
"""
