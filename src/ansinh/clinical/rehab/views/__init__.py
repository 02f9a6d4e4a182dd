"""Pages of rehabilitation: sessions, assessments, goals and plan, timetable, papers."""
