package lint

// sending are the rules about when and whether messages go out.
var sending = []*Rule{}
