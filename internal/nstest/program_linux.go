package nstest

import "testing"

// Program skips a test for want of a program that is not a part of the kernel; err is what looking for it gave, and
// pkg the package of Debian that has it.
func Program(t testing.TB, name, pkg string, err error) {
	t.Helper()
	if err != nil {
		skip(t, "program "+name+" (package "+pkg+")", err.Error())
	}
}
