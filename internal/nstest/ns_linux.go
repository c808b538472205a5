package nstest

import (
	"testing"

	"kern.sys/netns"
)

// Private skips a test where Main could not give the test binary namespaces of its own. Whatever changes the
// network or mounts of the process, not in a namespace from [New] or [Do], calls it first.
func Private(t testing.TB) {
	t.Helper()
	if unavailable != nil {
		skip(t, "network namespaces", unavailable.Error())
	}
}

// New returns a handle of a new network namespace, as the kernel makes it: with "lo", which is down, and whatever
// links this kernel puts into every namespace. It is closed when the test ends.
func New(t testing.TB) netns.NsHandle {
	t.Helper()
	Private(t)
	ns, err := netns.CreateUnnamed()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ns.Close(); err != nil {
			t.Error(err)
		}
	})
	return ns
}

// Do runs fn in a new network namespace, on the goroutine of the caller: fn may call t.Fatal. Goroutines that fn
// starts, subtests among them, run in the namespace of the process.
func Do(t testing.TB, fn func()) {
	t.Helper()
	err := netns.Do(New(t), func() error {
		fn()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
