"""Exercises: a mechanism that answers (`question`), and one module of questions per lesson."""

EXERCISES: dict[str, str] = {
    "11_rfm": "mktlab.course.questions.lesson_11",
    "21_plan": "mktlab.course.questions.lesson_21",
    "23_price": "mktlab.course.questions.lesson_23",
    "31_churn": "mktlab.course.questions.lesson_31",
    "41_kpi": "mktlab.course.questions.lesson_41",
    "46_dashboard": "mktlab.course.questions.lesson_46",
}
"""Lesson -> the module that declares its questions as `SHEET`."""
