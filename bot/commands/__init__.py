"""The command `hearback`, one file a group of commands."""
