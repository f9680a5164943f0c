package lint

// asking are the rules about questions.
var asking = []*Rule{}
