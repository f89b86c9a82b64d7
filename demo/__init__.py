"""Pretend offices: made-up records from a fixed seed, and a server that speaks the protocol."""
