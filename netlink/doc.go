// Package netlink manages Linux networking as ip(8), bridge(8), tc(8), ss(8), conntrack(8) and ipset(8) do: links,
// addresses, routes, rules, neighbours, next hop objects, traffic control, IPsec, tracked connections, sets of
// addresses, sockets and families of generic netlink. A program that was written for github.com/vishvananda/netlink
// changes its import path; names, types, fields and errors are the same.
//
// # Where to begin
//
// [LinkByName] finds a link and [LinkAdd] creates one. Most functions take a [Link] or one of [Addr], [Route], [Rule],
// [Neigh], [Nexthop], [Qdisc] and [Class], and are named for the object and the operation: [AddrAdd], [RouteReplace],
// [NeighDel], [RuleList]. Each kind of link is a type, such as [Bridge], [Veth] or [Vxlan]; its fields are the options
// that "ip link add … type KIND" has. The example of the package creates a bridge with an address.
//
// # Handles
//
// The package's functions act in the network namespace of the calling thread, and open a socket for each call. A
// [Handle] is bound to one namespace, keeps its sockets, and has the same functions as methods; it may be used by
// several goroutines at a time. [NewHandle] binds it to the namespace of the calling thread, [NewHandleAt] to another.
// [Handle.WithContext] returns a handle whose calls end with a context. [Handle.Close] ends the calls, streams,
// subscriptions and mirrors of a handle.
//
// # Errors
//
// A refusal of the kernel is a bare syscall.Errno, so that programs may compare it with ==, os.IsExist or errors.Is.
// A link that does not exist is a [LinkNotFoundError]. With [HandleOptions].ErrorDetails an error is a *wire.Error,
// which adds the operation, the object and the kernel's message, and still matches the number by errors.Is. Functions
// that vishvananda/netlink does not have, streams, batches, mirrors and Watch among them, always return such errors.
//
// A list that changed while the kernel sent it is requested again, a limited number of times. If it is still not
// consistent, [ErrDumpInterrupted] comes with the last result.
//
// # Zero and unset
//
// A field that is not set is not sent: a new object gets the kernel's default, and a modified object keeps what it
// has. For most fields zero means unset. Where zero is a value of its own, the field is a pointer, or -1 means unset:
// [NewLinkAttrs] returns such values for [LinkAttrs].
//
// # Lists, streams, entries and batches
//
// There are up to three ways to read a table:
//
//   - XList returns a slice: [RouteList], [LinkListFiltered].
//   - XSeq returns an iterator that decodes objects as the kernel sends them: [RouteSeq], [LinkSeqFiltered].
//   - XEntries returns an iterator of compact values that it reuses, and allocates nothing for each object:
//     [RouteEntries], [NeighEntries], [LinkEntries], [FilterEntries], [ClassEntries]. AppendXEntries keeps such
//     values in a slice.
//
// An iterator yields its error, if any, with its last pair. Filters are applied by the kernel where it can.
//
// A [Batch] queues changes and sends many of them in one system call.
//
// # Events
//
// [Watch] is an iterator of what changes in tables such as [LinkTable] and [RouteTable]. [LinkSubscribe],
// [AddrSubscribe], [NeighSubscribe] and [RouteSubscribe] send changes of one sort of object to a channel. When the
// kernel drops events because the reader was too slow, all of them report that and then repeat the objects that
// exist. A [Mirror] keeps a copy of tables in memory that follows every change; it returns snapshots, and the
// differences between them.
//
// # Other packages
//
// Package netns creates and enters network namespaces. Package wire sends requests that this package has no function
// for. Package nl has the names of vishvananda/netlink/nl.
//
// The package compiles on every system, and decodes messages there; opening a socket returns [ErrNotImplemented] on
// systems other than Linux.
package netlink
