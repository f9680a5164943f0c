package lint

// dialogue are the rules about what is sent and is no dialogue.
var dialogue = []*Rule{
	autoresponder, deafStage, sameForAll, openedMoves,
	onlyNewsletter, earlySelling, sellingShare, sameAgain, misplacedOffer, unsaidIntent,
	longTermMap, longTermTopic, longTermResponse, longTermOutside,
	scoreOnly, noHuman, crowdedCustomers,
	emptyRow, emptyColumn, shadowedColumn, noOtherwise, sameToAll,
}
