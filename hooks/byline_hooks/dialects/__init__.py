"""One module an agent, named as the agent is: what its payloads say.

Each has one pure function, `observe(payload, env) -> list[Observation]`. An empty list means that the event is of no
interest; `Rejected` that the payload lacks what its event needs. A new agent is one new module here.
"""
