"""What leaves as a file, and what comes back in one."""
