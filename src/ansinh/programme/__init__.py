"""The programme: plans with their goals and tasks, the measures behind them, the yearly reports.

Apps: `plans` (PlanDefinition, Task), `measures` (Measure, MeasureReport), `reports` (Composition). Measures know no
plan, plans know the measures of their goals, reports know both.
"""
