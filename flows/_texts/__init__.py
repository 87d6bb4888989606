"""What conversations say: organizers' texts in a person's language, and the words of the Compact."""
