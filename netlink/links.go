package netlink

import (
	"fmt"
	"net"
	"os"
	"reflect"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Link is a network device. Its dynamic type is that of its kind: *[Vlan],
// *[Bridge], …; *[Device] where it has no kind, *[GenericLink] where the
// package does not know it.
type Link interface {
	// Attrs returns the attributes that all kinds have. They belong to the
	// link: what is changed there is changed in the link.
	Attrs() *LinkAttrs
	// Type returns the kind's name as in ip link add … type KIND, "device" for
	// a link that has no kind.
	Type() string
}

// LinkSlave holds a link's attributes as a port of its master, in terms of the
// master's kind.
type LinkSlave interface {
	// SlaveType returns the name of the master's kind.
	SlaveType() string
}

// Namespaces that a link can be made in or moved to, see LinkAttrs.Namespace.
type (
	// NsPid is the network namespace of a process.
	NsPid int
	// NsFd is a network namespace by a file descriptor open on it.
	NsFd int
)

// IFNAMSIZ is the room for the name of a link with the NUL that ends it.
const IFNAMSIZ = uapi.IFNAMSIZ

// Attributes that other packages of this name lack.
const (
	IFLA_HEADROOM = uapi.IFLA_HEADROOM // u32, bytes
	IFLA_TAILROOM = uapi.IFLA_TAILROOM // u32, bytes
)

// Device is a link without a kind, such as a physical network card or "lo".
type Device struct {
	LinkAttrs
}

// Attrs returns the attributes that all kinds have.
func (d *Device) Attrs() *LinkAttrs { return &d.LinkAttrs }

// Type returns "device".
func (d *Device) Type() string { return "device" }

// GenericLink is a link of a kind that the package does not know.
type GenericLink struct {
	LinkAttrs
	LinkType string
	// Data are the attributes of the kind as the kernel gives and takes them
	// (IFLA_INFO_DATA).
	Data []byte
}

// Attrs returns the attributes that all kinds have.
func (g *GenericLink) Attrs() *LinkAttrs { return &g.LinkAttrs }

// Type returns LinkType.
func (g *GenericLink) Type() string { return g.LinkType }

// LinkOperState is the operational state of RFC 2863 (IF_OPER_…), "state" in
// what ip link prints.
type LinkOperState uint8

// Operational states. They are untyped: programs give them for an int too.
const (
	OperUnknown        = uapi.IF_OPER_UNKNOWN        // the driver does not say
	OperNotPresent     = uapi.IF_OPER_NOTPRESENT     // some component, typically hardware, is missing
	OperDown           = uapi.IF_OPER_DOWN           // no carrier
	OperLowerLayerDown = uapi.IF_OPER_LOWERLAYERDOWN // the link below is down
	OperTesting        = uapi.IF_OPER_TESTING        // under test
	OperDormant        = uapi.IF_OPER_DORMANT        // waits for something, such as 802.1X
	OperUp             = uapi.IF_OPER_UP             // can pass packets
)

var operStates = [...]string{
	OperUnknown:        "unknown",
	OperNotPresent:     "not-present",
	OperDown:           "down",
	OperLowerLayerDown: "lower-layer-down",
	OperTesting:        "testing",
	OperDormant:        "dormant",
	OperUp:             "up",
}

// String returns the state in words: "up", "lower-layer-down".
func (s LinkOperState) String() string {
	if int(s) < len(operStates) {
		return operStates[s]
	}
	return fmt.Sprintf("state %d", uint8(s))
}

// LinkNotFoundError says that there is no such link. It matches every other
// LinkNotFoundError, os.ErrNotExist and the kernel's ENODEV with errors.Is.
type LinkNotFoundError struct{ err error }

// Error says which link was looked for.
func (e LinkNotFoundError) Error() string {
	if n, ok := e.err.(*wire.Error); ok && n.Object != "" {
		return n.Op + " " + n.Object + ": Link not found"
	}
	return "Link not found"
}

// Unwrap returns the kernel's error.
func (e LinkNotFoundError) Unwrap() error { return e.err }

// Is matches the errors that say that something does not exist.
func (e LinkNotFoundError) Is(target error) bool {
	if _, ok := target.(LinkNotFoundError); ok {
		return true
	}
	return target == os.ErrNotExist || target == error(errNoDevice)
}

// noLink reports whether there is no link, nor one in the interface: a *Dummy
// that is nil, say.
func noLink(l Link) bool { return holdsNil(l) }

// holdsNil reports whether an interface is nil, or the pointer in it.
func holdsNil(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

// linkObject names a link in an error: by its name, else by its index.
func linkObject(l Link) string {
	if noLink(l) {
		return "nil"
	}
	a := l.Attrs()
	if a.Name == "" {
		return fmt.Sprintf("index %d", a.Index)
	}
	return fmt.Sprintf("%.128q", a.Name)
}

// nettedFlags are the flags that package net has a bit for, and the kernel's.
var nettedFlags = [...]struct {
	net    net.Flags
	kernel uint32
}{
	{net.FlagUp, uapi.IFF_UP},
	{net.FlagBroadcast, uapi.IFF_BROADCAST},
	{net.FlagLoopback, uapi.IFF_LOOPBACK},
	{net.FlagPointToPoint, uapi.IFF_POINTOPOINT},
	{net.FlagMulticast, uapi.IFF_MULTICAST},
	{net.FlagRunning, uapi.IFF_RUNNING},
}

// netFlags are the kernel's flags as package net has them.
func netFlags(kernel uint32) net.Flags {
	var f net.Flags
	for _, n := range nettedFlags {
		if kernel&n.kernel != 0 {
			f |= n.net
		}
	}
	return f
}
