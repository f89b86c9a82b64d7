"""Files of landed submissions to typed rows: read in child processes that hostile bytes may kill."""

from rollcall.parse.readings import DatasetReading, Job, Reading

__all__ = ["DatasetReading", "Job", "Reading"]
