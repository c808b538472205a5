// Package netns handles Linux's network namespaces: it makes, names, finds, enters and leaves them.
//
// A namespace belongs to a thread, not to a goroutine: one that moves between threads would find itself in a
// different namespace all of a sudden, and a thread left in a foreign one would be used for other goroutines.
// [Create] makes a namespace without entering it, and [Do] works in one and comes back. They are what to use:
//
//	ns, err := netns.Create("blue") // or GetFromName, for one that exists
//	if err != nil {
//		return err
//	}
//	err = netns.Do(ns, func() error {
//		links, err := net.Interfaces() // those of "blue"
//		…
//	})
//	return errors.Join(err, ns.Close())
//
// [Get], [New], [NewNamed] and [Set] act on the calling thread. Their caller calls runtime.LockOSThread first,
// keeps a handle of the namespace it comes from, goes back to it, and unlocks only when it is back: see the
// example of the package.
//
// Named namespaces are those of "ip netns" (ip-netns(8)): files in /run/netns that a namespace is mounted on. To
// enter, make or name a namespace takes CAP_SYS_ADMIN.
package netns
