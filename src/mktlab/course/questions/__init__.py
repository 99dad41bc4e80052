"""The questions of the lessons, a file each, found by the lesson's number."""
