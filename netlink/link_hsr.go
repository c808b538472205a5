package netlink

import (
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Hsr is a device that sends each frame on two links, of a ring (HSR) or of two networks (PRP), and drops what comes
// twice: ip link add DEV type hsr slave1 DEV1 slave2 DEV2. There is no changing it.
type Hsr struct {
	LinkAttrs
	Slave1      int    // index of a link; 0 where it has gone
	Slave2      int    // index of the other
	Interlink   int    // index of a link that leads to devices without HSR; 0 is unset (Linux 6.9)
	Supervision *uint8 // the last byte of SupervisionAddr; never read
	Version     *uint8 // of HSR: 0 or 1
	Protocol    uint8  // HSR_PROTOCOL_HSR 0, HSR_PROTOCOL_PRP 1

	SupervisionAddr net.HardwareAddr // the group that supervision frames go to, only read
	SeqNr           uint16           // of the next frame, only read
}

// Attrs returns the attributes that all kinds have.
func (h *Hsr) Attrs() *LinkAttrs { return &h.LinkAttrs }

// Type returns "hsr".
func (h *Hsr) Type() string { return "hsr" }

func (h *Hsr) attrs(c *attr.Codec) {
	attr.IntU32(c, uapi.IFLA_HSR_SLAVE1|attr.IfSet, &h.Slave1, "index of slave1", 1<<31-1)
	attr.IntU32(c, uapi.IFLA_HSR_SLAVE2|attr.IfSet, &h.Slave2, "index of slave2", 1<<31-1)
	attr.IntU32(c, uapi.IFLA_HSR_INTERLINK|attr.IfSet, &h.Interlink, "index of the interlink", 1<<31-1)
	attr.OptU8(c, uapi.IFLA_HSR_MULTICAST_SPEC|attr.WriteOnly, &h.Supervision)
	attr.OptU8(c, uapi.IFLA_HSR_VERSION, &h.Version)
	attr.U8(c, uapi.IFLA_HSR_PROTOCOL|attr.IfSet, &h.Protocol)
	attr.Ether(c, uapi.IFLA_HSR_SUPERVISION_ADDR|attr.ReadOnly, &h.SupervisionAddr)
	attr.U16(c, uapi.IFLA_HSR_SEQ_NR|attr.ReadOnly, &h.SeqNr)
}

// silent is what each frame changes.
func (*Hsr) silent() []uint16 { return hsrSilent }

var hsrSilent = []uint16{uapi.IFLA_HSR_SEQ_NR}

func (*Hsr) describe() desc.Kind { return desc.Kind{Fields: hsrFields, Help: hsrHelp} }

var hsrFields = []desc.Field{
	{Type: uapi.IFLA_HSR_SLAVE1, Key: "slave1", Usage: "SLAVE1-IF", Show: showHsrSlave, Read: readHsrDevice},
	{Type: uapi.IFLA_HSR_SLAVE2, Key: "slave2", Usage: "SLAVE2-IF", Show: showHsrSlave, Read: readHsrDevice},
	{Type: uapi.IFLA_HSR_INTERLINK, Key: "interlink", Usage: "INTERLINK-IF", Exact: true, Show: showHsrInterlink,
		Read: readHsrDevice},
	{Type: uapi.IFLA_HSR_SEQ_NR, Key: "seq_nr", Word: "sequence", Form: desc.U16, ReadOnly: true},
	{Type: uapi.IFLA_HSR_SUPERVISION_ADDR, Key: "supervision_addr", Word: "supervision", Form: desc.LLAddr,
		ReadOnly: true},
	{Type: uapi.IFLA_HSR_MULTICAST_SPEC, Word: "supervision", Usage: "ADDR-BYTE", Read: readHsrByte},
	{Type: uapi.IFLA_HSR_PROTOCOL, Key: "proto", Form: desc.U8, Usage: "{ 0 | 1 }", Read: readHsrByte},
	{Type: uapi.IFLA_HSR_VERSION, Key: "version", Form: desc.U8, Usage: "{ 0 | 1 }", Read: readHsrByte},
}

func showHsrSlave(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 {
		p.Str(f.Key, f.Key+" %s ", p.Link(int(native.Uint32(b))))
	} else {
		p.Null(f.Key, f.Key+" <none> ")
	}
}

func showHsrInterlink(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 {
		p.ColorStr(desc.Ifname, f.Key, f.Key+" %s ", p.Link(int(native.Uint32(b))))
	}
}

func readHsrDevice(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	index, err := in.LinkIndex(word)
	if err != nil {
		return desc.Wrong(word, "No such interface")
	}
	e.Uint32(f.Type, uint32(index))
	return nil
}

func readHsrByte(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	why := map[uint16]string{
		uapi.IFLA_HSR_MULTICAST_SPEC: "ADDR-BYTE is invalid", uapi.IFLA_HSR_PROTOCOL: "protocol is invalid",
		uapi.IFLA_HSR_VERSION: "version is invalid",
	}[f.Type]
	v, err := in.Uint(8, why)
	e.Uint8(f.Type, uint8(v))
	return err
}

var hsrHelp = [][2]string{
	{"slave1", "the first link of the ring, or of network A of PRP"},
	{"slave2", "the second link, or of network B"},
	{"interlink", "the link to nodes that do not speak HSR"},
	{"supervision", "the last byte of the multicast address of supervision frames"},
	{"proto", "0: HSR, 1: PRP"},
	{"version", "the version of HSR: 0 of 2010, 1 of 2012"},
}
