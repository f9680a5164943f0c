package lint

// sending are the rules about whether and when messages go out.
var sending = []*Rule{
	noConsent, noStop, bouncesGoOn, resumeUnasked, marketingAsTransactional,
	noWindow, narrowWindow, noCap, impossibleCadence, crowdedStage,
	expiredOffer, expiringOffer, pastSkip, longSkip,
	barredSend, similarChannel, fixedTimezone,
	uselessCap, uselessWindow, spentSend, distantOffer,
}
