package lint

// tidy are the rules about what is written and not needed.
var tidy = []*Rule{unusedSegment}
