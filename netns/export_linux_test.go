package netns

// For the tests, which cannot be in this package: nstest uses it.
var (
	FromContainer = fromContainer
	NewAt         = func(path string) (NsHandle, error) { return newAt(path, enter) }
)
