"""One small simulated world per seed, and what an analyst concludes in it, topic by topic."""
