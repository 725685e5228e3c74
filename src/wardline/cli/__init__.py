"""The command line: one module a verb. Heavy libraries are imported inside the commands, so that ``--help`` is quick."""
