//go:build unix

package unix

// Standard descriptors; see stdin(3).
var (
	Stdin  = 0
	Stdout = 1
	Stderr = 2
)

// ImplementsGetwd says that Getwd works here.
const ImplementsGetwd = true
