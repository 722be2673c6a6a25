def check(facts, stage): pass
