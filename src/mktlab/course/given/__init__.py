"""What the exercise of a lesson hands out, and what its questions and claims compute alike."""
