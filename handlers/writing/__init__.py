"""What staff write: how it is read and checked."""
