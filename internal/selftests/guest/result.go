package guest

import "time"

// SettingsFile in testdata has what the test is to do.
const SettingsFile = "settings.json"

// Settings are the settings of the test.
type Settings struct {
	Scripts  []string
	Limit    time.Duration // for each run of a script
	Failures bool          // log the commands that fail with kern
}

// Mark begins a line that has a Result.
const Mark = "selftests: "

// Result is how a script ended with iproute2 and with kern.
type Result struct {
	Script         string
	Iproute2, Kern Tally
	Lost           []string // sub-tests that pass with iproute2 only
}
