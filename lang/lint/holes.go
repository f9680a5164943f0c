package lint

// holes are the rules about contacts that would be lost on the way.
var holes = []*Rule{
	unreachableStage, deadEnd, usedUp, idleLoop, instantLoop, uninvitedProgram,
	idleHandoff, endlessAccept, noBrief, noRequalification, restart, sameDoor, lostForGood,
	neverTrue, alwaysTrue, impossibleEntry, overlappingEntries, shadowedRule, lateTouch,
	silentSales, impossibleArm, unnoticedPurchase, forgottenCustomers, outlivedTask,
}
