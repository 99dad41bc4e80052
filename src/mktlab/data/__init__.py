"""Where a company comes from: a folder of tables, or a play of the market."""
