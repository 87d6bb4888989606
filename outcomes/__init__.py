"""What a platform's verdict makes of a delivery, of its person's address and of our sender."""
