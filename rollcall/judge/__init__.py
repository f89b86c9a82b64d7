"""The door: Great Expectations judges what arrives; SQL from the same rules finds every row that is held."""
