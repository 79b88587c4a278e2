"""Reports on rotation, transfer and the periodic change of posts."""
