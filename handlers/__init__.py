"""What happens when something happens: the only code that changes the records."""
