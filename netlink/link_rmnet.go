package netlink

import (
	"fmt"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Rmnet is one of the data channels of a Qualcomm modem, the link ParentIndex: ip link add link PARENT type rmnet
// mux_id ID. Its pointers are nil where they are not set; they are of the modem, and so of all of its channels.
type Rmnet struct {
	LinkAttrs
	MuxID uint16 // 1 to 254

	IngressDeaggregation *bool // ingress-deaggregation: what comes in holds several packets
	IngressCommands      *bool // ingress-commands: and commands of flow control
	IngressChecksumV4    *bool // ingress-mapv4-checksum
	EgressChecksumV4     *bool // egress-mapv4-checksum
	IngressChecksumV5    *bool // ingress-mapv5-checksum (Linux 5.14)
	EgressChecksumV5     *bool // egress-mapv5-checksum (Linux 5.14)
}

// Attrs returns the attributes that all kinds have.
func (r *Rmnet) Attrs() *LinkAttrs { return &r.LinkAttrs }

// Type returns "rmnet".
func (r *Rmnet) Type() string { return "rmnet" }

func (r *Rmnet) attrs(c *attr.Codec) {
	attr.U16(c, uapi.IFLA_RMNET_MUX_ID, &r.MuxID)
	attr.MaskedBits(c, uapi.IFLA_RMNET_FLAGS, []attr.Bit{
		{Mask: uapi.RMNET_FLAGS_INGRESS_DEAGGREGATION, On: &r.IngressDeaggregation},
		{Mask: uapi.RMNET_FLAGS_INGRESS_MAP_COMMANDS, On: &r.IngressCommands},
		{Mask: uapi.RMNET_FLAGS_INGRESS_MAP_CKSUMV4, On: &r.IngressChecksumV4},
		{Mask: uapi.RMNET_FLAGS_EGRESS_MAP_CKSUMV4, On: &r.EgressChecksumV4},
		{Mask: uapi.RMNET_FLAGS_INGRESS_MAP_CKSUMV5, On: &r.IngressChecksumV5},
		{Mask: uapi.RMNET_FLAGS_EGRESS_MAP_CKSUMV5, On: &r.EgressChecksumV5},
	})
}

func (*Rmnet) describe() desc.Kind {
	return desc.Kind{Fields: rmnetFields, Exact: true, Help: rmnetHelp}
}

var rmnetFields = []desc.Field{
	{Type: uapi.IFLA_RMNET_MUX_ID, Key: "mux_id", Form: desc.U16, Usage: "MUXID", Read: readRmnetID},
	{Type: uapi.IFLA_RMNET_FLAGS, Key: "flags", Word: "ingress-deaggregation", Usage: "{ on | off }",
		Words: []string{"ingress-commands", "ingress-mapv4-checksum", "egress-mapv4-checksum", "ingress-mapv5-checksum",
			"egress-mapv5-checksum"},
		Show: showRmnetFlags, Read: readRmnetFlag},
}

// rmnetFlags are the flags in the order that ip shows them in.
var rmnetFlags = [...]struct {
	bit        uint32
	word, name string
}{
	{uapi.RMNET_FLAGS_INGRESS_DEAGGREGATION, "ingress-deaggregation", "INGRESS_DEAGGREGATION"},
	{uapi.RMNET_FLAGS_INGRESS_MAP_COMMANDS, "ingress-commands", "INGRESS_MAP_COMMANDS"},
	{uapi.RMNET_FLAGS_INGRESS_MAP_CKSUMV4, "ingress-mapv4-checksum", "INGRESS_MAP_CKSUMV4"},
	{uapi.RMNET_FLAGS_EGRESS_MAP_CKSUMV4, "egress-mapv4-checksum", "EGRESS_MAP_CKSUMV4"},
	{uapi.RMNET_FLAGS_INGRESS_MAP_CKSUMV5, "ingress-mapv5-checksum", "INGRESS_MAP_CKSUMV5"},
	{uapi.RMNET_FLAGS_EGRESS_MAP_CKSUMV5, "egress-mapv5-checksum", "EGRESS_MAP_CKSUMV5"},
}

func readRmnetID(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(16, "mux_id is invalid")
	e.Uint16(f.Type, uint16(v))
	return err
}

func showRmnetFlags(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < uapi.SizeofIflaRmnetFlags {
		return
	}
	var flags uapi.IflaRmnetFlags
	flags.Decode(b)
	p.Array("flags")
	p.Text("<")
	for _, f := range rmnetFlags {
		if flags.Flags&f.bit == 0 {
			continue
		}
		if flags.Flags &^= f.bit; flags.Flags != 0 {
			p.Str("", "%s,", f.name)
		} else {
			p.Str("", "%s", f.name)
		}
	}
	if flags.Flags != 0 {
		p.Str("", "%s", fmt.Sprintf("%x", flags.Flags))
	}
	p.EndArray()
	p.Text("> ")
}

// readRmnetFlag reads one flag and adds it to those that were given before it: the attribute is one for all.
func readRmnetFlag(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word := in.Last()
	on, err := in.OnOff(word)
	if err != nil {
		return err
	}
	var flags uapi.IflaRmnetFlags
	b := in.Written(e, f.Type)
	flags.Decode(b)
	for _, flag := range rmnetFlags {
		if flag.word == word {
			flags.Mask |= flag.bit
			flags.Flags &^= flag.bit
			if on {
				flags.Flags |= flag.bit
			}
		}
	}
	if b != nil {
		flags.Put(b)
	} else {
		e.Struct(f.Type, uapi.SizeofIflaRmnetFlags, &flags)
	}
	return nil
}

var rmnetHelp = [][2]string{
	{"mux_id", "the number of the channel to the modem, 1 to 254"},
	{"ingress-deaggregation", "frames that come in hold several packets"},
	{"ingress-commands", "obey the modem's commands to stop and go on"},
	{"ingress-mapv4-checksum", "the modem checks checksums of received packets (MAP version 4)"},
	{"egress-mapv4-checksum", "the modem makes checksums of sent packets (MAP version 4)"},
	{"ingress-mapv5-checksum", "as ingress-mapv4-checksum, of MAP version 5"},
	{"egress-mapv5-checksum", "as egress-mapv4-checksum, of MAP version 5"},
}
