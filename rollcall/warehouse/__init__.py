"""The warehouse: connections, the tables that Rollcall itself writes, and the embedded server."""
