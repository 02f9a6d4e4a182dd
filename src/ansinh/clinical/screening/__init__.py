"""Screening: a tool is chosen, filled in, checked and scored on the server; what is positive becomes a Task.

Owns the FHIR resources Questionnaire (definitions/questionnaires), QuestionnaireResponse, Observation of category
`survey`, and the Tasks that a person's care needs. A screen is never a diagnosis and never acts by itself: it only
asks a person to look (docs/questionnaires.md).

Callers: `actions.record_screening`, `actions.take_task`, `actions.complete_task`, `actions.cancel_task`,
`queries.open_tasks`, `queries.tasks_of`, `queries.screening_history`, `loading.load_questionnaires`.
"""
