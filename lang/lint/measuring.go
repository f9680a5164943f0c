package lint

// measuring are the rules about knowing what it was good for.
var measuring = []*Rule{
	noGoal, goalWithoutTarget, unreachableGoal, shortGoal, noRevenue, noCost, noHoldout,
	holdoutWithoutGoal, largeHoldout, vanityGoal, repeatedGoal,
}
