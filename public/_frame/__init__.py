"""What every public page stands on."""
