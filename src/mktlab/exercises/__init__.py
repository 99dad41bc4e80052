"""Exercises: a mechanism that answers (`question`), and one module of questions per lesson."""

EXERCISES: dict[str, str] = {
    "11_rfm": "mktlab.exercises.rfm",
    "21_plan": "mktlab.exercises.plan",
    "23_price": "mktlab.exercises.price",
    "31_churn": "mktlab.exercises.churn",
    "41_kpi": "mktlab.exercises.kpi",
    "46_dashboard": "mktlab.exercises.dashboard",
}
"""Lesson -> the module that declares its questions as `SHEET`."""
