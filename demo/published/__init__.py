"""
What offices have published of themselves, and the records that add up to it.

`figures` reads the list, `counted` says which rows a figure counts, `room` takes out of an office's ordinary rows what
would disturb a figure, and the others make the rows that a figure asks for.
"""
