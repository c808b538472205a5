// Package wire is the wire engine below package netlink: netlink sockets,
// messages, attributes and errors. It knows no family; see netlink(7).
//
// A [Conn] is a small pool of sockets of one protocol in one network
// namespace. A [Request] is built attribute by attribute and then handed to
// one of the Conn's exchanges, which owns a socket from the send to the last
// reply:
//
//	c, err := wire.Dial(wire.Config{Protocol: unix.NETLINK_ROUTE})
//	r := wire.NewRequest(unix.RTM_GETLINK, 0)
//	ifi := uapi.Ifinfomsg{Index: 1}
//	ifi.Put(r.Header(uapi.SizeofIfinfomsg))
//	err = c.Get(ctx, r, func(m wire.Message) error {
//		d := wire.NewDecoder(m.Data[uapi.SizeofIfinfomsg:])
//		for d.Next() {
//			if d.Type() == uapi.IFLA_IFNAME {
//				fmt.Println(d.String())
//			}
//		}
//		return d.Err()
//	})
//
// The kernel answers rtnetlink requests inside sendmsg, so an exchange receives
// on the caller's goroutine without waiting first and only parks on the
// runtime's poller when nothing is there. A socket whose exchange did not end
// cleanly (cancelled, timed out, truncated) is closed, never reused: a stale
// answer cannot reach a later caller.
package wire
