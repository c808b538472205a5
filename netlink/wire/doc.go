// Package wire is the engine below package netlink: netlink sockets, messages,
// attributes and errors; see netlink(7). It knows nothing about links, routes or
// any other family of messages.
//
// A [Conn] is a small pool of sockets of one protocol in one network
// namespace. A [Request] is built attribute by attribute and then handed to
// one of the Conn's exchanges, which owns a socket from the send to the last
// reply. A [Decoder] reads the attributes of the reply; see the example. A
// [Listener] receives notifications.
//
// The kernel answers rtnetlink requests inside sendmsg, so an exchange receives
// on the caller's goroutine without waiting first, and waits in the runtime's
// poller only when nothing is there. A socket whose exchange did not end
// cleanly (cancelled, timed out, truncated) is closed, never reused: a stale
// answer cannot reach a later caller.
package wire
