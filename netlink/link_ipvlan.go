package netlink

import (
	"errors"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// IPVlanMode says where packets of an ipvlan are switched.
type IPVlanMode uint16

// Modes of an ipvlan, see ip-link(8).
const (
	IPVLAN_MODE_L2  IPVlanMode = uapi.IPVLAN_MODE_L2  // by the parent, as Ethernet frames
	IPVLAN_MODE_L3  IPVlanMode = uapi.IPVLAN_MODE_L3  // by routes of the parent's namespace
	IPVLAN_MODE_L3S IPVlanMode = uapi.IPVLAN_MODE_L3S // the same, and netfilter sees them (Linux 4.9)
	IPVLAN_MODE_MAX IPVlanMode = uapi.IPVLAN_MODE_MAX // the number of modes
)

// IPVlanFlag says how the ipvlans of one parent talk to each other (Linux 4.15).
type IPVlanFlag uint16

// Flags of an ipvlan.
const (
	IPVLAN_FLAG_BRIDGE  IPVlanFlag = 0                     // directly
	IPVLAN_FLAG_PRIVATE IPVlanFlag = uapi.IPVLAN_F_PRIVATE // they do not
	IPVLAN_FLAG_VEPA    IPVlanFlag = uapi.IPVLAN_F_VEPA    // by way of the switch behind the parent
)

// IPVlan is a device on top of the link ParentIndex, whose hardware address it
// shares: ip link add link PARENT type ipvlan. Mode and Flag are always sent, so
// the zero value is mode l2, while that of ip is l3.
type IPVlan struct {
	LinkAttrs
	Mode IPVlanMode
	Flag IPVlanFlag
}

// Attrs returns the attributes that all kinds have.
func (v *IPVlan) Attrs() *LinkAttrs { return &v.LinkAttrs }

// Type returns "ipvlan".
func (v *IPVlan) Type() string { return "ipvlan" }

// errNoParent is what LinkAdd returns without ParentIndex.
func (v *IPVlan) errNoParent() error {
	return errors.New("Can't create ipvlan link without ParentIndex") //lint:ignore ST1005 programs compare the text
}

func (v *IPVlan) attrs(c *attr.Codec) {
	attr.U16(c, uapi.IFLA_IPVLAN_MODE, &v.Mode)
	attr.U16(c, uapi.IFLA_IPVLAN_FLAGS, &v.Flag)
}

func (*IPVlan) describe() desc.Kind { return desc.Kind{Fields: ipvlanFields, Help: ipvlanHelp} }

var ipvlanFields = []desc.Field{
	{Type: uapi.IFLA_IPVLAN_MODE, Key: "mode", Usage: "{ l2 | l3 | l3s }", Names: ipvlanModes, Show: showIPVlanMode,
		Read: readIPVlanMode},
	{Type: uapi.IFLA_IPVLAN_FLAGS, Word: "bridge", Words: []string{"private", "vepa"}, Show: showIPVlanFlag,
		Read: readIPVlanFlag},
}

var ipvlanModes = []string{uapi.IPVLAN_MODE_L2: "l2", uapi.IPVLAN_MODE_L3: "l3", uapi.IPVLAN_MODE_L3S: "l3s"}

var ipvlanFlags = []string{IPVLAN_FLAG_BRIDGE: "bridge", IPVLAN_FLAG_PRIVATE: "private", IPVLAN_FLAG_VEPA: "vepa"}

func showIPVlanMode(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) == 2 {
		p.Str("mode", " mode %s ", desc.NumberName(f.Names, uint64(native.Uint16(b))))
	}
}

func readIPVlanMode(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	for mode, name := range f.Names {
		if name == word {
			e.Uint16(f.Type, uint16(mode))
			return nil
		}
	}
	return &desc.UsageError{Text: `Error: argument of "mode" must be either "l2", "l3" or "l3s"`, Status: 1}
}

func showIPVlanFlag(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) != 2 {
		return
	}
	name := ipvlanFlags[IPVLAN_FLAG_BRIDGE]
	switch flags := IPVlanFlag(native.Uint16(b)); {
	case flags&IPVLAN_FLAG_PRIVATE != 0:
		name = ipvlanFlags[IPVLAN_FLAG_PRIVATE]
	case flags&IPVLAN_FLAG_VEPA != 0:
		name = ipvlanFlags[IPVLAN_FLAG_VEPA]
	}
	p.Bool(name, name+" ", true)
	const known = uint16(IPVLAN_FLAG_PRIVATE | IPVLAN_FLAG_VEPA)
	p.Rest("flags", uint64(native.Uint16(b)&^known))
}

func readIPVlanFlag(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	for flag, name := range ipvlanFlags {
		if name == in.Last() {
			e.Uint16(f.Type, uint16(flag))
		}
	}
	return nil
}

var ipvlanHelp = [][2]string{
	{"mode", "l2: Ethernet frames; l3: the link below routes packets; l3s: with its netfilter, too"},
	{"bridge", "packets between links of one parent stay inside; this is the default"},
	{"private", "there are none"},
	{"vepa", "they go through the switch outside"},
}
