"""Finding what is wrong with byline on this machine, one check a function, each with the command that mends it."""
