"""Putting byline's hook into the settings of agents, and taking it out again without a trace."""
