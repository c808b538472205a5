// Package nl is the low-level API of github.com/vishvananda/netlink/nl, for programs that were
// written for it. New programs have no use for it: they call package netlink, and package
// netlink/wire where they talk netlink themselves.
//
// A program's import path changes, and nothing else: names, types, values and errors are those
// of that package. The numbers are the kernel's, of newer headers: the constants …_MAX are
// larger. Those that the other package has otherwise than the kernel are in const.go,
// each with the kernel's number.
//
// What differs is what programs could not rely on. Deserialize… copies, and takes
// what a short input lacks as zeros, where the other package reads what lies behind it;
// Serialize returns memory of its own. The Len of structures with the fields of [TcGen], of
// [TcSfqQopt] and of [TcNetemRate] is the kernel's, not the constant Sizeof….
// A [NetlinkRequest] passes over what others send to its socket.
//
// Fields that are in network byte order say so, and hold the number as it is in memory:
// [Swap16] and [Swap32] make it the machine's and back.
//
//	req := nl.NewNetlinkRequest(unix.RTM_GETLINK, unix.NLM_F_DUMP)
//	req.AddData(nl.NewIfInfomsg(nl.FAMILY_ALL))
//	links, err := req.Execute(unix.NETLINK_ROUTE, unix.RTM_NEWLINK)
package nl
