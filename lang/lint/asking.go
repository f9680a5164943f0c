package lint

// asking are the rules about questions.
var asking = []*Rule{
	heavyUnasked, manyQuestions, askingTheKnown, unusedAnswer, askedNowhere, askingNothing,
	forgottenForGood, oddOrder, boldOpening, noLightQuestion,
}
