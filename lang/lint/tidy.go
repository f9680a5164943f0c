package lint

// tidy are the rules about what is written and not needed.
var tidy = []*Rule{
	unusedSegment, unusedScore, unusedTopic, unusedEvent, unusedMap, unusedOffer, unusedField, unusedRole,
	namesakes, repeatedCondition, undocumentedProgram, sameContent, leftoverText,
}
