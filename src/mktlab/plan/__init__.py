"""Plans: the seven Ps as decisions, priced and dated before they are run."""
