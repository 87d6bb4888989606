"""What anybody may read without signing in: the wall of a process, its matters, its feed, how to take part."""
