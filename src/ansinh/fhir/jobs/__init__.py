"""Work that takes longer than a request: a queue in the database, and the worker that empties it.

    queue.submit(context, kind, parameters) ─► row in `job` ─► worker claims it (a lease) ─► run(job, progress)
                                                                progress.save(cursor, …) ◄────┘ kept, lease renewed
    worker.register_step(name, step) ─► called again and again by the one worker of the node that leads

A job that was cut off (crash, power) is claimed again when its lease ends and goes on from its cursor. It may do what
its asker was allowed when asking and still is. Who may call: every room above; kinds and steps are registered when
the node starts. See docs/engine/jobs.md.
"""
