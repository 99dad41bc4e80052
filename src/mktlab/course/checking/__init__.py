"""The mechanism of questions: an answer is read, compared with what is expected, and told about."""
