"""What happens when the process is killed."""
