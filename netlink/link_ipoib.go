package netlink

import (
	"fmt"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// IPoIBMode says how IP goes over InfiniBand.
type IPoIBMode uint16

// Modes of an IPoIB.
const (
	IPOIB_MODE_DATAGRAM = iota
	IPOIB_MODE_CONNECTED
)

// StringToIPoIBMode are the modes by name.
var StringToIPoIBMode = map[string]IPoIBMode{
	"datagram":  weighed[IPoIBMode]{IPOIB_MODE_DATAGRAM, 0, 0}.value,
	"connected": weighed[IPoIBMode]{IPOIB_MODE_CONNECTED, 0, 0}.value,
}

var ipoibModes = []string{uapi.IPOIB_MODE_DATAGRAM: "datagram", uapi.IPOIB_MODE_CONNECTED: "connected"}

// String returns "datagram", "connected" or "unknown".
func (m *IPoIBMode) String() string {
	if int(*m) < len(ipoibModes) {
		return ipoibModes[*m]
	}
	return "unknown"
}

// IPoIB is IP over a partition of the InfiniBand link ParentIndex: ip link add link PARENT type ipoib pkey PKEY. All
// is always sent.
type IPoIB struct {
	LinkAttrs
	Pkey   uint16 // of the partition, 0x8001 to 0xffff
	Mode   IPoIBMode
	Umcast uint16 // 1: programs join multicast groups
}

// Attrs returns the attributes that all kinds have.
func (i *IPoIB) Attrs() *LinkAttrs { return &i.LinkAttrs }

// Type returns "ipoib".
func (i *IPoIB) Type() string { return "ipoib" }

func (i *IPoIB) attrs(c *attr.Codec) {
	attr.U16(c, uapi.IFLA_IPOIB_PKEY, &i.Pkey)
	attr.U16(c, uapi.IFLA_IPOIB_MODE, &i.Mode)
	attr.U16(c, uapi.IFLA_IPOIB_UMCAST, &i.Umcast)
}

func (*IPoIB) describe() desc.Kind { return desc.Kind{Fields: ipoibFields, Help: ipoibHelp} }

var ipoibFields = []desc.Field{
	{Type: uapi.IFLA_IPOIB_PKEY, Key: "key", Word: "pkey", Usage: "PKEY", Show: showIPoIBKey, Read: readIPoIBNumber},
	{Type: uapi.IFLA_IPOIB_MODE, Key: "mode", Names: ipoibModes, Show: showIPoIBMode, Read: readIPoIBMode},
	{Type: uapi.IFLA_IPOIB_UMCAST, Key: "umcast", Usage: "{ 0 | 1 }", Show: showIPoIBUmcast, Read: readIPoIBNumber},
}

func showIPoIBKey(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 2 {
		p.Str("key", "pkey %s ", fmt.Sprintf("%#.4x", native.Uint16(b)))
	}
}

func showIPoIBMode(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 2 {
		p.Str("mode", "mode %s ", desc.NumberName(ipoibModes, uint64(native.Uint16(b))))
	}
}

func showIPoIBUmcast(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 2 {
		p.Str("umcast", "umcast %s ", fmt.Sprintf("%.4x", native.Uint16(b)))
	}
}

func readIPoIBNumber(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(16, in.Last()+" is invalid")
	e.Uint16(f.Type, uint16(v))
	return err
}

func readIPoIBMode(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	for mode, name := range ipoibModes {
		if name == word {
			e.Uint16(f.Type, uint16(mode))
			return nil
		}
	}
	return &desc.UsageError{Text: `Error: argument of "mode" must be "datagram"or "connected"`}
}

var ipoibHelp = [][2]string{
	{"pkey", "the key of the InfiniBand partition"},
	{"mode", "packets as datagrams, or over connections with a large MTU"},
	{"umcast", "1: packets to multicast groups that a user joined are sent, too"},
}
