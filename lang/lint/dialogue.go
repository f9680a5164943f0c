package lint

// dialogue are the rules about what is sent and is no dialogue.
var dialogue = []*Rule{}
