"""From landed files to accepted rows: read, judge, and move the pointers, a group of submissions at a time."""
