// Package netns handles Linux's network namespaces: it makes, names, finds, enters and leaves them.
//
// A namespace belongs to a thread, not to a goroutine: one that moves between threads would find itself in a
// different namespace all of a sudden, and a thread left in a foreign one would be used for other goroutines.
// [Do] takes care of that and is what to use:
//
//	ns, err := netns.GetFromName("blue")
//	if err != nil {
//		return err
//	}
//	defer ns.Close()
//	err = netns.Do(ns, func() error {
//		links, err := net.Interfaces() // those of "blue"
//		…
//	})
//
// [Get], [New], [NewNamed] and [Set] act on the calling thread. Their caller calls runtime.LockOSThread first,
// keeps a handle of the namespace it comes from, goes back to it, and unlocks only when it is back: see the
// example of the package.
//
// Named namespaces are those of "ip netns" (ip-netns(8)). To enter, make or name a namespace takes CAP_SYS_ADMIN.
package netns
