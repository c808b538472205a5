package netns

// For the tests, which cannot be in this package: nstest uses it.
var (
	FromContainer = fromContainer
	NewAt         = newAt
)
