"""Looking into voice notes: nothing in this folder imports anything but Python, so that a child can be small."""
