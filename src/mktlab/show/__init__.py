"""How the course shows things: charts, what-if panels, numbers in words, workbooks."""
