"""Provincial plans as data: goals with their targets, tasks with their owners and deadlines, who reports to whom.

A file of definitions/plans becomes a PlanDefinition and one Task a task of the plan. Nothing about a goal stands in
code: docs/plans.md says how a plan is written and what the checks refuse. Owns PlanDefinition and the Tasks of kind
`plan-task`; figures come from `programme.measures`, units from `network.facilities`.
"""
